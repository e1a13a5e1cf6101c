"""What a release holds: one frame and one record per case, as canonical JSON with SHA-256. Pure.

The frame holds what all cases share: title, software, columns with their labels and their treatment at each
level, sites, the summary's rows, the data dictionary. Files are made of frame and records alone, so that
neither a later edit of a case nor a later dictionary changes them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cohort.summary import ImagingRecord, Person

SCHEMA = "kicc-release/1"


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; not-a-number is refused (ValueError)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Record:
    """One case of a release. `number` is the person's at level Safe Harbor; it follows from nothing."""

    code: str
    number: int
    text: str

    @cached_property
    def data(self) -> Mapping[str, Any]:
        read: Mapping[str, Any] = json.loads(self.text)
        return read

    @property
    def sha256(self) -> str:
        return sha256(self.text)

    @cached_property
    def person(self) -> Person:
        """As the summary reads it."""
        data = self.data
        return Person(
            code=data["code"],
            site=data["site"],
            site_level=data["site_level"],
            answers=data["answers"],
            exams=tuple(ImagingRecord(**exam) for exam in data["exams"]),
            synthetic=data["synthetic"],
        )


def digest(frame: str, cases: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of a release: of its schema, its frame's digest, and each case's code and digest by code."""
    lines = [SCHEMA, sha256(frame), *(f"{code} {of_case}" for code, of_case in sorted(cases))]
    return sha256("\n".join(lines) + "\n")
