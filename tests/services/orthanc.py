"""Orthanc with its DICOMweb plugin (Debian: orthanc, orthanc-dicomweb): a hospital's archive that sends."""

import json
import shutil
import signal
from pathlib import Path

import httpx

from tests.services.place import Place, answers, bare_environment, free_port, wait_until

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
PATHS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"


def installed() -> bool:
    return shutil.which("Orthanc", path=PATHS) is not None and PLUGIN.exists()


def describe() -> str:
    """For the header of the run."""
    return "Orthanc" if installed() else "no Orthanc (STOW-RS by dicomweb-client alone)"


class Orthanc:
    """An archive on a loopback port that knows one DICOMweb server, named `kicc`."""

    def __init__(self, place: Place, server: str, token: str) -> None:
        home = place.directory(f"orthanc-{free_port()}", unprivileged=True)
        port = free_port()
        settings = {
            "HttpPort": port,
            "DicomServerEnabled": False,
            "AuthenticationEnabled": False,
            "RemoteAccessAllowed": False,
            "StorageDirectory": str(home / "storage"),
            "IndexDirectory": str(home / "index"),
            "Plugins": [str(PLUGIN)],
            "DicomWeb": {
                "Servers": {"kicc": {"Url": server, "HttpHeaders": {"Authorization": f"Token {token}"}}}
            },
        }
        (home / "orthanc.json").write_text(json.dumps(settings))
        program = shutil.which("Orthanc", path=PATHS)
        assert program
        self.log = home / "log"
        self._place = place
        self._process = place.start(
            [program, home / "orthanc.json"],
            cwd=home,
            log=self.log,
            environment=bare_environment(home),
            unprivileged=True,
        )
        wait_until(lambda: answers(port), process=self._process, log=self.log)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        self.http.close()
        self._place.end(self._process, signal.SIGTERM)

    def take(self, data: bytes) -> str:
        """Keep an instance as if a device had sent it; its study's identifier here."""
        answer = self.http.post("/instances", content=data)
        answer.raise_for_status()
        return str(answer.json()["ParentStudy"])

    def send(self, study: str) -> httpx.Response:
        """Send a study to the registry by the plugin's STOW-RS client."""
        return self.http.post("/dicom-web/servers/kicc/stow", json={"Resources": [study]})

    def anonymise(self, study: str) -> None:
        """Make an anonymised copy of a study, and wait for it."""
        answer = self.http.post(f"/studies/{study}/anonymize", json={"Synchronous": True})
        answer.raise_for_status()
