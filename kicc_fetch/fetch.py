"""Fetching: each file into a part beside its place, checked, then put in its place at once."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from kicc_fetch.registry import Refusal, Registry

BLOCK = 1024 * 1024
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
RESUMES = 206
Check = Callable[[Path], bool]


class Misnamed(Exception):
    """The registry names something that is no plain file name; nothing is written for it."""


@dataclass(frozen=True)
class Wanted:
    """One thing to fetch: where it is, where it goes, how it is known, how many bytes it has."""

    path: str
    target: Path
    check: Check
    bytes: int


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def instances_sha256(path: Path) -> str:
    """Of an archive: the digest over a line per image, `SHA-256 bytes name`; "" if it is no archive."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                of = hashlib.sha256()
                with archive.open(member) as file:
                    while block := file.read(BLOCK):
                        of.update(block)
                digest.update(f"{of.hexdigest()} {member.file_size} {member.filename}\n".encode())
    except (zipfile.BadZipFile, OSError, EOFError):
        return ""
    return digest.hexdigest()


def of_file(access: int, told: Mapping[str, Any], place: Path) -> Wanted:
    """A file of the manifest: {"name", "bytes", "sha256"}."""
    name, wanted = _plain(told["name"]), str(told["sha256"])
    return Wanted(
        f"/api/v1/accesses/{access}/files/{name}",
        place / name,
        lambda path: sha256(path) == wanted,
        int(told["bytes"]),
    )


def of_series(access: int, told: Mapping[str, Any], place: Path) -> Wanted:
    """A series of the list: {"subject", "id", "bytes", "instances_sha256"}."""
    subject, identifier, wanted = _plain(told["subject"]), _plain(told["id"]), str(told["instances_sha256"])
    return Wanted(
        f"/api/v1/accesses/{access}/images/{identifier}.zip",
        place / "images" / subject / f"{identifier}.zip",
        lambda path: instances_sha256(path) == wanted,
        int(told["bytes"]),
    )


def fetch(registry: Registry, wanted: Wanted) -> str:
    """Bring it: "there" when it was, "fetched", or "differs" when what came is not what was promised.

    A part that an earlier run left is gone on with. Raises Refusal, NotARegistry, Unreachable.
    """
    target = wanted.target
    if target.exists() and target.stat().st_size == wanted.bytes and wanted.check(target):
        return "there"
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    while not part.exists() or part.stat().st_size != wanted.bytes:
        try:
            _pull(registry, wanted, part)
        except httpx.TransportError:
            registry.pause()
    if not wanted.check(part):
        part.unlink()
        return "differs"
    os.replace(part, target)
    return "fetched"


def _pull(registry: Registry, wanted: Wanted, part: Path) -> None:
    """Go on with the part, or begin it anew where the registry sends all of it."""
    have = part.stat().st_size if part.exists() else 0
    if have >= wanted.bytes:
        part.unlink(missing_ok=True)
        have = 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with registry.stream(wanted.path, headers) as response:
            goes_on = response.status_code == RESUMES
            _demand_length(response, wanted.bytes - (have if goes_on else 0))
            with part.open("ab" if goes_on else "wb") as file:
                for block in response.iter_raw(BLOCK):
                    file.write(block)
                    registry.heard()
    except Refusal as refusal:
        if refusal.code != "no_such_range":
            raise
        part.unlink(missing_ok=True)


def _demand_length(response: httpx.Response, expected: int) -> None:
    """Raises Refusal when the answer is not as long as was promised: it would never be complete."""
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) != expected:
        raise Refusal(response.status_code, {"code": "other_length", "message": f"{length} ≠ {expected}"})


def _plain(name: object) -> str:
    text = str(name)
    if not NAME.fullmatch(text):
        raise Misnamed(text)
    return text
