"""Reading series whose pictures hold text: what a person of the hospital has to decide about."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from pydicom import dcmread

from deid.pixels import overlaid, shown
from imaging import pixels
from registry.errors import Problem
from registry.models import User
from uploads.models import Hold
from uploads.services import regions
from uploads.services.holds import HELD_DAYS, picture_file

SIDE, FULL = 1600, 10_000


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
    """Pictures as a page walks through them: {"number", "rows", "columns"}."""
    return [
        {"number": number, "rows": one["rows"], "columns": one["columns"]}
        for number, one in enumerate(hold.found)
    ]


def boxes(hold: Hold) -> list[dict[str, Any]]:
    """Places with text, as a decision to mask takes them: {"pictures", "box", "everywhere"}.

    What comes again in the same place is one box for all its pictures. It is meant for every image where more
    than half of the pictures of its matrix have it.
    """
    alike = Counter((one["rows"], one["columns"]) for one in hold.found)
    return [
        {
            "pictures": place.pictures,
            "box": [place.region.x, place.region.y, place.region.width, place.region.height],
            "everywhere": 1 < alike[place.rows, place.columns] < 2 * len(place.pictures),
        }
        for place in regions.places(hold)
    ]


def picture(*, actor: User, hold: Hold, number: int, whole: bool = False, full: bool = False) -> bytes:
    """Picture `number` as PNG, at most 1,600 pixels a side, or 10,000 where `full`; on the audit trail.

    whole: over the whole range of values. Problems of services.holds.picture_file, no_picture.
    """
    data, frame_number = picture_file(actor=actor, hold=hold, number=number)
    dataset = dcmread(BytesIO(data))
    try:
        frame = next(pixels.frames(dataset, [frame_number]))
    except pixels.Undecodable:
        raise Problem("no_picture") from None
    inverted = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    grey = shown(overlaid(frame, dataset, frame_number), inverted=inverted, whole=whole)
    return pixels.png(grey, side=FULL if full else SIDE)
