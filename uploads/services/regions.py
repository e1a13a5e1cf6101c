"""Regions of a decision: checked when a person sends them, and laid on the files that they are meant for."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydicom.dataset import Dataset

from deid.pixels import Placed, Region
from registry.errors import Problem
from uploads.models import Hold

MOST = 200


def of_file(hold: Hold, sha256: str, dataset: Dataset) -> list[Placed]:
    """The regions that a decision puts on a file."""
    matrix = dataset.get("Rows"), dataset.get("Columns")
    return [
        Placed(Region(*one["box"]), one["frame"])
        for one in hold.regions
        if one["file"] == sha256 or (not one["file"] and (one["rows"], one["columns"]) == matrix)
    ]


def checked(hold: Hold, given: Any) -> list[dict[str, Any]]:
    """Regions as a Hold keeps them. `given`: [{"picture": index of hold.found, "box": [x, y, width, height],
    "everywhere": true for every image of that matrix}]. Problem no_regions, too_many_regions, bad_region.
    """
    if not isinstance(given, Sequence) or isinstance(given, str | bytes) or not given:
        raise Problem("no_regions")
    if len(given) > MOST:
        raise Problem("too_many_regions", count=len(given), most=MOST)
    return [_checked(hold, number, one) for number, one in enumerate(given, start=1)]


def _checked(hold: Hold, number: int, one: Any) -> dict[str, Any]:
    wrong = Problem("bad_region", number=number, extra={"number": number})
    if not isinstance(one, Mapping):
        raise wrong
    picture, box = one.get("picture"), one.get("box")
    if not _whole(picture) or not 0 <= picture < len(hold.found):
        raise wrong
    if not isinstance(box, Sequence) or len(box) != 4 or not all(map(_whole, box)):
        raise wrong
    shown = hold.found[picture]
    inside = Region(*box).within(rows=shown["rows"], columns=shown["columns"])
    if inside is None:
        raise wrong
    everywhere = bool(one.get("everywhere"))
    return {
        "file": "" if everywhere else shown["file"],
        "frame": None if everywhere else shown["frame"],
        "rows": shown["rows"],
        "columns": shown["columns"],
        "box": [inside.x, inside.y, inside.width, inside.height],
    }


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
