"""Where a published table disagrees with its own arithmetic."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from cohort.references import Count, Mean, Reference
from cohort.summary.arithmetic import half_up, share


@dataclass(frozen=True)
class Wrong:
    """A percentage as printed, where, and what it would be right for.

    `count`: the nearest count of the same denominator that gives it, None when no whole number does.
    `least`, `most`: the denominators that give it with the same count, None when none does.
    """

    percent: float
    where: str
    count: int | None
    least: int | None
    most: int | None


@dataclass(frozen=True)
class ShareConflict:
    """A count whose printed percentages are not all its share of the denominator."""

    row: str
    n: int
    of: int
    exact: float
    right: float
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True)
class SpreadConflict:
    """A mean whose printed SD is more than data in the printed range can have (Bhatia and Davis, 2000)."""

    row: str
    mean: float
    sd: float
    min: float
    max: float
    n: int
    most: float


def conflicts(reference: Reference) -> dict[str, ShareConflict | SpreadConflict]:
    """The conflicts of a table by row, in its order."""
    found: dict[str, ShareConflict | SpreadConflict] = {}
    for row, count in reference.counts.items():
        right = share(count.n, count.of)
        wrong = tuple(_wrong(count, right or 0))
        if right is not None and wrong:
            found[row] = ShareConflict(row, count.n, count.of, 100 * count.n / count.of, right, wrong)
    for row, mean in reference.means.items():
        most = widest(mean)
        if most is not None and mean.sd is not None and mean.sd > most:
            found[row] = SpreadConflict(
                row, mean.mean, mean.sd, mean.min or 0, mean.max or 0, mean.n or 0, most
            )
    return found


def widest(mean: Mean) -> float | None:
    """The largest sample SD that `n` values in the printed range can have with the printed mean."""
    if mean.n is None or mean.n < 2 or mean.min is None or mean.max is None:
        return None
    return math.sqrt((mean.max - mean.mean) * (mean.mean - mean.min) * mean.n / (mean.n - 1))


def _wrong(count: Count, right: float) -> Iterator[Wrong]:
    for percent, where in zip(count.printed, count.where, strict=True):
        if half_up(percent, 1) != half_up(right, 1):
            fitting = [n for n in range(count.of + 1) if share(n, count.of) == percent and n != count.n]
            nearest = min(fitting, key=lambda n: abs(n - count.n), default=None)
            around = range(max(1, count.n), 4 * count.of)
            others = [of for of in around if share(count.n, of) == percent]
            yield Wrong(percent, where, nearest, min(others, default=None), max(others, default=None))
