"""Dates: one whole-day shift for all dates of a subject, times of day untouched (DESIGN: the calendar stays
at home).

Shifted dates lie before 2012 by construction (day 0 is 2000-01-01; a keyed offset takes 20 to 30 years off),
and every accepted examination was made later. A date from 2012 on in a file said to be shifted is therefore a
true one.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta

ZERO = date(2000, 1, 1)
FIRST_TRUE_YEAR = 2012
_KEYED_FIRST = 7305
_KEYED_SPAN = 3653
_DATE = re.compile(r"(\d{4})([.\-/]?)(\d{2})\2(\d{2})")
_DATETIME = re.compile(r"(\d{8})(\d{0,6}(?:\.\d{1,6})?)([+-]\d{4})?")
_TIME = re.compile(r"([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(\.\d{1,6})?)?)?")
_MONTH = re.compile(r"\d{4}(0[1-9]|1[0-2])?")


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of one subject move. ``days`` is None when they moved in an earlier pass."""

    days: int | None
    anchored: bool = False

    @classmethod
    def day_zero(cls, admission: date) -> Dates:
        """Admission becomes 2000-01-01."""
        return cls((ZERO - admission).days, True)

    @classmethod
    def keyed(cls, key: bytes, ref: str) -> Dates:
        """20 to 30 years back, by HMAC of ``ref`` (subject code or patient ID), alike for all its files."""
        digest = hmac.digest(key, b"kicc-deid dates\0" + ref.encode(), "sha256")
        return cls(-(_KEYED_FIRST + int.from_bytes(digest[:8], "big") % _KEYED_SPAN))

    @classmethod
    def keep(cls) -> Dates:
        """Dates were shifted by an earlier pass, which the file itself must say."""
        return cls(None)

    def date(self, text: str) -> str | None:
        """A DA value shifted, also one with dots (ACR-NEMA); None when it is no date or was not shifted."""
        found = _DATE.fullmatch(text)
        if not found:
            return None
        try:
            day = date(int(found[1]), int(found[3]), int(found[4]))
            if self.days is not None:
                day += timedelta(days=self.days)
            elif day.year >= FIRST_TRUE_YEAR:
                return None
        except (ValueError, OverflowError):
            return None
        return f"{day.year:04d}{day.month:02d}{day.day:02d}"

    def datetime(self, text: str) -> str | None:
        """A DT value with its date shifted; None when it has no full date."""
        found = _DATETIME.fullmatch(text)
        if not found:
            return None
        day = self.date(found[1])
        clock = time(found[2]) if found[2] else ""
        return None if day is None or clock is None else day + clock + (found[3] or "")


def time(text: str) -> str | None:
    """A TM value without colons; None when it is no time."""
    found = _TIME.fullmatch(text)
    return "".join(part or "" for part in found.groups()) if found else None
