"""Whole numbers with a wanted mean, standard deviation, minimum and maximum; pure functions of a seed.

Values are counted in the last decimal that is kept: 3.7 g/dL with one decimal is 37. Every value has its own
bounds, so that a known number of values lies below a threshold by construction. The sum is set exactly; then
pairs of values move towards or away from each other, which keeps the sum, until the spread is the wanted one.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cohort.references import Mean
from cohort.summary.arithmetic import half_up

MOST_USELESS_MOVES = 20_000
MOST_STARTS = 20
CLOSE = 0.2


class CannotFit(ValueError):
    """No values were found that have the wanted mean and spread."""


@dataclass(frozen=True)
class Band:
    """`n` values from `low` to `high` (both included), in the item's unit."""

    n: int
    low: float
    high: float


def values(
    wanted: Mean, bands: Sequence[Band], *, places: int, seed: int, fixed: Sequence[float] = ()
) -> list[Decimal]:
    """As many values as the bands hold, in their order, after the `fixed` ones, which stay as they are.

    The least value of the lowest band and the greatest of the highest are among them. `places`: decimals
    kept. Mean and sample SD of all values together, rounded as printed, are the wanted ones.
    Raises CannotFit.
    """
    for start in range(MOST_STARTS):
        found = _Fit(wanted, bands, places, [_units(one, places) for one in fixed], seed * 1000 + start).run()
        if found is not None:
            return [Decimal(one).scaleb(-places) for one in found]
    raise CannotFit(f"mean {wanted.mean}, SD {wanted.sd} with {bands}")


def as_printed(numbers: Sequence[float], wanted: Mean) -> bool:
    """Whether mean and sample SD of `numbers`, rounded as the table prints them, are the wanted ones."""
    mean = math.fsum(numbers) / len(numbers)
    sd = math.sqrt(math.fsum((one - mean) ** 2 for one in numbers) / (len(numbers) - 1))
    return _same(mean, wanted.mean, wanted.decimals) and _same(sd, wanted.sd or 0, wanted.decimals)


def _same(value: float, printed: float, decimals: int) -> bool:
    """Equal after rounding to the table's decimals and, where more are printed, to those."""
    own = max(decimals, -int(Decimal(str(printed)).as_tuple().exponent))
    return all(half_up(value, places) == half_up(printed, places) for places in {decimals, own})


def _units(value: float, places: int) -> int:
    return round(Decimal(str(value)).scaleb(places))


class _Fit:
    """One attempt, in whole units."""

    def __init__(self, wanted: Mean, bands: Sequence[Band], places: int, fixed: list[int], seed: int) -> None:
        self.wanted, self.scale = wanted, 10**places
        self.dice = random.Random(seed)
        self.fixed = len(fixed)
        self.limits = [(one, one) for one in fixed]
        for band in bands:
            edges = (math.ceil(band.low * self.scale - 1e-9), math.floor(band.high * self.scale + 1e-9))
            self.limits += [edges] * band.n
        self.now = fixed + self._draws(bands)
        self._pin_ends()

    def run(self) -> list[int] | None:
        self._set_sum()
        if sum(self.now) != self._wanted_sum() or not self._set_spread():
            return None
        return self.now

    def _draws(self, bands: Sequence[Band]) -> list[int]:
        """First draws: within a band skewed to its lower end, except in a lower band, where they are even."""
        drawn = []
        top = max(band.high for band in bands)
        for band in bands:
            for _ in range(band.n):
                value = (
                    self.dice.uniform(band.low, band.high)
                    if band.high < top
                    else band.low + self._excess(bands, band)
                )
                drawn.append(round(min(band.high, value) * self.scale))
        limits = self.limits[self.fixed :]
        return [min(high, max(low, one)) for one, (low, high) in zip(drawn, limits, strict=True)]

    def _excess(self, bands: Sequence[Band], band: Band) -> float:
        """Above the band's lower end, of the gamma distribution with the mean and SD left to this band."""
        lower = [one for one in bands if one.high < band.high]
        n = sum(one.n for one in bands)
        below = sum(one.n * (one.low + one.high) / 2 for one in lower)
        mean = (self.wanted.mean * n - below) / band.n
        spread = (self.wanted.sd or 0) ** 2 * (n - 1)
        spread -= sum(one.n * ((one.low + one.high) / 2 - self.wanted.mean) ** 2 for one in lower)
        spread -= band.n * (mean - self.wanted.mean) ** 2
        over, variance = max(mean - band.low, 1e-6), max(spread / band.n, 1e-6)
        return self.dice.gammavariate(over**2 / variance, variance / over)

    def _pin_ends(self) -> None:
        free = range(self.fixed, len(self.now))
        lowest = min(free, key=lambda one: self.limits[one][0])
        highest = max((one for one in free if one != lowest), key=lambda one: self.limits[one][1])
        for place, edge in ((lowest, self.limits[lowest][0]), (highest, self.limits[highest][1])):
            self.limits[place], self.now[place] = (edge, edge), edge

    def _wanted_sum(self) -> int:
        return math.floor(Decimal(str(self.wanted.mean)) * len(self.now) * self.scale + Decimal("0.5"))

    def _set_sum(self) -> None:
        places = [one for one in range(len(self.now)) if self.limits[one][0] < self.limits[one][1]]
        while left := self._wanted_sum() - sum(self.now):
            room = [one for one in places if self._fits(one, 1 if left > 0 else -1)]
            if not room:
                return
            step = max(1, abs(left) // len(room))
            for place in self.dice.sample(room, min(len(room), abs(left))):
                self._move(place, step if left > 0 else -step)

    def _set_spread(self) -> bool:
        n, mean = len(self.now), sum(self.now) / len(self.now)
        goal = ((self.wanted.sd or 0) * self.scale) ** 2 * (n - 1)
        half = 0.5 * 10**-self.wanted.decimals * self.scale
        near = 2 * (self.wanted.sd or 0) * self.scale * half * CLOSE * (n - 1)
        spread = math.fsum((one - mean) ** 2 for one in self.now)
        free = [one for one in range(self.fixed, n) if self.limits[one][0] < self.limits[one][1]]
        widest = max(self.limits[one][1] - self.limits[one][0] for one in free)
        useless = 0
        while useless < MOST_USELESS_MOVES:
            if abs(spread - goal) <= near and self._printed():
                return True
            useless += 1
            one, other = self.dice.sample(free, 2)
            step = max(1, round(widest ** self.dice.random() / 4))
            if not (self._fits(one, step) and self._fits(other, -step)):
                continue
            change = 2 * step * (self.now[one] - self.now[other]) + 2 * step**2
            if abs(spread + change - goal) < abs(spread - goal):
                self.now[one] += step
                self.now[other] -= step
                spread += change
                useless = 0
        return self._printed()

    def _printed(self) -> bool:
        return as_printed([one / self.scale for one in self.now], self.wanted)

    def _fits(self, place: int, step: int) -> bool:
        low, high = self.limits[place]
        return low <= self.now[place] + step <= high

    def _move(self, place: int, step: int) -> None:
        low, high = self.limits[place]
        self.now[place] = min(high, max(low, self.now[place] + step))
