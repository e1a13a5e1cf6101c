"""From people to a summary: each row counted, each share over its own named denominator."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cohort.summary.arithmetic import Spread, share, spread
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
from cohort.summary.people import Person
from cohort.summary.shares import SHARES
from cohort.summary.specs import counted


@dataclass(frozen=True)
class Part:
    """`n` of `denominator`; `pct` is None when the denominator is 0. A hidden part is a small cell."""

    n: int
    denominator: int
    pct: float | None
    hidden: bool = False


@dataclass(frozen=True)
class Summary:
    """Numbers by row id. `sites` counts people by site code, `imaging` people by what they have.

    `synthetic` counts invented people, `without_images` exams that are records alone.
    """

    denominators: dict[str, int | None]
    shares: dict[str, Part]
    means: dict[str, Spread]
    imaging: dict[str, int | None]
    sites: dict[str, int | None]
    synthetic: int = 0
    without_images: int = 0

    @property
    def cohort(self) -> int:
        return self.denominators["cohort"] or 0


def summarise(people: Sequence[Person]) -> Summary:
    """The summary of `people`; an empty cohort has counts of 0 and neither shares nor means."""
    denominators = {name: one.count(people) for name, one in DENOMINATORS.items()}
    shares = {}
    for row in SHARES:
        n = sum(counted(row, person) for person in people)
        shares[row.id] = Part(n, denominators[row.of], share(n, denominators[row.of]))
    means = {
        row.id: spread([value for person in people if (value := row.value(person)) is not None])
        for row in MEANS
    }
    has = Counter((bool(person.ct), bool(person.cxr)) for person in people)
    imaging: dict[str, int | None] = {
        "both": has[True, True],
        "ct_only": has[True, False],
        "cxr_only": has[False, True],
        "neither": has[False, False],
    }
    sites: dict[str, int | None] = dict(sorted(Counter(person.site for person in people).items()))
    return Summary(
        dict(denominators),
        shares,
        means,
        imaging,
        sites,
        synthetic=sum(person.synthetic for person in people),
        without_images=sum(exam.synthetic for person in people for exam in person.exams),
    )


def as_data(summary: Summary) -> dict[str, Any]:
    """The summary as plain JSON.

    `categorical`: {id: {n, denominator, pct, …}}; `continuous`: {id: {n, mean, sd, min, max, …}}.
    What is hidden as a small cell is null and says so.
    """
    return {
        "denominators": summary.denominators,
        "categorical": {
            row.id: {
                "section": str(row.section),
                "label": str(row.label),
                "of": row.of,
                **_part(summary.shares[row.id]),
            }
            for row in SHARES
        },
        "continuous": {
            row.id: {
                "section": str(row.section),
                "label": str(row.label),
                "unit": str(row.unit),
                "of": row.of,
                **vars(summary.means[row.id]),
            }
            for row in MEANS
        },
        "imaging": summary.imaging,
        "sites": summary.sites,
        "synthetic": {"people": summary.synthetic, "exams_without_images": summary.without_images},
    }


def _part(part: Part) -> dict[str, Any]:
    if part.hidden:
        return {"n": None, "denominator": None, "pct": None, "hidden": True}
    return {"n": part.n, "denominator": part.denominator, "pct": part.pct}
