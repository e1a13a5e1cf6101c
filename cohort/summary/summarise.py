"""From people to a summary: each row counted, each share over its own named denominator."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cohort.summary.arithmetic import Spread, share, spread
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
from cohort.summary.people import Person
from cohort.summary.shares import SHARES
from cohort.summary.specs import counted

MEAN = {row.id: row for row in MEANS}


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

    `scans` and `films` count people by how many CT scans and radiographs they have, `death_ages` the dead by
    the decade of their age, `homes` people by where they live. `synthetic` counts invented people,
    `without_images` exams that are records alone. `narrowed`: filters left people out.
    """

    denominators: dict[str, int | None]
    shares: dict[str, Part]
    means: dict[str, Spread]
    imaging: dict[str, int | None]
    sites: dict[str, int | None]
    scans: dict[str, int | None] = field(default_factory=dict)
    films: dict[str, int | None] = field(default_factory=dict)
    death_ages: dict[str, int | None] = field(default_factory=dict)
    homes: dict[str, int | None] = field(default_factory=dict)
    synthetic: int = 0
    without_images: int = 0
    narrowed: bool = False

    @property
    def cohort(self) -> int:
        return self.denominators["cohort"] or 0


def summarise(people: Sequence[Person], *, narrowed: bool = False) -> Summary:
    """The summary of `people`; an empty cohort has counts of 0 and neither shares nor means.

    `narrowed`: filters left people out.
    """
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
        scans=_by_number(len(person.ct) for person in people if person.ct),
        films=_by_number(len(person.cxr) for person in people if person.cxr),
        death_ages=_by_decade(MEAN["death_age"].value(person) for person in people),
        homes=_by_home(people),
        synthetic=sum(person.synthetic for person in people),
        without_images=sum(exam.synthetic for person in people for exam in person.exams),
        narrowed=narrowed,
    )


def _by_number(numbers: Iterable[int]) -> dict[str, int | None]:
    counts = Counter(numbers)
    return {str(number): counts[number] for number in range(1, max(counts, default=0) + 1)}


def _by_home(people: Sequence[Person]) -> dict[str, int | None]:
    """People by code of residence, the most first."""
    counts = Counter(home for person in people if (home := person.answers.get("residence", "")))
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _by_decade(ages: Iterable[float | None]) -> dict[str, int | None]:
    counts = Counter(int(age) // 10 * 10 for age in ages if age is not None)
    decades = range(min(counts, default=0), max(counts, default=-10) + 10, 10)
    return {f"{decade}–{decade + 9}": counts[decade] for decade in decades}


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
        "ct_scans_per_patient": summary.scans,
        "radiographs_per_patient": summary.films,
        "deaths_by_age": summary.death_ages,
        "residence": summary.homes,
        "synthetic": {"people": summary.synthetic, "exams_without_images": summary.without_images},
    }


def _part(part: Part) -> dict[str, Any]:
    if part.hidden:
        return {"n": None, "denominator": None, "pct": None, "hidden": True}
    return {"n": part.n, "denominator": part.denominator, "pct": part.pct}
