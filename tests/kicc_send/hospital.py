"""A hospital with kicc-send: a site token from the page, a sheet, and the command as a process of its own."""

import csv
import os
import re
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from phantom.people import make_person
from tests.stack import ROOT, Stack

ONE, TWO = make_person(11), make_person(12)
ADMISSION = date(2020, 3, 2)
SLICES = 12

SECRET = re.compile(r'value="(kicc_[\w-]+)"')
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def site_token(stack: Stack, email: str = "site@demo.kicc") -> str:
    """A token as a person of the site makes it on the page."""
    with httpx.Client(base_url=stack.url, follow_redirects=True) as client:
        page = client.get("/accounts/login/").text
        form = {"username": email, "password": stack.password}
        signed_in = client.post("/accounts/login/", data=form | _hidden(page), headers={"Referer": stack.url})
        assert signed_in.status_code == 200
        page = client.get("/machines/").text
        form = {"name": "Gateway", "days": "30", "request_id": str(uuid.uuid4())} | _hidden(page)
        found = SECRET.search(client.post("/machines/", data=form).text)
    assert found
    return found[1]


def _hidden(page: str) -> dict[str, str]:
    found = FORM_TOKEN.search(page)
    assert found
    return {"csrfmiddlewaretoken": found[1]}


class Hospital:
    """`place` holds folders, sheet and state; `server` is the address that the command is given."""

    def __init__(self, place: Path, server: str, token: str) -> None:
        self.place, self.server, self.token = place, server, token
        self.sheet = place / "patients.csv"
        self.state = place / "patients.csv.kicc-send"

    def write(
        self, *rows: Sequence[str], columns: Sequence[str] = ("folder", "subject", "admission")
    ) -> None:
        with self.sheet.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows([columns, *rows])

    def command(self, *more: str) -> list[str]:
        call = [sys.executable, "-m", "kicc_send", "--sheet", str(self.sheet), "--language", "en"]
        return [*call, "--server", self.server, *more]

    def environment(self) -> dict[str, str]:
        return os.environ | {"KICC_TOKEN": self.token}

    def start(self, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*more),
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *more: str, within: float = 120) -> tuple[int, str]:
        """Exit code, and what was said."""
        process = self.start(*more)
        said, _ = process.communicate(timeout=within)
        return process.returncode, said

    def report(self) -> list[dict[str, str]]:
        with (self.state / "report.csv").open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))


def hospital(place: Path, server: str, token: str, folders: Path) -> Hospital:
    """With the two patients of `folders` on its list, both new."""
    found = Hospital(place, server, token)
    found.write(
        (str(folders / ONE.patient_id), "new", ADMISSION.isoformat()),
        (str(folders / TWO.patient_id), "new", ""),
    )
    return found


def subjects(api: httpx.Client) -> list[str]:
    return [one["code"] for one in api.get("subjects/", params={"limit": 1000}).json()["results"]]


def uploads(api: httpx.Client, code: str) -> list[dict[str, Any]]:
    listed = api.get("uploads/", params={"subject": code}).json()["results"]
    return [api.get(f"uploads/{one['id']}/").json() for one in listed]


def stored(api: httpx.Client, code: str) -> Counter[str]:
    return Counter(file["verdict"] for upload in uploads(api, code) for file in upload["files"])
