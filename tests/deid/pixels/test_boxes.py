"""Boxes that come again in the same place of several pictures."""

import pytest

from deid.pixels import Boxed, Region, repeated

LINE = Region(10, 12, 240, 30)
SAME = Region(13, 9, 238, 33)
LOWER = Region(10, 40, 240, 30)
Found = list[tuple[tuple[int, int, int, int], list[int]]]


def boxed(*regions: Region, side: int = 512) -> Boxed:
    return Boxed(side, side, regions)


def told(*pictures: Boxed) -> Found:
    return [((r.x, r.y, r.width, r.height), one.pictures) for one in repeated(pictures) for r in [one.region]]


@pytest.mark.parametrize(
    ("pictures", "places"),
    [
        ([], []),
        ([boxed()], []),
        ([boxed(LINE), boxed(LINE), boxed(LINE)], [((10, 12, 240, 30), [0, 1, 2])]),
        ([boxed(LINE), boxed(SAME)], [((10, 9, 241, 33), [0, 1])]),
        ([boxed(SAME), boxed(LINE)], [((10, 9, 241, 33), [0, 1])]),
        ([boxed(LINE, LOWER), boxed(LOWER)], [((10, 12, 240, 30), [0]), ((10, 40, 240, 30), [0, 1])]),
        ([boxed(LINE), boxed(LINE, side=256)], [((10, 12, 240, 30), [0]), ((10, 12, 240, 30), [1])]),
        ([boxed(LINE, SAME), boxed()], [((10, 9, 241, 33), [0])]),
        ([boxed(LINE), boxed(Region(10, 12, 245, 30))], [((10, 12, 240, 30), [0]), ((10, 12, 245, 30), [1])]),
        ([boxed(LINE), boxed(Region(15, 12, 235, 30))], [((10, 12, 240, 30), [0]), ((15, 12, 235, 30), [1])]),
        (
            [boxed(LINE, side=3072), boxed(Region(30, 12, 240, 30), side=3072)],
            [((10, 12, 260, 30), [0, 1])],
        ),
    ],
)
def test_boxes_of_one_place_are_one(pictures: list[Boxed], places: Found) -> None:
    assert told(*pictures) == places


def test_a_place_does_not_wander_from_picture_to_picture() -> None:
    pictures = [boxed(Region(10 + number, 12, 240, 30)) for number in range(40)]
    assert all(len(one.pictures) <= 5 for one in repeated(pictures))


@pytest.mark.parametrize("across", range(-5, 6))
@pytest.mark.parametrize("down", range(-5, 6))
def test_only_what_is_near_is_joined(across: int, down: int) -> None:
    moved = Region(LINE.x + across, LINE.y + down, LINE.width, LINE.height)
    assert (len(repeated([boxed(LINE), boxed(moved)])) == 1) == (max(abs(across), abs(down)) <= 4)
