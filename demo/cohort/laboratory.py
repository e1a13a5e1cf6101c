"""Laboratory values of the 522: published means, SDs and ranges, dealt out by severity.

Where the papers count people beyond a threshold that they do not state (lymphocytopenia, thrombocytopenia,
elevated CRP), the count holds under the threshold that the dictionary proposes and the summary prints.
Albumin's printed minimum is not kept: no data on 3.7 to 5.1 g/dL with a mean of 4.0 have an SD of 0.6.
"""

import random
from collections.abc import Mapping
from decimal import Decimal

from cohort.references import Mean, Reference
from demo.cohort.dealing import by_rank, noisy, top
from demo.cohort.fitting import Band, values
from demo.cohort.illness import KIDNEY, SEED, Illness

NOISE = 1.2
LOWEST_ALBUMIN = 2.0
KIDNEYS_FROM, OTHERS_TO = 2.5, 2.4
NOT_DONE, DONE, BELOW = "ND", "DONE", "BLOD"
PLACES = {
    "lab_wbc": 0, "lab_neut": 0, "lab_lymph": 0, "lab_plt": 0, "lab_tbil": 1, "lab_alt": 0, "lab_alb": 1,
    "lab_bun": 1, "lab_cr": 1, "lab_crp": 1, "lab_ldh": 0, "lab_dd": 3, "lab_pct": 2,
}  # fmt: skip
ROWS = {
    "lab_neut": "neutrophil", "lab_lymph": "lymphocyte", "lab_plt": "platelet", "lab_tbil": "bilirubin",
    "lab_alt": "alt", "lab_alb": "albumin", "lab_bun": "bun", "lab_cr": "creatinine", "lab_crp": "crp",
    "lab_ldh": "ldh", "lab_dd": "ddimer", "lab_pct": "procalcitonin",
}  # fmt: skip
FALLS_WITH_SEVERITY = ("lab_lymph", "lab_plt", "lab_alb")
MOST_SWAPS = 400_000
CLOSE = 0.2

Values = dict[str, dict[int, Decimal]]


def laboratory(
    reference: Reference, told: Illness, settings: Mapping[str, float], dice: random.Random
) -> Values:
    """Values by item and person; a person without a value was not tested."""
    found: Values = {}
    for item, row in ROWS.items():
        wanted = reference.means[row]
        key = noisy(told.score, NOISE, dice)
        people = top(wanted.n or 0, range(len(told.ages)), key)
        if item == "lab_cr":
            kidneys = {one for one in people if KIDNEY in told.diseases.get(one, ())}
            key = [one + (100 if person in kidneys else 0) for person, one in enumerate(key)]
            bands = _creatinine(wanted, len(kidneys))
        else:
            bands = _bands(item, wanted, reference, settings)
        drawn = values(wanted, bands, places=PLACES[item], seed=SEED)
        falls = item in FALLS_WITH_SEVERITY
        found[item] = by_rank(drawn, people, [-one for one in key] if falls else key)
    found["lab_wbc"], found["lab_neut"] = _leucocytes(
        reference.means["wbc"], found["lab_neut"], found["lab_lymph"], dice
    )
    return found


def status(item: str, value: Decimal | None) -> str:
    """How the form tells the value: not done, below the detection limit (printed as 0), or measured."""
    if value is None:
        return NOT_DONE
    return BELOW if item == "lab_pct" and value == 0 else DONE


def _bands(item: str, wanted: Mean, reference: Reference, settings: Mapping[str, float]) -> list[Band]:
    low, high, n = wanted.min or 0, wanted.max or 0, wanted.n or 0
    step = 10 ** -PLACES[item]
    if item == "lab_lymph":
        few, limit = reference.counts["lymphopenia"].n, settings["lymphopenia_below"]
    elif item == "lab_plt":
        few, limit = reference.counts["thrombocytopenia"].n, settings["thrombopenia_below"]
    elif item == "lab_crp":
        few, limit = n - reference.counts["crp_high"].n, settings["crp_high_from"]
    else:
        return [Band(n, LOWEST_ALBUMIN if item == "lab_alb" else low, high)]
    return [Band(few, low, limit - step), Band(n - few, limit, high)]


def _creatinine(wanted: Mean, kidneys: int) -> list[Band]:
    """A handful of people with kidney disease in dialysis range; without them the printed SD cannot be."""
    low, high, n = wanted.min or 0, wanted.max or 0, wanted.n or 0
    return [Band(n - kidneys, low, OTHERS_TO), Band(kidneys, KIDNEYS_FROM, high)]


def _leucocytes(
    wanted: Mean, neutrophils: dict[int, Decimal], lymphocytes: dict[int, Decimal], dice: random.Random
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Leucocytes as neutrophils, lymphocytes and a few others, and the neutrophils as they were dealt anew.

    The sum gives the mean. Neutrophils change hands between people until the leucocytes have the printed SD
    and range: one person has the least and one the most.
    """
    people = sorted(neutrophils)
    neut, lymph = [int(neutrophils[one]) for one in people], [int(lymphocytes[one]) for one in people]
    low, high = int(wanted.min or 0), int(wanted.max or 0)
    rest = _others(round(wanted.mean * len(people)) - sum(neut) - sum(lymph), len(people), dice)
    pinned = _pin(neut, lymph, rest, low, high)
    free = [place for place in range(len(people)) if place not in pinned]
    goal = (wanted.sd or 0) ** 2 * (len(people) - 1)

    def square(place: int, cells: int) -> float:
        return (cells + lymph[place] + rest[place] - wanted.mean) ** 2

    def outside(place: int, cells: int) -> int:
        whole = cells + lymph[place] + rest[place]
        return max(0, low - whole) + max(0, whole - high)

    spread = sum(square(place, neut[place]) for place in range(len(people)))
    amiss = sum(outside(place, neut[place]) for place in range(len(people)))
    for _ in range(MOST_SWAPS):
        if not amiss and abs(spread - goal) < len(people) * (wanted.sd or 0) * CLOSE:
            break
        one, other = dice.sample(free, 2)
        change = square(one, neut[other]) + square(other, neut[one])
        change -= square(one, neut[one]) + square(other, neut[other])
        worse = outside(one, neut[other]) + outside(other, neut[one])
        worse -= outside(one, neut[one]) + outside(other, neut[other])
        if worse < 0 or (worse == 0 and abs(spread + change - goal) < abs(spread - goal)):
            neut[one], neut[other] = neut[other], neut[one]
            spread, amiss = spread + change, amiss + worse
    whole = [sum(cells) for cells in zip(neut, lymph, rest, strict=True)]
    return (
        {person: Decimal(cells) for person, cells in zip(people, whole, strict=True)},
        {person: Decimal(cells) for person, cells in zip(people, neut, strict=True)},
    )


def _others(total: int, n: int, dice: random.Random) -> list[int]:
    """Monocytes and the like: `n` counts that add up to `total`."""
    drawn = [dice.uniform(0.2, 1.8) for _ in range(n)]
    shares = [int(one * total / sum(drawn)) for one in drawn]
    for place in range(total - sum(shares)):
        shares[place] += 1
    return shares


def _pin(neut: list[int], lymph: list[int], rest: list[int], low: int, high: int) -> set[int]:
    """Give one person the least and one the most leucocytes; what they take or leave, a third gets."""
    few = min(range(len(neut)), key=lambda place: lymph[place])
    least = min(range(len(neut)), key=lambda place: neut[place])
    neut[few], neut[least] = neut[least], neut[few]
    room = high - max(neut)
    many = max(
        (place for place in range(len(neut)) if place != few and lymph[place] <= room),
        key=lambda place: lymph[place],
    )
    most = max(range(len(neut)), key=lambda place: neut[place])
    neut[many], neut[most] = neut[most], neut[many]
    before = sum(rest)
    rest[few] = low - neut[few] - lymph[few]
    rest[many] = high - neut[many] - lymph[many]
    others = [place for place in range(len(neut)) if place not in (few, many)]
    for step in range(abs(sum(rest) - before)):
        rest[others[step % len(others)]] += 1 if sum(rest) < before else -1
    return {few, many}
