"""Judging what is visible only beside other series or the form: rules for an exam and for a subject."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imaging.validation.rules import finding

Finding = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A series on file of one CT. `thickness` in mm, None when unknown; `plane` as in geometry.plane."""

    key: Hashable
    plane: str
    original: bool
    supine: bool
    thickness: float | None
    images: int


def main_series(series: Sequence[Candidate]) -> Hashable | None:
    """The series that stands for a scan: the thinnest original axial one, taken on the back if any was.

    Of equals the one with more images, then the first. None when none is original and axial.
    """
    fit = [one for one in series if one.plane == "axial" and one.original]
    best = min(fit, key=lambda one: (not one.supine, one.thickness or math.inf, -one.images), default=None)
    return best.key if best else None


def judge_scan(series: Sequence[Candidate]) -> dict[Hashable, list[Finding]]:
    """Findings of each series of a CT that follow from all of them."""
    main = main_series(series)
    if main is None:
        return {one.key: [finding("no_main_series")] for one in series}
    return {
        one.key: [finding("not_main_series")] if one.plane == "axial" and one.key != main else []
        for one in series
    }


def judge_stay(
    scans: Mapping[Hashable, int], *, diagnosis: int | None, end: int | None
) -> dict[Hashable, list[Finding]]:
    """Findings of CT scans outside the time from diagnosis to the end of the stay; days since admission.

    `scans`: day of each. A day that is not known limits nothing; the first and the last day are inside.
    """
    found: dict[Hashable, list[Finding]] = {}
    for key, day in scans.items():
        if diagnosis is not None and day < diagnosis:
            found[key] = [finding("ct_before_diagnosis", {"day": day, "limit_day": diagnosis})]
        elif end is not None and day > end:
            found[key] = [finding("ct_after_end", {"day": day, "limit_day": end})]
    return found
