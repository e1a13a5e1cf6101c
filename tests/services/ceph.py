"""An S3 store for the session: Ceph's gateway over one monitor and one OSD in memory, all on loopback."""

import base64
import http.client
import os
import secrets
import shutil
import signal
import struct
import subprocess
import time
import uuid
from pathlib import Path

from tests.services.place import Place, bare_environment, free_port, run, wait_until

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool")
CAPABILITIES = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *", "mds": "allow *"},
    "client.rgw": {"mon": "allow rw", "osd": "allow rwx"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
}
CONFIGURATION = """\
[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{monitor}/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
keyring = {home}/keyring
run_dir = {home}
admin_socket =
pid_file =
log_to_stderr = true
log_file =
mon_cluster_log_file = /dev/null
mon_data = {home}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 1
mon_tick_interval = 1
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 2000
auth_allow_insecure_global_id_reclaim = false
paxos_min_wait = 0.01
paxos_propose_interval = 0.05
osd_data = {home}/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_memory_target = 939524096
osd_crush_chooseleaf_type = 0
osd_heartbeat_interval = 1
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 1
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_max_object_name_len = 256
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_thread_pool_size = 64
rgw_run_sync_thread = false
rgw_enable_usage_log = false
"""


def installed() -> bool:
    """Whether every program of the gateway is there."""
    return all(shutil.which(name, path=search_path()) for name in PROGRAMS)


def search_path() -> str:
    return os.environ.get("PATH", os.defpath) + ":/usr/sbin"


def describe() -> str:
    """Version for the header of the run."""
    said = subprocess.run(["radosgw", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


class Ceph:
    """Monitor, OSD and gateway; one S3 user with the keys given."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.port = free_port()
        self.access_key = f"TEST{secrets.token_hex(8).upper()}"
        self.secret_key = secrets.token_urlsafe(30)
        self._processes: list[subprocess.Popen[bytes]] = []

    def boot(self) -> None:
        self.home = self.place.directory("ceph", unprivileged=True)
        fsid, monitor = str(uuid.uuid4()), free_port()
        for name in ("mon", "osd"):
            self.place.directory(f"ceph/{name}", unprivileged=True)
        (self.home / "ceph.conf").write_text(
            CONFIGURATION.format(fsid=fsid, monitor=monitor, port=self.port, home=self.home)
        )
        (self.home / "keyring").write_text(keyring())
        address = f"[v2:127.0.0.1:{monitor}/0]"
        self._run("monmaptool", "--create", "--addv", "a", address, "--fsid", fsid, self.home / "monmap")
        self._run(
            "ceph-mon", *self._config, "-i", "a", "--mkfs", "--monmap", self.home / "monmap", *self._keys
        )
        self._start("ceph-mon", "-i", "a")
        self._run("ceph", *self._config, "--connect-timeout", "20", "osd", "new", osd := str(uuid.uuid4()))
        self._run("ceph", *self._config, "auth", "import", "-i", self.home / "keyring")
        self._run("ceph-osd", *self._config, "-i", "0", "--mkfs", "--osd-uuid", osd, *self._keys)
        self._start("ceph-osd", "-i", "0")
        gateway = self._start("radosgw", "-n", "client.rgw")
        wait_until(self._answers, process=gateway, log=self.home / "radosgw.log")
        user = ["--uid=kicc", "--display-name=kicc", f"--access-key={self.access_key}"]
        self._run("radosgw-admin", *self._config, "user", "create", *user, f"--secret-key={self.secret_key}")

    def end(self) -> None:
        for process in reversed(self._processes):
            self.place.end(process, signal.SIGKILL)

    @property
    def _config(self) -> list[str | Path]:
        return ["-c", self.home / "ceph.conf"]

    @property
    def _keys(self) -> list[str | Path]:
        return ["-k", self.home / "keyring"]

    def _run(self, *command: str | Path) -> None:
        run(command, cwd=self.home, unprivileged=True)

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        process = self.place.start(
            [program, *self._config, "-f", *arguments],
            cwd=self.home,
            log=self.home / f"{program}.log",
            environment=bare_environment(self.home),
            unprivileged=True,
            ends_with=signal.SIGKILL,
        )
        self._processes.append(process)
        return process

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()


def keyring() -> str:
    """A fresh keyring as Ceph writes it: per entity a key (type 1, time, 16 random bytes) and its caps."""
    sections = []
    for entity, capabilities in CAPABILITIES.items():
        raw = struct.pack("<HIIH", 1, int(time.time()), 0, 16) + secrets.token_bytes(16)
        lines = [f"[{entity}]", f"\tkey = {base64.b64encode(raw).decode()}"]
        lines += [f'\tcaps {service} = "{allowed}"' for service, allowed in capabilities.items()]
        sections.append("\n".join(lines))
    return "\n".join(sections) + "\n"
