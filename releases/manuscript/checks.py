"""Every number of a text against a release: it holds, it is in conflict, or the release does not have it.

A conflict is only said where the text itself names the row: by the count, or by a phrase right before it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from releases.manuscript.arithmetic import counts_of, grim, most_sd, percent_holds, sd_holds
from releases.manuscript.facts import Facts, MeanFact, ShareFact, TotalFact, rounded
from releases.manuscript.reading import Pair, Spread, Value, read

HOLDS, CONFLICT, ABSENT, HIDDEN = "holds", "conflict", "absent", "hidden"
AROUND, BEFORE = 90, 45
Fact = ShareFact | MeanFact | TotalFact
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Said:
    """A sentence to be: its code (releases.manuscript.wording) and the values in it."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
    """What became of one claim; `places` are (start, end) of its numbers in the text."""

    places: tuple[tuple[int, int], ...]
    verdict: str
    row: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    said: tuple[Said, ...] = ()


class Check:
    """`marks` of a text, in its order."""

    def __init__(self, text: str, facts: Facts) -> None:
        found = read(text)
        self.facts, self._text = facts, found.text.lower().translate({0: " ", 1: " "})
        marks = [self._pair(pair) for pair in found.pairs]
        marks += [self._spread(spread) for spread in found.spreads]
        marks += [self._lone(value) for value in found.lone]
        self.marks = sorted(marks, key=lambda mark: mark.places)

    def _pair(self, pair: Pair) -> Mark:
        places = ((pair.count.start, pair.count.end), (pair.percent.start, pair.percent.end))
        n, printed, decimals = int(pair.count.value), pair.percent.value, pair.percent.decimals
        start, end = min(places)[0], max(places)[1]
        same = [row for row in self.facts.shares if not row.hidden and row.n == n]
        right = [row for row in same if percent_holds(row.n, row.of, printed, decimals)]
        if right:
            row = self._nearest(right, start, end)
            named = self._named(self.facts.shares, start)
            if row is None and named is not None and named.hidden:
                return Mark(places, HIDDEN, named.id, named.label)
            row = row or right[0]
            return Mark(places, HOLDS, row.id, row.label, (_share(row, decimals),))
        named = self._nearest(same, start, end)
        if named is None:
            named = self._named(self.facts.shares, start)
            if named is None:
                return Mark(places, ABSENT)
            if named.hidden:
                return Mark(places, HIDDEN, named.id, named.label)
            said = (Said("count", {"n": named.n, "printed": n}), _share(named, decimals))
            return Mark(places, CONFLICT, named.id, named.label, said)
        said = (_share(named, decimals), _would_be(printed, decimals, named.of))
        return Mark(places, CONFLICT, named.id, named.label, said)

    def _spread(self, spread: Spread) -> Mark:
        places = tuple(sorted((part.start, part.end) for part in spread.parts))
        start, end = places[0][0], places[-1][1]
        middle = [row for row in self.facts.means if _agrees(spread, row, ends=False)]
        whole = [row for row in middle if _agrees(spread, row, ends=True)]
        row = self._nearest(whole, start, end) or (whole[0] if whole else None)
        if row is None and spread.mean is not None:
            row = self._nearest(middle, start, end) or self._named(self.facts.means, start)
        if row is None:
            return Mark(places, ABSENT)
        impossible = tuple(_impossible(spread, row))
        if row in whole and not impossible:
            return Mark(places, HOLDS, row.id, row.label, (_mean(row, spread),))
        return Mark(places, CONFLICT, row.id, row.label, (_mean(row, spread), *impossible))

    def _lone(self, value: Value) -> Mark:
        place = ((value.start, value.end),)
        if self._text[: value.start].rstrip(" (").endswith(("vs.", "vs", "versus")):
            return Mark(place, ABSENT)
        if value.percent:
            return self._percent(value, place)
        equal: list[Fact] = []
        if value.decimals == 0:
            equal += [row for row in self.facts.shares if not row.hidden and row.n == value.value]
            equal += [row for row in self.facts.totals if row.n == value.value]
        equal += [row for row in self.facts.means if rounded(row.mean, value.decimals) == value.value]
        row = self._nearest(equal, value.start, value.end)
        if row is not None:
            return Mark(place, HOLDS, row.id, row.label)
        if self._text[: value.start].endswith(("(n = ", "[n = ", "(n=", "[n=")) and not value.decimals:
            named = self._named(self.facts.shares, value.start - 5)
            if named is not None and not named.hidden:
                said = Said("count", {"n": named.n, "printed": int(value.value)})
                return Mark(place, CONFLICT, named.id, named.label, (said,))
        return Mark(place, ABSENT)

    def _percent(self, value: Value, place: tuple[tuple[int, int], ...]) -> Mark:
        right = [
            row
            for row in self.facts.shares
            if not row.hidden and percent_holds(row.n, row.of, value.value, value.decimals)
        ]
        row = self._nearest(right, value.start, value.end)
        if row is not None:
            return Mark(place, HOLDS, row.id, row.label, (_share(row, value.decimals),))
        named = self._named(self.facts.shares, value.start)
        if named is None:
            return Mark(place, ABSENT)
        if named.hidden:
            return Mark(place, HIDDEN, named.id, named.label)
        said = (_share(named, value.decimals), _would_be(value.value, value.decimals, named.of))
        return Mark(place, CONFLICT, named.id, named.label, said)

    def _nearest(self, rows: Sequence[F], start: int, end: int) -> F | None:
        """The row whose phrase stands nearest to the place, not farther than a sentence."""
        before = self._text[max(0, start - AROUND) : start]
        after = self._text[end : end + AROUND]
        near = [
            (min(distances), place)
            for place, row in enumerate(rows)
            if (distances := list(_distances(row.phrases, before, after)))
        ]
        return rows[min(near)[1]] if near else None

    def _named(self, rows: Iterable[F], start: int) -> F | None:
        """The row whose phrase stands right before the place, without another number between."""
        before = re.split(r"\d", self._text[max(0, start - BEFORE) : start])[-1]
        near = [
            (len(before) - at - len(phrase), place, row)
            for place, row in enumerate(rows)
            for phrase in row.phrases
            if (at := before.rfind(phrase)) >= 0
        ]
        return min(near, key=lambda one: one[:2])[2] if near else None


def _distances(phrases: Iterable[str], before: str, after: str) -> Iterator[int]:
    """How far each phrase stands away; what stands after counts a little more."""
    for phrase in phrases:
        at = before.rfind(phrase)
        if at >= 0:
            yield len(before) - at - len(phrase)
        at = after.find(phrase)
        if at >= 0:
            yield at + AROUND // 6


def _agrees(spread: Spread, row: MeanFact, *, ends: bool) -> bool:
    """Whether what is printed is the row's, rounded as printed; `ends` looks at the range too."""
    told = [(spread.mean, row.mean), (spread.sd, row.sd)]
    if ends or spread.mean is None:
        told += [(spread.low, row.low), (spread.high, row.high)]
    return all(part is None or rounded(value, part.decimals) == part.value for part, value in told)


def _impossible(spread: Spread, row: MeanFact) -> Iterator[Said]:
    """What cannot be by arithmetic alone: an SD too large for its range, a mean of no whole numbers."""
    mean, sd, low, high = spread.mean, spread.sd, spread.low, spread.high
    if mean and sd and low and high and not sd_holds(mean.value, sd.value, low.value, high.value, row.n):
        most = most_sd(mean.value, low.value, high.value, row.n)
        values = {"mean": mean.value, "sd": sd.value, "low": low.value, "high": high.value, "n": row.n}
        yield Said("sd_range", {**values, "less": row.n - 1, "most": rounded(most, 3)})
    if mean and row.whole and not grim(mean.value, mean.decimals, row.n):
        yield Said("grim", {"mean": mean.value, "n": row.n})


def _share(row: ShareFact, decimals: int) -> Said:
    exact = Decimal(100 * row.n) / row.of if row.of else Decimal(0)
    return Said("share", {"n": row.n, "of": row.of, "exact": rounded(float(exact), max(2, decimals))})


def _would_be(printed: Decimal, decimals: int, of: int) -> Said:
    fitting = counts_of(printed, decimals, of)
    values = {"printed": printed, "of": of}
    return Said("would_be", {**values, "count": fitting[0]}) if fitting else Said("of_no_count", values)


def _mean(row: MeanFact, spread: Spread) -> Said:
    decimals = max((part.decimals for part in spread.parts), default=1)
    parts = {"mean": row.mean, "sd": row.sd, "low": row.low, "high": row.high}
    return Said("mean", {"n": row.n, **{name: rounded(value, decimals) for name, value in parts.items()}})
