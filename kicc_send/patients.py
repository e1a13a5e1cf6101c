"""Before anything is sent: are the images of each folder one patient's, and nobody's of another row?

Patients are compared by a keyed hash whose key lives as long as the run.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date

from kicc_send.folder import Found, Look, looks, walk
from kicc_send.sheet import NEW, Row
from kicc_send.words import say

ODD_DAYS = 366


@dataclass(frozen=True)
class Looked:
    """A row's files, the days of its images counted from admission, and why it must not go, if so."""

    row: Row
    files: list[Found]
    days: tuple[int, int] | None
    problem: str = ""

    @property
    def odd(self) -> bool:
        """Whether every image lies more than a year from the admission."""
        return self.days is not None and (self.days[0] > ODD_DAYS or self.days[1] < -ODD_DAYS)


def look_at(pool: Executor, rows: Sequence[Row], language: str) -> list[Looked]:
    """Look at every folder, in the rows' order."""
    secret = secrets.token_bytes(32)
    patients: dict[int, set[str]] = {}
    found = []
    for row in rows:
        files = walk(row.folder)
        seen = [one for one in looks(pool, row.folder, files, secret) if one is not None]
        patients[row.number] = {one.patient for one in seen if one.patient}
        count, problem = len(patients[row.number]), ""
        if count > 1 and not row.one_patient:
            problem = say("several_patients", language, count=count)
        found.append(Looked(row, files, _days(seen, row.admission), problem))
    return [_compared(one, found, patients, language) for one in found]


def _compared(one: Looked, others: Sequence[Looked], patients: dict[int, set[str]], language: str) -> Looked:
    """With a problem when another subject's folder names the same patient."""
    if one.problem:
        return one
    for other in others:
        shared = patients[one.row.number] & patients[other.row.number]
        same = one.row.subject == other.row.subject != NEW
        if other is not one and shared and not same:
            problem = say("same_patient", language, other=other.row.number)
            return Looked(one.row, one.files, one.days, problem)
    return one


def _days(seen: Sequence[Look], admission: date | None) -> tuple[int, int] | None:
    days = [(one.day - admission).days for one in seen if one.day and admission]
    return (min(days), max(days)) if days else None
