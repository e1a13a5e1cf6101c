"""The cohort's own paper beside the summary: what it prints otherwise, and where it disagrees with itself."""

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohort import references
from cohort.references.conflicts import ShareConflict, SpreadConflict, Wrong, conflicts
from cohort.summary.arithmetic import half_up
from cohort.summary.means import MEANS
from cohort.summary.shares import SHARES
from cohort.summary.summarise import Part

PAPER = "kicc19"
LABELS: dict[str, Promise | str] = {row.id: row.label for row in (*SHARES, *MEANS)}


@dataclass(frozen=True)
class Told:
    """One disagreement in words: as printed, what is right, and the arithmetic, a sentence each."""

    id: str
    label: Promise | str
    printed: str
    right: str
    sentences: list[str]


@cache
def _known() -> dict[str, ShareConflict | SpreadConflict]:
    return conflicts(references.get(PAPER))


def printed_otherwise(row: str, part: Part) -> tuple[str, ...]:
    """What the paper prints as the share of the very same counts, where they give another; else nothing."""
    found = _known().get(row)
    if not isinstance(found, ShareConflict) or (part.n, part.denominator) != (found.n, found.of):
        return ()
    return tuple(f"{wrong.percent:.1f}" for wrong in found.wrong)


def disagreements() -> list[Told]:
    """Every row in which the paper disagrees with its own numbers, with the arithmetic; remarks last."""
    paper, language = references.get(PAPER), get_language() or "en"
    remarks = {row: text.of(language) for row, text in paper.remarks.items()}
    told = [
        _of_share(one, remarks.pop(row, "")) if isinstance(one, ShareConflict) else _of_spread(one)
        for row, one in _known().items()
    ]
    for row, remark in remarks.items():
        count = paper.counts[row]
        printed = f"{count.n} ({count.printed[0]:.1f})"
        told.append(Told(row, LABELS[row], printed, printed, [remark]))
    return told


def _of_share(one: ShareConflict, remark: str) -> Told:
    printed = ", ".join(f"{one.n} ({wrong.percent:.1f}), {_place(wrong.where)}" for wrong in one.wrong)
    sentences = [
        _("%(n)d / %(of)d = %(exact)s %%.") % {"n": one.n, "of": one.of, "exact": half_up(one.exact, 2)},
        *(_would_be(one, wrong) for wrong in one.wrong),
    ]
    return Told(
        one.row, LABELS[one.row], printed, f"{one.n} ({one.right:.1f})", [*sentences, *filter(None, [remark])]
    )


def _would_be(one: ShareConflict, wrong: Wrong) -> str:
    values = {
        "percent": f"{wrong.percent:.1f}",
        "count": wrong.count,
        "of": one.of,
        "n": one.n,
        "least": wrong.least,
        "most": wrong.most,
    }
    if wrong.count is None and wrong.least is None:
        return _("%(percent)s %% is the share of no count of %(of)d.") % values
    if wrong.count is None:
        return _("%(percent)s %% would be %(n)d of %(least)d to %(most)d.") % values
    if wrong.least is None:
        return _("%(percent)s %% would be %(count)d of %(of)d.") % values
    return _("%(percent)s %% would be %(count)d of %(of)d, or %(n)d of %(least)d to %(most)d.") % values


def _of_spread(one: SpreadConflict) -> Told:
    printed = f"{one.mean} ± {one.sd} ({one.min}–{one.max})"
    sentence = _(
        "Values from %(min)s to %(max)s with mean %(mean)s have an SD of at most "
        "√((%(max)s − %(mean)s) × (%(mean)s − %(min)s) × %(n)d / %(less)d) = %(most)s, not %(sd)s."
    ) % {
        "min": one.min,
        "max": one.max,
        "mean": one.mean,
        "n": one.n,
        "less": one.n - 1,
        "most": half_up(one.most, 3),
        "sd": one.sd,
    }
    return Told(
        one.row,
        LABELS[one.row],
        printed,
        _("SD at most %(most)s") % {"most": half_up(one.most, 3)},
        [sentence],
    )


def _place(where: str) -> str:
    return {"Table 1": _("Table 1"), "text": _("the text"), "discussion": _("the discussion")}.get(
        where, where
    )
