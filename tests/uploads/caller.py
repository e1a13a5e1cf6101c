"""A script of a hospital: talks to a running instance by HTTP, as DESIGN describes the API."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.stack import Stack
from tests.uploads.people import digest

OF_THE_SUBJECT = {
    "id",
    "subject",
    "object_name",
    "upload_id",
    "stored_at",
    "receipt",
    "findings",
    "exam",
    "sealed_bytes",
}


class Caller:
    """Signed in as the demo site's radiologist."""

    def __init__(self, stack: Stack, email: str = "site@demo.kicc") -> None:
        self.stack = stack
        self.http = httpx.Client(base_url=f"{stack.url}/api/v1/", timeout=60)
        answer = self.http.post("auth/token/", json={"email": email, "password": stack.password})
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Token {answer.json()['token']}"

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def subject(self) -> str:
        answer = self.http.post("subjects/", json={})
        answer.raise_for_status()
        return str(answer.json()["code"])

    def start(self, subject: str, files: Iterable[bytes]) -> dict[str, Any]:
        body = {"subject": subject, "files": [{"sha256": digest(f), "size": len(f)} for f in files]}
        answer = self.http.post("uploads/", json=body)
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result

    def put(self, upload: str, data: bytes) -> int:
        return self.http.put(f"uploads/{upload}/files/{digest(data)}", content=data).status_code

    def send(self, subject: str, files: Iterable[bytes]) -> str:
        """Start, send what is missing four at a time, complete; the upload's id."""
        by_digest = {digest(data): data for data in files}
        upload = self.start(subject, by_digest.values())
        with ThreadPoolExecutor(4) as pool:
            codes = set(pool.map(lambda sha: self.put(upload["id"], by_digest[sha]), upload["missing"]))
        assert codes <= {200, 201}, codes
        answer = self.http.post(f"uploads/{upload['id']}/complete/")
        assert answer.status_code == 202, answer.text
        return str(upload["id"])

    def get(self, upload: str) -> dict[str, Any]:
        answer = self.http.get(f"uploads/{upload}/")
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result

    def finish(self, upload: str, within: float = 90) -> dict[str, Any]:
        """Wait for the end of the upload; what GET says then."""
        said: dict[str, Any] = {}

        def ended() -> bool:
            time.sleep(0.3)
            said.update(self.get(upload))
            return said["state"] in ("done", "attention")

        self.stack.wait(ended, f"end of the upload, last {said.get('progress')}", within=within)
        return said

    def wait_for_step(self, upload: str, steps: set[str], within: float = 20) -> None:
        """Return as soon as a series of the upload is at one of these steps, or the upload has ended."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            said = self.get(upload)
            if said["state"] in ("done", "attention") or steps & {one["step"] for one in said["series"]}:
                return

    def series(self, subject: str) -> list[dict[str, Any]]:
        listed = self.http.get("series/", params={"subject": subject}).json()["results"]
        return [self.http.get(f"series/{one['id']}/").json() for one in listed]

    def state(self, subject: str) -> dict[str, Any]:
        """What is on record of a subject, without what differs between subjects: codes, dates, hashes."""
        uploads = self.http.get("uploads/", params={"subject": subject}).json()["results"]
        verdicts = {
            file["sha256"]: (file["verdict"], file["code"])
            for upload in reversed(uploads)
            for file in self.get(upload["id"])["files"]
            if file["verdict"] != "duplicate"
        }
        return {
            "verdicts": verdicts,
            "series": sorted((self._plain(s) for s in self.series(subject)), key=repr),
        }

    def _plain(self, series: dict[str, Any]) -> dict[str, Any]:
        plain = {name: value for name, value in series.items() if name not in OF_THE_SUBJECT}
        plain["instances"] = [{k: v for k, v in one.items() if k != "sha256"} for one in series["instances"]]
        plain["findings"] = [f["code"] for f in series["findings"] if f["code"] != "also_elsewhere"]
        plain["slot"] = (series["exam"]["slot"], series["exam"]["slot_number"])
        return plain
