"""CT scans and radiographs of the 522: how many, on which days, of which makers.

Printed are the counts per patient, makers, two CT models, two radiograph machines and three classes of slice
thickness; days, the split beyond four radiographs, other models and machines are synthetic and say so.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cohort.references import Reference
from demo.cohort.dealing import by_rank, noisy, top
from demo.cohort.illness import Illness
from demo.cohort.sites import Hospital

NOT_PRINTED = "(model not printed)"
SCAN_HOUR, NEAR_HOUR, FIRST_HOUR, LAST_HOUR = 14, 16, 9, 10
MACHINE_TYPES, MAKERS = 44, 16
THICKNESS = {"st_le15": (1.0, 1.0, 1.5), "st_15_3": (2.0, 3.0, 3.0), "st_gt3": (5.0,)}


@dataclass(frozen=True)
class Planned:
    """An exam to come. `drawn_as`: the phantom's name of the machine; empty when it cannot be drawn."""

    kind: str
    day: int
    hour: int
    vendor: str = ""
    model: str = ""
    drawn_as: str = ""
    thickness: float | None = None


@dataclass(frozen=True)
class Machine:
    """A kind of machine that made `exams` exams, first at the hospitals of `homes`."""

    vendor: str
    model: str
    exams: int
    homes: tuple[str, ...] = ()
    drawn_as: str = ""


def exams(
    reference: Reference, told: Illness, hospitals: Sequence[Hospital], dice: random.Random
) -> list[list[Planned]]:
    """The exams of each person, in order of time."""
    scans, films = _numbers(reference, told, dice)
    plans = []
    for person in range(len(hospitals)):
        stay, died = told.stay[person], person in told.died
        taken = _scans(scans.get(person, 0), stay, dice)
        plans.append(taken + _films(films.get(person, 0), taken, stay, died))
    _give(plans, "CT", _scanners(reference), hospitals)
    _give(plans, "CXR", _detectors(reference, dice), hospitals)
    _slice(plans, reference, dice)
    return [sorted(plan, key=lambda exam: (exam.day, exam.hour)) for plan in plans]


def _numbers(
    reference: Reference, told: Illness, dice: random.Random
) -> tuple[dict[int, int], dict[int, int]]:
    """CT scans and radiographs of each person who has any; those who stay longer have more."""
    n = {row: one.n for row, one in reference.counts.items()}
    everyone = set(range(len(told.ages)))
    without_ct = top(reference.totals["cxr_only"], everyone - told.oxygen, [-one for one in told.score])
    without_cxr = set(dice.sample(sorted(everyone - told.oxygen - without_ct), reference.totals["ct_only"]))
    scans = [number for number in range(1, 6) for _ in range(n[f"ct_scans_{number}"])]
    films = [number for number in range(1, 4) for _ in range(n[f"cxr_{number}"])]
    many = [4] * n["cxr_ge4"]
    for _ in range(reference.totals["cxr_images"] - sum(films) - sum(many)):
        many[dice.randrange(len(many))] += 1
    stay = [float(told.stay[person]) for person in sorted(everyone)]
    return (
        by_rank(scans, everyone - without_ct, noisy(stay, 12, dice)),
        by_rank(films + many, everyone - without_cxr, noisy(stay, 12, dice)),
    )


def _scans(n: int, stay: int, dice: random.Random) -> list[Planned]:
    """CT scans spread over the stay; several on one day follow each other."""
    first = min(stay, dice.choice((0, 0, 1, 2)))
    days = sorted([first, *(stay * number // n for number in range(1, n))][:n])
    return [Planned("CT", day, SCAN_HOUR + days[:number].count(day)) for number, day in enumerate(days)]


def _films(n: int, scans: list[Planned], stay: int, died: bool) -> list[Planned]:
    """The baseline, the discharge of those who went home, one near each CT, then further ones between."""
    found = [(0, FIRST_HOUR)] if n else []
    if n > 1 and not died:
        found.append((stay, LAST_HOUR if stay else SCAN_HOUR + 6))
    for scan in scans:
        if len(found) < n and (scan.day, NEAR_HOUR) not in found and scan.day < stay:
            found.append((scan.day, NEAR_HOUR))
    spare = [(day, hour) for hour in (7, 12, 13, 11, 8) for day in range(stay)] or [
        (0, hour) for hour in range(10, 14)
    ]
    step = max(1, stay // (n + 1))
    for place in (*spare[step::step], *spare):
        if len(found) < n and place not in found:
            found.append(place)
    return [Planned("CXR", day, hour) for day, hour in found]


def _scanners(reference: Reference) -> list[Machine]:
    n = {row: one.n for row, one in reference.counts.items()}
    other = n["vendor_siemens"] - n["model_flash"] - n["model_asplus"]
    siemens = "Siemens Healthineers"
    return [
        Machine("GE Healthcare", NOT_PRINTED, n["vendor_ge"], ("S05",), "ge"),
        Machine("Canon Medical Systems", NOT_PRINTED, n["vendor_canon"], ("S11",), "canon"),
        Machine("Philips", NOT_PRINTED, n["vendor_philips"], ("S11",), "philips"),
        Machine(siemens, "SOMATOM Definition Flash", n["model_flash"], ("S03", "S08"), "siemens"),
        Machine(siemens, "SOMATOM Definition AS+", n["model_asplus"], ("S10", "S09"), "siemens_as"),
        Machine(siemens, NOT_PRINTED, other),
    ]


def _detectors(reference: Reference, dice: random.Random) -> list[Machine]:
    """Two machines are printed; the other types are numbered, of numbered makers."""
    innovision, gm85 = reference.counts["cxr_innovision"].n, reference.counts["cxr_gm85"].n
    left = reference.totals["cxr_images"] - innovision - gm85
    cuts = sorted(dice.sample(range(1, left), MACHINE_TYPES - 1))
    sizes = sorted((b - a for a, b in zip([0, *cuts], [*cuts, left], strict=True)), reverse=True)
    others = [
        Machine(f"Synthetic maker {number % MAKERS + 1:02d}", f"Synthetic unit {number + 1:02d}", size)
        for number, size in enumerate(sizes)
    ]
    others[0] = Machine("Canon", "CXDI", sizes[0], ("S11",), "canon")
    return [
        Machine("DK Medical Systems", "INNOVISION", innovision, ("S03", "S08", "S10"), "dk"),
        Machine("Samsung Electronics", "GM85", gm85, ("S05", "S17"), "samsung"),
        *others,
    ]


def _give(
    plans: list[list[Planned]], kind: str, machines: Sequence[Machine], hospitals: Sequence[Hospital]
) -> None:
    """Every exam a machine: each as often as it says, at its homes first, then wherever there is need."""
    left = [
        (person, place)
        for person, plan in enumerate(plans)
        for place, exam in enumerate(plan)
        if exam.kind == kind
    ]
    assert len(left) == sum(machine.exams for machine in machines)
    taken: list[tuple[tuple[int, int], Machine]] = []
    short: list[tuple[Machine, int]] = []
    for machine in machines:
        here = [one for one in left if hospitals[one[0]].code in machine.homes][: machine.exams]
        taken += [(one, machine) for one in here]
        left = [one for one in left if one not in set(here)]
        short.append((machine, machine.exams - len(here)))
    rest = [machine for machine, lacking in short for _ in range(lacking)]
    for (person, place), machine in (*taken, *zip(left, rest, strict=True)):
        plans[person][place] = replace(
            plans[person][place], vendor=machine.vendor, model=machine.model, drawn_as=machine.drawn_as
        )


def _slice(plans: list[list[Planned]], reference: Reference, dice: random.Random) -> None:
    """Slice thickness of every CT scan, so many in each class."""
    mm = [dice.choice(among) for row, among in THICKNESS.items() for _ in range(reference.counts[row].n)]
    dice.shuffle(mm)
    for plan in plans:
        plan[:] = [replace(exam, thickness=mm.pop()) if exam.kind == "CT" else exam for exam in plan]
