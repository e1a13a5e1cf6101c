"""Reading series whose pictures hold text: what a person of the hospital has to decide about."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from pydicom import dcmread

from deid.pixels import Region, overlaid, shown
from imaging import pixels
from registry.errors import Problem
from registry.models import User
from uploads.models import Hold
from uploads.services.holds import HELD_DAYS, picture_file

SIDE = 1600
SAME = 0.5


def open_holds(*, user: User) -> QuerySet[Hold]:
    """What waits for people of the user's hospital, the oldest first."""
    return Hold.objects.visible_to(user).open().select_related("job__upload__subject__site")


def hold_of(*, user: User, series: uuid.UUID) -> Hold:
    """The open hold of a series, the oldest; else its last one. Problem not_found."""
    holds = Hold.objects.visible_to(user).filter(series=series)
    found = holds.select_related("job__upload__subject__site", "decided_by")
    hold = found.open().first() or found.last()
    if hold is None:
        raise Problem("not_found")
    return hold


def until(hold: Hold) -> datetime:
    """When nobody's decision becomes a refusal."""
    return hold.opened_at + timedelta(days=HELD_DAYS)


def pictures(hold: Hold) -> list[dict[str, Any]]:
    """Pictures with their boxes: {"number", "rows", "columns", "boxes": [{"box", "everywhere"}]}.

    A box is meant for every image where most pictures of its matrix have one in the same place.
    """
    return [
        {
            "number": number,
            "rows": one["rows"],
            "columns": one["columns"],
            "boxes": [{"box": box, "everywhere": _repeated(box, one, hold.found)} for box in one["boxes"]],
        }
        for number, one in enumerate(hold.found)
    ]


def picture(*, actor: User, hold: Hold, number: int, whole: bool = False) -> bytes:
    """Picture `number` as PNG, at most 1,600 pixels a side; on the audit trail.

    whole: over the whole range of values. Problems of services.holds.picture_file, pixels_do_not_decode.
    """
    data, frame_number = picture_file(actor=actor, hold=hold, number=number)
    dataset = dcmread(BytesIO(data))
    try:
        frame = next(pixels.frames(dataset, [frame_number]))
    except pixels.Undecodable:
        raise Problem("no_picture") from None
    inverted = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    grey = shown(overlaid(frame, dataset, frame_number), inverted=inverted, whole=whole)
    return pixels.png(grey, side=SIDE)


def _repeated(box: Sequence[int], of: dict[str, Any], found: Sequence[dict[str, Any]]) -> bool:
    alike = [one for one in found if (one["rows"], one["columns"]) == (of["rows"], of["columns"])]
    region = Region(*box)
    having = sum(any(region.share_in(Region(*other)) >= SAME for other in one["boxes"]) for one in alike)
    return len(alike) > 1 and having * 2 > len(alike)
