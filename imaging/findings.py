"""Everything that the checks say of series, with the waivers that hold.

Findings of the series itself are kept with it. Those that follow from other series are computed
here: they change when another series comes or goes.
"""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imaging.judgements import Waiver
from imaging.models import Exam, Series
from imaging.twins import findings_of_twins
from imaging.validation import DECIDED, is_original, is_supine
from imaging.validation.exams import Candidate, judge_scan

Kept = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """One finding. `waiver`: the one that holds for it now, if any."""

    code: str
    severity: str
    values: Mapping[str, Any]
    waiver: Waiver | None = None

    @property
    def key(self) -> str:
        return finding_key(self.code, self.values)

    @property
    def undecided(self) -> bool:
        """Whether a curator still has to decide about it."""
        return self.severity in DECIDED and self.waiver is None


def finding_key(code: str, values: Mapping[str, Any]) -> str:
    """64 hexadecimal digits that name a finding of a series by what it says."""
    text = json.dumps([code, values], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def found_of(series: Iterable[Series]) -> dict[uuid.UUID, list[Found]]:
    """Findings of each series, kept ones first; a fixed number of queries."""
    listed = list(series)
    waivers = {
        (waiver.series_id, waiver.finding): waiver
        for waiver in Waiver.objects.in_force().filter(series__in=listed).select_related("by")
    }
    beside, twins = _beside(listed), findings_of_twins(listed)
    return {
        one.pk: [
            _found(item, one.pk, waivers)
            for item in (*kept(one), *beside.get(one.pk, ()), *twins.get(one.pk, ()))
        ]
        for one in listed
    }


def kept(series: Series) -> list[dict[str, Any]]:
    """Findings kept with it; pairs that were found before they had rows of their own are left out."""
    return [item for item in series.findings if item["code"] != "also_elsewhere"]


def undecided(series: Iterable[Series]) -> int:
    """How many findings of these series wait for a curator's decision."""
    return sum(found.undecided for listed in found_of(series).values() for found in listed)


def _found(item: Kept, series: uuid.UUID, waivers: Mapping[tuple[uuid.UUID, str], Waiver]) -> Found:
    values = item.get("values", {})
    waiver = waivers.get((series, finding_key(item["code"], values)))
    return Found(item["code"], item["severity"], values, waiver)


def _beside(listed: Iterable[Series]) -> dict[Any, list[dict[str, Any]]]:
    """Findings that follow from the other series on file of the same CT."""
    exams = {one.exam_id for one in listed if one.on_file}
    rows = Series.objects.on_file().filter(exam__in=exams, exam__kind=Exam.Kind.CT)
    scans: dict[int, list[Candidate]] = defaultdict(list)
    for exam, *facts in rows.order_by("stored_at", "id").values_list(
        "exam_id",
        "pk",
        "plane",
        "header__image_type",
        "header__patient_position",
        "thickness_mm",
        "instance_count",
    ):
        key, plane, image_type, position, thickness, images = facts
        original = is_original((image_type or "").split("\\"))
        scans[exam].append(Candidate(key, plane, original, is_supine(position or ""), thickness, images))
    found: dict[Any, list[dict[str, Any]]] = {}
    for candidates in scans.values():
        found |= judge_scan(candidates)
    return found
