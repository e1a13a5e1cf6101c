"""The receipt of a series: what was done to its files, by which engine and profile; no value of any element.

{"passes": [pass, …]}, one per upload that brought files, each naming the digest of the one before. The
digest of the last pass is on the audit trail, so a receipt cannot be changed without a trace.
"""

import hashlib
import json
import re
from collections import Counter
from typing import Any

from deid import ENGINE, PROFILE_VERSION, Result

INDEX = re.compile(r"\[\d+\]")


class Tally:
    """Gathers one pass, file by file."""

    def __init__(self, *, stripped_by: str) -> None:
        self._stripped_by = stripped_by
        self._actions: Counter[tuple[str, str, str]] = Counter()
        self._files: list[list[str]] = []
        self._same_pixels = 0

    def add(
        self, result: Result, *, pixels_after: str, sop_uid: str, source_sha256: str, sha256: str
    ) -> None:
        """Count a stored file.

        Hashes are hexadecimal SHA-256 of whole files, `sha256` that of the stored one; `pixels_after` is of
        its pixel bytes, which differ from those that came only where they were masked.
        """
        self._actions.update({(INDEX.sub("[*]", a.path), a.action, a.reason) for a in result.actions})
        self._same_pixels += result.pixel_sha256_before == pixels_after
        self._files.append([sop_uid, source_sha256, sha256, result.pixel_sha256_before, pixels_after])

    def receipt(self, earlier: dict[str, Any] | None, *, pictures: dict[str, Any]) -> dict[str, Any]:
        """The earlier receipt of the series with this pass at its end.

        pictures: what was looked at and masked, see uploads.pipeline.looking.
        """
        passes = list((earlier or {}).get("passes", []))
        this: dict[str, Any] = {
            "engine": ENGINE,
            "profile": PROFILE_VERSION,
            "stripped_by": self._stripped_by,
            "dates": "kept" if self._stripped_by else "keyed",
            "files": len(self._files),
            "same_pixels": self._same_pixels,
            "files_digest": _digest(sorted(self._files)),
            "pictures": pictures,
            "actions": [
                {"element": path, "action": action, "reason": reason, "files": count}
                for (path, action, reason), count in sorted(self._actions.items())
            ],
            "previous": passes[-1]["digest"] if passes else "",
        }
        return {"passes": [*passes, {**this, "digest": _digest(this)}]}


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
