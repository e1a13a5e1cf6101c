"""The complete form of one of the 522, item by item in the dictionary's coding."""

import random
from collections.abc import Mapping
from decimal import Decimal

from demo.cohort.illness import DISEASES, KIDNEY, LIVER, OTHER, Illness
from demo.cohort.laboratory import ROWS, Values, status

YES, NO = "1", "0"
SIGNS = ("vs_temp", "vs_sbp", "vs_dbp", "vs_hr", "vs_rr", "vs_spo2")
OTHER_SYMPTOMS = "12345678"
MEASURED_CELLS = "lab_wbc"
NOT_INHALED_FULLY = 0.5


def answers(
    person: int, told: Illness, lab: Values, marks: Mapping[str, str], dice: random.Random
) -> dict[str, str]:
    """Every answer that the form asks for in this person's branches, and the optional days of treatment."""
    found = {
        "elig_pcr": YES,
        "elig_specimen": dice.choice("1112"),
        "elig_imaging": YES,
        "elig_inspiration": NO if person in told.ventilated and dice.random() < NOT_INHALED_FULLY else YES,
        "elig_period": YES,
        "age_yr": told.ages[person],
        **{item: marks[item] for item in ("sex", "residence", "exposure", "route", "smoking")},
        **_diseases(person, told, dice),
        **_symptoms(person, told, marks, dice),
        **_test(marks),
        **_signs(person, told, dice),
        **_blood(person, lab, dice),
        **_treatment(person, told, dice),
        **_outcome(person, told, dice),
    }
    if marks["route"] == "3":
        found["transfer_from_site"] = dice.choice((NO, NO, NO, "UNK"))
    return {item: str(value) for item, value in found.items() if value != ""}


def _yes(answer: bool) -> str:
    return YES if answer else NO


def _diseases(person: int, told: Illness, dice: random.Random) -> dict[str, str]:
    held = told.diseases.get(person)
    if held is None:
        return {"comorb_none": YES}
    found = {"comorb_none": NO}
    found |= {item: _yes(item in held) for item in (*DISEASES, KIDNEY, LIVER, OTHER)}
    return found | ({"comorb_other_code": dice.choice("1345689")} if OTHER in held else {})


def _symptoms(person: int, told: Illness, marks: Mapping[str, str], dice: random.Random) -> dict[str, str]:
    if not told.has("symptomatic", person):
        return {"sx_none": YES}
    found = {"sx_none": NO}
    found |= {
        item: _yes(told.has(item, person)) for item in ("sx_fever", "sx_cough", "sx_dyspnea", "sx_confusion")
    }
    if YES not in list(found.values())[1:] or dice.random() < 0.3:
        found["sx_other"] = "|".join(sorted(dice.sample(OTHER_SYMPTOMS, dice.randint(1, 2))))
    known = marks["sx_onset_day"]
    return found | {"sx_onset_day": known, "sx_onset_known": "1" if known else "UNK"}


def _test(marks: Mapping[str, str]) -> dict[str, str]:
    items = ("pcr_first_day", "pcr_first_result", "pcr_pos_day", "pcr_repeat_reason", "coinfection")
    found = {item: marks[item] for item in items} | {"pathogen_tested": "1|2"}
    return found | ({"coinfection_org": "1"} if marks["coinfection"] == YES else {})


def _signs(person: int, told: Illness, dice: random.Random) -> dict[str, str]:
    fever, gasping = told.has("sx_fever", person), person in told.oxygen
    systolic = round(min(185, max(92, dice.gauss(128, 15))))
    return {
        "vs_day": "0",
        **{f"{item}_st": "DONE" for item in SIGNS},
        "vs_temp": f"{min(39.9, max(36.0, dice.gauss(37.6 if fever else 36.8, 0.5))):.1f}".removesuffix(".0"),
        "vs_sbp": str(systolic),
        "vs_dbp": str(round(systolic * dice.uniform(0.54, 0.64))),
        "vs_hr": str(round(min(140, max(52, dice.gauss(94 if gasping else 82, 12))))),
        "vs_rr": str(dice.randint(20, 30) if gasping else dice.randint(16, 20)),
        "vs_spo2": str(dice.randint(90, 94) if gasping else dice.randint(95, 99)),
        "vs_o2_air": YES,
    }


def _blood(person: int, lab: Values, dice: random.Random) -> dict[str, str]:
    found = {"lab_day": "0"}
    for item in (MEASURED_CELLS, *ROWS):
        value = lab[item].get(person)
        found[f"{item}_st"] = status(item, value)
        if value is not None:
            found[item] = _text(value)
    if found["lab_dd_st"] == "DONE":
        found["lab_dd_kind"] = dice.choice("12")
    return found


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _treatment(person: int, told: Illness, dice: random.Random) -> dict[str, str]:
    stay, ventilated = told.stay[person], person in told.ventilated
    found = {item: _yes(told.has(item, person)) for item in ("tx_lpv", "tx_hcq", "tx_rdv")}
    found["tx_steroid"] = _yes(told.has("steroid", person))
    for item in ("tx_lpv", "tx_hcq", "tx_rdv", "tx_steroid"):
        if found[item] == YES:
            found[f"{item}_day"] = str(min(stay, dice.randint(0, 3)))
    found["tx_conservative"] = _yes(told.has("conservative", person))
    found["tx_o2"], found["tx_mv"] = _yes(person in told.oxygen), _yes(ventilated)
    found["tx_ecmo"] = _yes(told.has("ecmo", person))
    if person in told.oxygen:
        device = "5" if ventilated else dice.choice("11123")
        found["tx_o2_device"] = device
        found["tx_fio2"] = {"1": "0.28", "2": "0.4", "3": "0.5", "5": "0.6"}[device]
    if ventilated:
        found["tx_mv_day"] = str(min(stay, dice.randint(1, 5)))
    return found


def _outcome(person: int, told: Illness, dice: random.Random) -> dict[str, str]:
    stay, icu, ards = told.stay[person], told.has("icu", person), told.has("ards", person)
    return {
        "out_intubation": _yes(person in told.ventilated),
        "out_icu": _yes(icu),
        "out_icu_day": str(min(stay, dice.randint(0, 3))) if icu else "",
        "out_ards": _yes(ards),
        "out_ards_def": "1" if ards else "",
        "out_status": "2" if person in told.died else "1",
        "out_end_day": str(stay),
    }
