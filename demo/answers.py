"""Synthetic answers to the case report form: one invented course of illness, told item by item.

Means and ranges of the laboratory values follow Table 1 of Yoon et al. (KICC-19, 2020); everything else is
drawn at random from the seed. The same course gives the same answers.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cohort import checks, dictionary
from cohort.items import Item

# item: (mean, SD, low, high, decimals)
LABORATORY = {
    "lab_plt": (190_711, 70_000, 60_000, 420_000, 0),
    "lab_tbil": (0.7, 0.4, 0.4, 2.2, 1),
    "lab_alt": (31, 35, 17, 256, 0),
    "lab_alb": (4.0, 0.4, 2.9, 5.0, 1),
    "lab_bun": (14.3, 7.0, 5.7, 60, 1),
    "lab_cr": (0.9, 0.4, 0.6, 4.0, 1),
    "lab_ldh": (424, 200, 131, 1500, 0),
    "lab_dd": (2.3, 3.0, 0.1, 20, 2),
    "lab_pct": (0.1, 0.3, 0.02, 2.0, 2),
}
DONE_SHARE = {"lab_ldh_st": 412 / 522, "lab_pct_st": 334 / 522, "lab_dd_st": 86 / 522}
DISEASE_SHARE = {
    "comorb_htn": 0.6,
    "comorb_dm": 0.4,
    "comorb_chd": 0.1,
    "comorb_copd": 0.06,
    "comorb_cancer": 0.1,
    "comorb_ckd": 0,
    "comorb_cld": 0,
    "comorb_other": 0,
}
RESIDENCES = (("27", 216), ("26", 80), ("30", 77), ("28", 40), ("29", 40), ("47", 69))


@dataclass(frozen=True)
class Course:
    """An invented course. `severity`: 0 no symptoms, 1 mild, 2 oxygen, 3 intensive care."""

    seed: int
    age: int
    sex: str
    severity: int
    end_day: int
    died: bool = False
    transferred_in: bool = False


def answers(course: Course, facts: Mapping[str, Any]) -> dict[str, str]:
    """Answers of a complete form: item → value in the dictionary's coding.

    `facts`: what the registry knows of the subject (see the dictionary's `facts`).
    """
    form = dictionary.get()
    dice = random.Random(course.seed)
    told = story(course, dice)
    values: dict[str, str] = {}
    for section in form.form_sections:
        if section.optional:
            continue
        while open_items := [
            item
            for item in form.of_section(section)
            if item.typed
            and not values.get(item.name)
            and checks.is_required(form, item, checks.settle(form, values, facts), facts)
        ]:
            for item in open_items:
                values[item.name] = told.get(item.name) or drawn(item, dice)
    optional = {name: value for name, value in told.items() if name not in values}
    settled = checks.settle(form, values | optional, facts)
    return {name: value for name, value in settled.values.items() if form.items[name].typed}


def story(course: Course, dice: random.Random) -> dict[str, str]:
    """The answers that the course decides; what a closed branch does not ask is dropped later."""
    sick, oxygen, intensive = course.severity > 0, course.severity > 1, course.severity > 2
    onset = -dice.randint(1, 6)
    leucocytes = int(clipped(dice, 5697, 2610, 1700, 18000))
    lymphocytes = int(leucocytes * dice.uniform(0.12, 0.4))
    ill = dice.random() < 0.2 + course.age / 150
    told: dict[str, str | int] = {
        "elig_pcr": 1,
        "elig_specimen": dice.choice("112"),
        "elig_imaging": 1,
        "elig_inspiration": 1,
        "elig_period": 1,
        "age_yr": course.age,
        "sex": course.sex,
        "residence": dice.choices([c for c, _ in RESIDENCES], [n for _, n in RESIDENCES])[0],
        "exposure": dice.choices("123", [309, 173, 40])[0],
        "route": 3 if course.transferred_in else dice.choices("12", [338, 32])[0],
        "transfer_from_site": 0,
        "smoking": dice.choices(["0", "1", "2", "UNK"], [398, 16, 11, 97])[0],
        "comorb_none": int(not ill),
        "sx_none": int(not sick),
        "sx_fever": int(dice.random() < 0.72),
        "sx_cough": int(dice.random() < 0.6),
        "sx_dyspnea": int(oxygen),
        "sx_confusion": 0,
        "sx_onset_day": onset,
        "sx_onset_known": 1,
        "pcr_first_day": onset + 2 if sick else -1,
        "pcr_first_result": 1,
        "pcr_pos_day": onset + 2 if sick else -1,
        "pathogen_tested": dice.choice(["1", "1|2", "0"]),
        "coinfection": 0,
        "vs_day": 0,
        "vs_temp": f"{clipped(dice, 37.2 + 0.3 * course.severity, 0.5, 36, 39.8):.1f}",
        "vs_sbp": int(clipped(dice, 128, 14, 95, 180)),
        "vs_dbp": int(clipped(dice, 76, 9, 50, 93)),
        "vs_hr": int(clipped(dice, 82 + 6 * course.severity, 10, 55, 135)),
        "vs_rr": 18 + 3 * max(0, course.severity - 1),
        "vs_spo2": 98 - 3 * max(0, course.severity - 1),
        "vs_o2_air": 1,
        "lab_day": 0,
        "lab_wbc": leucocytes,
        "lab_lymph": max(340, lymphocytes),
        "lab_neut": max(1010, int((leucocytes - lymphocytes) * 0.9)),
        "lab_crp": f"{clipped(dice, 0.4 + 3.2 * course.severity, 1.5, 0.1, 30):.1f}",
        "tx_lpv": int(sick and dice.random() < 0.5),
        "tx_hcq": int(sick and dice.random() < 0.25),
        "tx_rdv": 0,
        "tx_steroid": int(intensive),
        "tx_conservative": int(not oxygen),
        "tx_o2": int(oxygen),
        "tx_o2_device": 5 if intensive else 1,
        "tx_fio2": "0.60" if intensive else "0.28",
        "tx_mv": int(intensive),
        "tx_mv_day": min(2, course.end_day),
        "tx_ecmo": 0,
        "out_intubation": int(intensive),
        "out_icu": int(intensive),
        "out_icu_day": min(1, course.end_day),
        "out_ards": int(intensive),
        "out_ards_def": 1,
        "out_status": 2 if course.died else 1,
        "out_end_day": course.end_day,
    }
    comorbidities = ("comorb_htn", "comorb_dm", "comorb_chd", "comorb_copd", "comorb_cancer")
    told |= {
        name: int(dice.random() < share)
        for name, share in zip(comorbidities, (0.6, 0.4, 0.1, 0.06, 0.1), strict=True)
    }
    told |= {"comorb_ckd": 0, "comorb_cld": 0, "comorb_other": 0}
    if ill and not any(told[name] for name in comorbidities):
        told["comorb_htn"] = 1
    if not (told["sx_fever"] or told["sx_cough"] or told["sx_dyspnea"]):
        told["sx_cough"] = 1
    for name, (mean, sd, low, high, decimals) in LABORATORY.items():
        told[name] = f"{clipped(dice, mean, sd, low, high):.{decimals}f}"
    for name, share in DONE_SHARE.items():
        told[name] = "DONE" if dice.random() < share else "ND"
    return {name: str(value) for name, value in told.items()}


def drawn(item: Item, dice: random.Random) -> str:
    """An answer to an item that the course leaves open: measured, no, or something plausible."""
    if item.is_status:
        return "DONE"
    if item.codes:
        return "0" if "0" in item.codes else dice.choice(item.codes)
    low, high = float(item.plausible.low or 0), float(item.plausible.high or 1)
    return f"{dice.uniform(low, high):.{item.decimals}f}"


def clipped(dice: random.Random, mean: float, sd: float, low: float, high: float) -> float:
    """A draw from the normal distribution, kept between `low` and `high`."""
    return min(high, max(low, dice.gauss(mean, sd)))
