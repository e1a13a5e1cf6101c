"""The cohort beside a published table: row by row, ours and theirs, and by how much they differ."""

from dataclasses import dataclass

from django.utils.functional import Promise

from cohort.references import Reference
from cohort.summary.arithmetic import half_up, share
from cohort.summary.means import MEANS
from cohort.summary.shares import SHARES
from cohort.summary.specs import Mean, Share
from cohort.summary.summarise import Summary

NOTHING = "–"


@dataclass(frozen=True)
class Pair:
    """A row of both, as texts. `difference` is ours less theirs, in percentage points or the row's unit."""

    id: str
    label: Promise | str
    section: Promise | str
    ours: str
    theirs: str
    difference: str
    same: bool
    hidden: bool = False


def beside(summary: Summary, reference: Reference) -> list[Pair]:
    """Every row that the reference has, in the summary's order."""
    pairs = [_share(row, summary, reference) for row in SHARES]
    pairs += [_mean(row, summary, reference) for row in MEANS]
    return [pair for pair in pairs if pair]


def _share(row: Share, summary: Summary, reference: Reference) -> Pair | None:
    count = reference.counts.get(row.id)
    percent = share(count.n, count.of) if count else reference.shares.get(row.id)
    if percent is None:
        return None
    part = summary.shares[row.id]
    theirs = f"{count.n:,} ({percent:.1f})" if count else f"{percent:.1f} %"
    if part.hidden or part.pct is None:
        return Pair(row.id, row.label, row.section, NOTHING, theirs, NOTHING, False, part.hidden)
    ours = f"{part.n:,} ({part.pct:.1f})" if count else f"{part.pct:.1f} %"
    same = (part.n, part.denominator) == (count.n, count.of) if count else part.pct == percent
    return Pair(row.id, row.label, row.section, ours, theirs, _signed(part.pct - percent, 1), same)


def _mean(row: Mean, summary: Summary, reference: Reference) -> Pair | None:
    wanted = reference.means.get(row.id)
    if wanted is None:
        return None
    numbers, places = summary.means[row.id], wanted.decimals
    label = f"{row.label} ({row.unit})"
    theirs = _spread(wanted.mean, wanted.sd, places)
    if numbers.mean is None:
        return Pair(row.id, label, row.section, NOTHING, theirs, NOTHING, False)
    ours = _spread(numbers.mean, numbers.sd if wanted.sd is not None else None, places)
    same = ours == theirs and wanted.n in (None, numbers.n)
    return Pair(row.id, label, row.section, ours, theirs, _signed(numbers.mean - wanted.mean, places), same)


def _spread(mean: float, sd: float | None, places: int) -> str:
    text = f"{half_up(mean, places):,}"
    return text if sd is None else f"{text} ± {half_up(sd, places):,}"


def _signed(difference: float, places: int) -> str:
    rounded = half_up(difference, places)
    if not rounded:
        return "0"
    return f"{'+' if rounded > 0 else '−'}{abs(rounded):,}"
