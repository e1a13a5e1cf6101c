"""Rectangles in a frame, in its own pixels: columns to the right, rows down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

NEAR, NEAR_SHARE = 4, 128


@dataclass(frozen=True, slots=True)
class Region:
    """Left and top edge, width and height, in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def compact(self) -> float:
        """How many times longer the longer side is than the shorter; 1 for a square."""
        return max(self.width, self.height) / max(1, min(self.width, self.height))

    def within(self, *, rows: int, columns: int) -> Region | None:
        """The part that lies in a frame; None when there is none."""
        left, top = max(0, self.x), max(0, self.y)
        right, bottom = min(columns, self.x + self.width), min(rows, self.y + self.height)
        return Region(left, top, right - left, bottom - top) if right > left and bottom > top else None

    def near(self, other: Region, by: int) -> bool:
        """Whether no edge lies more than `by` pixels from the same edge of `other`."""
        mine = (self.x, self.y, self.x + self.width, self.y + self.height)
        theirs = (other.x, other.y, other.x + other.width, other.y + other.height)
        return all(abs(a - b) <= by for a, b in zip(mine, theirs, strict=True))

    def joined(self, other: Region) -> Region:
        """The smallest rectangle that holds both."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Region(left, top, right - left, bottom - top)

    def share_in(self, other: Region) -> float:
        """How much of this rectangle lies in `other`, from 0 to 1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(0, width) * max(0, height) / self.area if self.area else 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """Where text was found. `text` is what was read in it, empty when nothing could be; scores are 0 to 1.

    `score` is how sure the finding is, `sure` how sure the reading.
    """

    region: Region
    text: str = ""
    score: float = 0.0
    sure: float = 0.0


def covered(region: Region, others: Iterable[Region], *, share: float = 0.5) -> bool:
    """Whether one of `others` holds at least this share of `region`."""
    return any(region.share_in(other) >= share for other in others)


@dataclass(frozen=True, slots=True)
class Boxed:
    """A picture's matrix, and where text was found in it."""

    rows: int
    columns: int
    regions: Sequence[Region]


@dataclass(slots=True)
class Repeated:
    """Text in one place: `region` holds it in all of `pictures` (indices, rising), which share a matrix."""

    rows: int
    columns: int
    region: Region
    pictures: list[int] = field(default_factory=list)


def repeated(pictures: Iterable[Boxed]) -> list[Repeated]:
    """Boxes that come again in the same place of other pictures as one, in the order of their first picture.

    The same place: the same matrix, and no edge further than 4 pixels, in large matrices a 128th of the
    longer side, from the first box that was met there.
    """
    found: list[Repeated] = []
    cells: dict[tuple[int, ...], list[tuple[Region, Repeated]]] = defaultdict(list)
    for number, picture in enumerate(pictures):
        rows, columns = picture.rows, picture.columns
        by = max(NEAR, max(rows, columns) // NEAR_SHARE)
        for region in picture.regions:
            across, down = region.x // (by + 1), region.y // (by + 1)
            around = (
                pair
                for x in (across - 1, across, across + 1)
                for y in (down - 1, down, down + 1)
                for pair in cells.get((rows, columns, x, y), ())
            )
            known = next((one for first, one in around if region.near(first, by)), None)
            if known is None:
                known = Repeated(rows, columns, region)
                found.append(known)
                cells[rows, columns, across, down].append((region, known))
            known.region = known.region.joined(region)
            if number not in known.pictures[-1:]:
                known.pictures.append(number)
    return found
