"""Tests that a printed number can fail by arithmetic alone."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from cohort.references import Mean
from cohort.references.conflicts import widest
from cohort.summary.arithmetic import half_up


def percent_holds(n: int, of: int, printed: Decimal, decimals: int) -> bool:
    """Whether `printed` percent is `n` of `of`, rounded half up."""
    return of > 0 and half_up(Decimal(100 * n) / Decimal(of), decimals) == printed


def counts_of(printed: Decimal, decimals: int, of: int) -> list[int]:
    """The counts of `of` that round to `printed` percent; none when no whole number does."""
    about = int(printed * of / 100)
    return [
        n for n in range(max(0, about - 2), min(of, about + 3) + 1) if percent_holds(n, of, printed, decimals)
    ]


def grim(mean: Decimal, decimals: int, n: int) -> bool:
    """Whether whole numbers of `n` people can have this mean (Brown and Heathers 2017, GRIM)."""
    if n < 1:
        return False
    around = mean * n
    sums = (around.to_integral_value(ROUND_FLOOR), around.to_integral_value(ROUND_CEILING))
    return any(half_up(total / n, decimals) == mean for total in sums)


def most_sd(mean: Decimal, low: Decimal, high: Decimal, n: int) -> float | None:
    """The largest SD of `n` values between `low` and `high` with that mean (Bhatia and Davis 2000).

    None when it cannot be said; 0.0 when the mean lies outside of its range.
    """
    if not low <= mean <= high:
        return 0.0
    return widest(Mean(float(mean), min=float(low), max=float(high), n=n))


def sd_holds(mean: Decimal, sd: Decimal, low: Decimal, high: Decimal, n: int) -> bool:
    """Whether the SD is possible between the printed ends."""
    most = most_sd(mean, low, high, n)
    return most is None or float(sd) <= most
