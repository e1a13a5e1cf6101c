"""What was done to a series, without a value: the content of a receipt (docs/receipts.md).

A content holds text, whole numbers, lists and objects alone, so that its canonical bytes are the same in
every language that has JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from deid.model import ENGINE, Action, Result
from deid.profile import PROFILE_VERSION

FORMAT = "kicc-receipt/1"
BUNDLE = "kicc-receipts/1"
Content = dict[str, Any]
_ITEM = re.compile(r"\[\d+\]")


class Tally:
    """Gathers what was done to the files of one series, one ``add`` a file; holds no file."""

    def __init__(self) -> None:
        self._actions: Counter[tuple[str, str, str]] = Counter()
        self._changed: Counter[tuple[str, str, str]] = Counter()
        self._findings: Counter[tuple[str, str, str]] = Counter()
        self._instances: list[dict[str, str]] = []
        self._series: set[str] = set()

    def add(self, result: Result, *, stored: str, sent: str = "", pixels_after: str = "") -> None:
        """Counts one file. ``stored`` and ``sent``: hex SHA-256 of the whole file after and before;
        ``pixels_after``: that of its pixel bytes where they were masked after stripping.
        """
        self._actions.update(_each(result.actions))
        self._changed.update(_each(result.changed))
        self._findings.update({(f.code, f.severity, general(f.where)) for f in result.findings})
        self._series.add(result.series)
        row = {
            "uid": result.instance,
            "stored": stored,
            "pixels_before": result.pixel_sha256_before,
            "pixels_after": pixels_after or result.pixel_sha256_after,
        }
        self._instances.append({**row, "sent": sent} if sent else row)

    @property
    def leaked(self) -> list[dict[str, Any]]:
        """What may have identified: element, action, reason, and in how many files."""
        return _rows(self._changed)

    def content(self, *, dates: str) -> Content:
        """Engine, profile, counts, findings and one row an instance. ``dates``: admission, keyed or kept."""
        return {
            "format": FORMAT,
            "engine": ENGINE,
            "profile": PROFILE_VERSION,
            "dates": dates,
            "series_uid": min(self._series, default=""),
            "files": len(self._instances),
            "same_pixels": sum(row["pixels_before"] == row["pixels_after"] for row in self._instances),
            "actions": _rows(self._actions),
            "findings": [
                {"code": code, "severity": severity, "where": where, "files": files}
                for (code, severity, where), files in sorted(self._findings.items())
            ],
            "instances": sorted(self._instances, key=lambda row: (row["uid"], row["stored"])),
        }


class Receipts:
    """Receipts of a whole run: one series each, in no chain. ``dates``: admission, keyed or kept."""

    def __init__(self, dates: str) -> None:
        self._dates = dates
        self._series: dict[str, Tally] = {}

    def add(self, result: Result) -> None:
        """Counts one file with its series."""
        stored = hashlib.sha256(result.data).hexdigest()
        self._series.setdefault(result.series, Tally()).add(result, stored=stored)

    def bundle(self, signer: bytes | None = None) -> dict[str, Any]:
        """The file of all of them, signed by the private key ``signer`` where one is given."""
        from deid.signing import sign

        contents = [tally.content(dates=self._dates) for _, tally in sorted(self._series.items())]
        return bundle({"receipt": c} if signer is None else sign(c, signer) for c in contents)


def general(path: str) -> str:
    """A path with its item numbers replaced by a star."""
    return _ITEM.sub("[*]", path)


def canonical(content: Content) -> bytes:
    """The bytes that are hashed and signed: sorted keys, no blanks, UTF-8; RFC 8785 gives the same."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: Content) -> str:
    """Hex SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()


def bundle(documents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Several receipts as one file."""
    return {"format": BUNDLE, "receipts": list(documents)}


def _each(actions: Iterable[Action]) -> set[tuple[str, str, str]]:
    return {(general(action.path), action.action, action.reason) for action in actions}


def _rows(counts: Counter[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {"element": path, "action": action, "reason": reason, "files": files}
        for (path, action, reason), files in sorted(counts.items())
    ]
