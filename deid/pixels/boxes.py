"""Rectangles in a frame, in its own pixels: columns to the right, rows down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
