"""The 522: one invented person each, with a complete form and the exams that were made.

Everything comes from one seed and the published figures in `cohort/references/kicc19.toml`; see the modules
beside this one for what is printed and what is synthetic.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cohort import dictionary, references
from cohort.references import Reference
from demo.cohort.dealing import by_rank, dealt, noisy, top
from demo.cohort.exams import Planned, exams
from demo.cohort.fitting import Band, values
from demo.cohort.forms import answers
from demo.cohort.illness import SEED, Illness, illness
from demo.cohort.laboratory import laboratory
from demo.cohort.sites import residences, site_of_each

REFERENCE = "kicc19"
MOST_DAYS_BEFORE_A_TRANSFER = 8


@dataclass(frozen=True)
class Member:
    """One of the 522. `number` counts from 0, site by site; `answers` are in the dictionary's coding."""

    number: int
    site: str
    answers: dict[str, str]
    exams: tuple[Planned, ...]
    severity: int
    died: bool

    @property
    def can_be_drawn(self) -> bool:
        return all(exam.drawn_as for exam in self.exams)


@cache
def members() -> tuple[Member, ...]:
    """All of them, always the same."""
    return make(references.get(REFERENCE), SEED)


def make(reference: Reference, seed: int) -> tuple[Member, ...]:
    """A cohort that gives the figures of `reference`."""
    dice = random.Random(seed)
    hospitals = site_of_each(reference)
    told = illness(reference, dice)
    settings = dictionary.get().setting_values
    lab = laboratory(reference, told, settings, dice)
    marks = _history(reference, told, dice)
    marks["residence"] = residences(reference, hospitals, dice)
    plans = exams(reference, told, hospitals, dice)
    return tuple(
        Member(
            number,
            hospitals[number].code,
            answers(number, told, lab, {item: dealt[number] for item, dealt in marks.items()}, dice),
            tuple(plans[number]),
            severity(told, number),
            number in told.died,
        )
        for number in range(len(hospitals))
    )


def severity(told: Illness, person: int) -> int:
    """0 no symptoms, 1 mild, 2 oxygen, 3 ventilated: how much the lungs show."""
    if person in told.ventilated:
        return 3
    return 2 if person in told.oxygen else int(told.has("symptomatic", person))


def _history(reference: Reference, told: Illness, dice: random.Random) -> dict[str, list[str]]:
    """Sex, exposure, smoking, route, RT-PCR: answers by item, one for each person."""
    n = {row: one.n for row, one in reference.counts.items()}
    everyone = range(len(told.ages))
    marks = {
        "sex": dealt({"1": n["male"], "2": n["female"]}, dice),
        "exposure": dealt({"1": n["exp_unknown"], "2": n["exp_infected"], "3": n["exp_area"]}, dice),
        "smoking": dealt(
            {"0": n["smk_never"], "1": n["smk_ex"], "2": n["smk_current"], "UNK": n["smk_unknown"]}, dice
        ),
        "route": dealt({"1": n["route_screening"], "2": n["route_er"], "3": n["route_transfer"]}, dice),
        "coinfection": ["0"] * len(everyone),
    }
    for person in top(n["coinfection"], told.oxygen, told.score):
        marks["coinfection"][person] = "1"
    reasons = _repeated(told, n, marks["exposure"], dice)
    delays = dict(
        zip(
            sorted(reasons),
            map(int, values(reference.means["pcr_delay"], [Band(len(reasons), 1, 18)], places=0, seed=SEED)),
            strict=True,
        )
    )
    marks["pcr_repeat_reason"] = [reasons.get(person, "") for person in everyone]
    marks["pcr_first_result"] = ["0" if person in reasons else "1" for person in everyone]
    diagnosed = [
        -dice.randint(1, MOST_DAYS_BEFORE_A_TRANSFER) if route == "3" else -dice.randint(0, 1)
        for route in marks["route"]
    ]
    diagnosed = [-1 if person in reasons else day for person, day in enumerate(diagnosed)]
    tested = [day - delays.get(person, 0) for person, day in enumerate(diagnosed)]
    marks["pcr_pos_day"], marks["pcr_first_day"] = (
        [str(day) for day in diagnosed],
        [str(day) for day in tested],
    )
    marks["sx_onset_day"] = _onsets(reference, told, tested, reasons, dice)
    return marks


def _repeated(
    told: Illness, n: dict[str, int], exposure: Sequence[str], dice: random.Random
) -> dict[int, str]:
    """Why RT-PCR was repeated in those whose first was negative: the reason goes with the exposure."""
    found: dict[int, str] = {}
    living = sorted(set(range(len(told.ages))) - told.oxygen)
    for reason, row, exposed in (
        ("1", "pcr_why_exposure", "2"),
        ("2", "pcr_why_area", "3"),
        ("3", "pcr_why_symptoms", "1"),
    ):
        fitting = [one for one in living if exposure[one] == exposed and told.has("symptomatic", one)]
        found |= dict.fromkeys(dice.sample(fitting, n[row]), reason)
    assert len(found) == n["pcr_delayed"]
    return found


def _onsets(
    reference: Reference, told: Illness, tested: list[int], delayed: dict[int, str], dice: random.Random
) -> list[str]:
    """The day of onset where it is known; of those diagnosed late it is soon before the first test."""
    known = told.groups["symptomatic"] - told.groups["onset_unknown"]
    wanted = reference.means["onset_to_pcr"]
    days = values(wanted, [Band(len(known), wanted.min or 1, wanted.max or 10)], places=0, seed=SEED)
    key = [one - (100 if person in delayed else 0) for person, one in enumerate(noisy(told.score, 3, dice))]
    before = by_rank(map(int, days), known, key)
    return [str(tested[person] - before[person]) if person in known else "" for person in range(len(tested))]
