"""The arithmetic of a table: shares rounded half up, means with their spread, never NaN."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Spread:
    """Mean, sample standard deviation and range; None where there are too few values to say."""

    n: int
    mean: float | None
    sd: float | None
    min: float | None
    max: float | None


def half_up(value: float | Decimal, places: int) -> Decimal:
    """`value` rounded half up: 0.05 → 0.1, as journals do and Python's round() does not."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def share(n: int, denominator: int) -> float | None:
    """Percent of `n` in `denominator`, half up to one decimal; None when the denominator is 0."""
    if denominator == 0:
        return None
    return float(half_up(Decimal(n) * 100 / Decimal(denominator), 1))


def spread(values: Sequence[float]) -> Spread:
    """Mean, sample standard deviation (n - 1) and range; a deviation needs two values."""
    n = len(values)
    if n == 0:
        return Spread(0, None, None, None, None)
    mean = math.fsum(values) / n
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1)) if n > 1 else None
    return Spread(n, mean, sd, min(values), max(values))
