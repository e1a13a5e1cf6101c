"""Regions of a decision: proposed from what was found, checked when a person sends them, and laid on the
files that they are meant for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydicom.dataset import Dataset

from deid.pixels import Boxed, Placed, Region, Repeated, repeated
from registry.errors import Problem
from uploads.models import Hold

MOST_MORE = 200


def places(hold: Hold) -> list[Repeated]:
    """Where text was found, each place once; pictures are indices of `hold.found`."""
    return repeated(
        Boxed(one["rows"], one["columns"], [Region(*box) for box in one["boxes"]]) for one in hold.found
    )


def of_file(hold: Hold, sha256: str, dataset: Dataset) -> list[Placed]:
    """The regions that a decision puts on a file."""
    matrix = dataset.get("Rows"), dataset.get("Columns")
    frames = int(dataset.get("NumberOfFrames") or 1)
    placed = []
    for one in hold.regions:
        if one["file"] == sha256 or (not one["file"] and (one["rows"], one["columns"]) == matrix):
            without = frozenset(frame for file, frame in one.get("without", ()) if file == sha256)
            placed.append(Placed(Region(*one["box"]), one["frame"], without))
    return [one for one in placed if len(one.without) < frames]


def checked(hold: Hold, given: Any) -> list[dict[str, Any]]:
    """Regions as a Hold keeps them.

    given: [{"picture": index of hold.found, or "pictures": several of one matrix, "box": [x, y, width,
    height], "everywhere": true for every image of that matrix, "without": indices of pictures that it is not
    on}]. As many as were found, and 200 more. Problem no_regions, too_many_regions, bad_region.
    """
    if not isinstance(given, Sequence) or isinstance(given, str | bytes) or not given:
        raise Problem("no_regions")
    most = MOST_MORE + sum(len(one["boxes"]) for one in hold.found)
    if len(given) > most:
        raise Problem("too_many_regions", count=len(given), most=most)
    kept: dict[str, dict[str, Any]] = {}
    for number, one in enumerate(given, start=1):
        kept |= {str(region): region for region in _checked(hold, number, one)}
        if len(kept) > most:
            raise Problem("too_many_regions", count=len(kept), most=most)
    if not kept:
        raise Problem("no_regions")
    return list(kept.values())


def _checked(hold: Hold, number: int, one: Any) -> list[dict[str, Any]]:
    wrong = Problem("bad_region", number=number, extra={"number": number})
    if not isinstance(one, Mapping):
        raise wrong
    pictures, without = one.get("pictures", [one.get("picture")]), one.get("without", [])
    if not _pictures(pictures, hold) or not pictures or not _pictures(without, hold):
        raise wrong
    box, shown = one.get("box"), [hold.found[picture] for picture in dict.fromkeys(pictures)]
    rows, columns = shown[0]["rows"], shown[0]["columns"]
    if not isinstance(box, Sequence) or len(box) != 4 or not all(map(_whole, box)):
        raise wrong
    inside = Region(*box).within(rows=rows, columns=columns)
    if inside is None or any((each["rows"], each["columns"]) != (rows, columns) for each in shown):
        raise wrong
    where = {"rows": rows, "columns": columns, "box": [inside.x, inside.y, inside.width, inside.height]}
    left = [hold.found[picture] for picture in sorted(set(without))]
    if one.get("everywhere"):
        parts = {"without": [[each["file"], each["frame"]] for each in left]} if left else {}
        return [{"file": "", "frame": None, **where, **parts}]
    return [{"file": each["file"], "frame": each["frame"], **where} for each in shown if each not in left]


def _pictures(value: Any, hold: Hold) -> bool:
    return isinstance(value, list) and all(_whole(each) and 0 <= each < len(hold.found) for each in value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
