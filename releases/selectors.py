"""Reading releases: their records, who withdrew since, and how two of them differ."""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from registry.models import Subject, SubjectKey
from releases.export import Export, Slip
from releases.frozen import Record
from releases.models import Release, ReleaseCase

BATCH = 500
ORDERS = {"code": "subject__code", "number": "number"}


@dataclass(frozen=True)
class Withdrawn:
    code: str
    at: datetime.datetime


@dataclass(frozen=True)
class Held:
    """A release with what is frozen in it."""

    release: Release

    @cached_property
    def frame(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.release.frame)
        return read

    def records(self, order: str = "code") -> Iterator[Record]:
        """Its records by code or by number, a batch at a time."""
        rows = ReleaseCase.objects.filter(release=self.release).order_by(ORDERS[order])
        for code, number, content in rows.values_list("subject__code", "number", "content").iterator(BATCH):
            yield Record(code, number, content)

    def export(self, level: str, slip: Slip | None = None) -> Export:
        return Export(self.frame, self.release.digest, self.records, level, slip)


def withdrawn(release: Release) -> list[Withdrawn]:
    """People of the release who withdrew, whose key is destroyed, by code."""
    gone = SubjectKey.objects.filter(subject__release_cases__release=release, destroyed_at__isnull=False)
    found = gone.order_by("subject__code").values_list("subject__code", "destroyed_at")
    return [Withdrawn(code, at) for code, at in found]


def without_withdrawn(release: Release) -> tuple[Callable[[Record], bool], int]:
    """Which records may still be handed out, and how many may not."""
    gone = {one.code for one in withdrawn(release)}
    return (lambda record: record.code not in gone), len(gone)


def sites_of(release: Release) -> dict[str, int]:
    """How many of its cases each site has, by site code."""
    found: dict[str, int] = {}
    codes = Subject.objects.filter(release_cases__release=release).values_list("site__code", flat=True)
    for code in codes.order_by("site__code"):
        found[code] = found.get(code, 0) + 1
    return found
