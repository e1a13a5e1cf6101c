"""The whole form: branching, what is computed, what contradicts, how far each section is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort import checks, dictionary
from tests.cohort.filled import COMPLETE

KICC = dictionary.get()
FACTS = {"subject": "S03-0001-U", "site": "S03", "site_level": "T", "irb_ok": "1"}


def settled(**values: str) -> checks.Settled:
    return checks.settle(KICC, values, FACTS)


def codes(**values: str) -> set[str]:
    shown = checks.settle(KICC, {**COMPLETE, **values}, FACTS)
    return {finding.code for finding in checks.findings(KICC, shown.values, FACTS)}


@pytest.mark.parametrize(
    ("name", "values", "result"),
    [
        (
            "eligible",
            {"elig_pcr": "1", "elig_imaging": "1", "elig_period": "1", "elig_inspiration": "1"},
            "1",
        ),
        (
            "eligible",
            {"elig_pcr": "1", "elig_imaging": "1", "elig_period": "1", "elig_inspiration": "0"},
            "1",
        ),
        (
            "eligible",
            {"elig_pcr": "1", "elig_imaging": "1", "elig_period": "1", "elig_inspiration": "UNK"},
            "0",
        ),
        ("eligible", {"elig_pcr": "0"}, "0"),
        ("eligible", {"elig_pcr": "1", "elig_imaging": "1"}, ""),
        ("residence_metro5", {"residence": "27"}, "1"),
        ("residence_metro5", {"residence": "11"}, "0"),
        ("residence_metro5", {"residence": "UNK"}, ""),
        ("residence_metro5", {}, ""),
        ("comorb_any", {"comorb_none": "1"}, "0"),
        ("comorb_any", {"comorb_none": "0", "comorb_dm": "1"}, "1"),
        ("comorb_any", {"comorb_none": "0"}, ""),
        ("comorb_any", {}, ""),
        ("pcr_delay", {"pcr_first_result": "0", "pcr_first_day": "-3", "pcr_pos_day": "2"}, "5"),
        ("pcr_delay", {"pcr_first_result": "1", "pcr_first_day": "-3", "pcr_pos_day": "-3"}, ""),
        ("pcr_delay", {"pcr_first_day": "-3", "pcr_pos_day": "2"}, ""),
        ("onset_to_pcr", {"sx_none": "0", "sx_onset_day": "-4", "pcr_first_day": "-1"}, "3"),
        ("onset_to_pcr", {"sx_none": "1", "pcr_first_day": "-1"}, ""),
        ("lymphopenia", {"lab_lymph_st": "DONE", "lab_lymph": "999"}, "1"),
        ("lymphopenia", {"lab_lymph_st": "DONE", "lab_lymph": "1000"}, "0"),
        ("lymphopenia", {"lab_lymph_st": "BLOD", "lab_lymph": "500"}, "1"),
        ("lymphopenia", {"lab_lymph_st": "BLOD", "lab_lymph": "1500"}, ""),
        ("lymphopenia", {"lab_lymph_st": "AULQ", "lab_lymph": "5000"}, "0"),
        ("lymphopenia", {"lab_lymph_st": "ND"}, ""),
        ("lymphopenia", {"lab_lymph_st": "DONE"}, ""),
        ("thrombopenia", {"lab_plt_st": "DONE", "lab_plt": "149999"}, "1"),
        ("thrombopenia", {"lab_plt_st": "DONE", "lab_plt": "150000"}, "0"),
        ("crp_high", {"lab_crp_st": "DONE", "lab_crp": "1"}, "1"),
        ("crp_high", {"lab_crp_st": "DONE", "lab_crp": "0.99"}, "0"),
        ("crp_high", {"lab_crp_st": "BLOD", "lab_crp": "0.3"}, "0"),
        ("crp_high", {"lab_crp_st": "BLOD", "lab_crp": "3"}, ""),
        ("crp_high", {"lab_crp_st": "AULQ", "lab_crp": "30"}, "1"),
        ("tx_antiviral_group", {"tx_lpv": "1", "tx_hcq": "0", "tx_rdv": "0"}, "1"),
        ("tx_antiviral_group", {"tx_lpv": "1", "tx_hcq": "1", "tx_rdv": "0"}, "2"),
        ("tx_antiviral_group", {"tx_lpv": "0", "tx_hcq": "1", "tx_rdv": "0"}, "3"),
        ("tx_antiviral_group", {"tx_lpv": "0", "tx_hcq": "0", "tx_rdv": "1"}, "4"),
        ("tx_antiviral_group", {"tx_lpv": "1", "tx_hcq": "0", "tx_rdv": "1"}, "5"),
        ("tx_antiviral_group", {"tx_lpv": "0", "tx_hcq": "0", "tx_rdv": "0"}, "0"),
        ("tx_antiviral_group", {"tx_lpv": "UNK", "tx_hcq": "0", "tx_rdv": "0"}, ""),
        ("tx_antiviral_group", {"tx_lpv": "1", "tx_hcq": "0"}, ""),
        ("los_days", {"out_status": "1", "out_end_day": "23"}, "23"),
        ("los_days", {"out_status": "4"}, ""),
        ("out_death", {"out_status": "2"}, "1"),
        ("out_death", {"out_status": "4"}, "0"),
        ("site_level", {}, "T"),
        ("irb_ok", {}, "1"),
        ("subject_id", {}, "S03-0001-U"),
        ("site_code", {}, "S03"),
    ],
)
def test_what_is_computed(name: str, values: dict[str, str], result: str) -> None:
    assert settled(**values).values.get(name, "") == result


def test_a_question_opens_on_an_answer_and_not_on_a_blank() -> None:
    assert "pcr_repeat_reason" not in settled().open
    assert "pcr_repeat_reason" not in settled(pcr_first_result="1").open
    assert "pcr_repeat_reason" in settled(pcr_first_result="0").open


def test_clearing_goes_on_down_the_branch() -> None:
    found = settled(route="1", transfer_from_site="1", transfer_from_code="S05")
    assert set(found.cleared) == {"transfer_from_site", "transfer_from_code"}
    assert found.values["route"] == "1"
    assert set(settled(pathogen_tested="0", coinfection="1", coinfection_org="2").cleared) == {
        "coinfection",
        "coinfection_org",
    }


def test_a_reason_is_asked_only_of_the_ineligible() -> None:
    assert "inelig_reason" in settled(elig_pcr="0").open
    assert "inelig_reason" not in settled(elig_pcr="1").open


def test_a_complete_form_has_nothing_to_say() -> None:
    form = checks.settle(KICC, COMPLETE, FACTS)
    assert form.cleared == ()
    assert checks.missing(KICC, form, FACTS) == []
    assert checks.findings(KICC, form.values, FACTS) == []
    assert all(meter.complete for meter in checks.meters(KICC, form, FACTS))


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("inspiration_waiver", {"elig_inspiration": "0"}),
        ("no_disease_named", {"comorb_htn": "0"}),
        ("no_symptom_named", {"sx_fever": "0", "sx_cough": "0", "sx_other": ""}),
        ("onset_after_diagnosis", {"sx_onset_day": "0"}),
        ("first_positive_is_diagnosis", {"pcr_pos_day": "2"}),
        ("diagnosis_before_first_test", {"pcr_first_result": "0", "pcr_pos_day": "-2"}),
        ("pathogen_none_and_some", {"pathogen_tested": "1|0"}),
        ("pathogen_none_and_some", {"pathogen_tested": "2|NI"}),
        ("pathogen_none_and_some", {"pathogen_tested": "0|NI"}),
        ("diastolic_not_below_systolic", {"vs_dbp": "128"}),
        ("differential_over_wbc", {"lab_neut": "4600"}),
        ("neutrophils_over_wbc", {"lab_neut": "5698", "lab_lymph": "0"}),
        ("creatinine_without_kidney_disease", {"lab_cr": "4.1"}),
        ("procalcitonin_zero", {"lab_pct_st": "DONE", "lab_pct": "0"}),
        ("low_saturation_without_oxygen", {"vs_spo2": "89", "tx_o2": "0"}),
        ("ventilation_without_oxygen", {"tx_mv": "1", "tx_o2": "0"}),
        ("ventilation_without_oxygen", {"tx_mv": "1", "tx_o2": "UNK"}),
        ("ecmo_without_ventilation", {"tx_ecmo": "1"}),
        ("invasive_device_without_ventilation", {"tx_o2_device": "5"}),
        ("ventilation_without_device", {"tx_mv": "1"}),
        ("ventilation_without_intubation", {"tx_mv": "1", "tx_o2_device": "5"}),
        ("ards_without_oxygen", {"out_ards": "1", "tx_o2": "0"}),
        ("icu_after_end", {"out_icu": "1", "out_icu_day": "24"}),
        ("ventilation_after_end", {"tx_mv": "1", "tx_o2_device": "5", "tx_mv_day": "24"}),
        ("treatment_after_end", {"tx_lpv_day": "24"}),
        ("death_without_day", {"out_status": "2", "out_end_day": ""}),
        ("unusual", {"age_yr": "98"}),
        ("unusual_computed", {"pcr_first_result": "0", "pcr_first_day": "-30", "pcr_pos_day": "-1"}),
    ],
)
def test_contradictions(code: str, values: dict[str, str]) -> None:
    assert code not in codes()
    assert code in codes(**values)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("disease_named_though_none", {"comorb_none": "1", "comorb_htn": "1"}),
        ("symptom_named_though_none", {"sx_none": "1", "sx_other": "4"}),
    ],
)
def test_contradictions_of_what_no_form_could_hold(code: str, values: dict[str, str]) -> None:
    """Values that come by import, before a closed branch is cleared."""
    assert code in {finding.code for finding in checks.findings(KICC, values, FACTS)}


def test_every_rule_was_seen_speaking() -> None:
    marks: list[Any] = [
        *test_contradictions.pytestmark,
        *test_contradictions_of_what_no_form_could_hold.pytestmark,
    ]
    seen = {values[0] for mark in marks for values in mark.args[1]}
    assert {rule.code for rule in KICC.rules} <= seen


@pytest.mark.parametrize(
    ("values", "required"),
    [
        ({}, 1),
        ({"sx_none": "1"}, 1),
        ({"sx_none": "0"}, 7),
        ({"sx_none": "0", "sx_onset_known": "UNK"}, 6),
    ],
)
def test_meters_count_what_this_branch_requires(values: dict[str, str], required: int) -> None:
    form = checks.settle(KICC, values, FACTS)
    meter = next(one for one in checks.meters(KICC, form, FACTS) if one.section.slug == "symptoms")
    assert (meter.answered, meter.required) == (len(values), required)


def test_no_oxygen_fraction_is_asked_of_low_flow() -> None:
    def asked(device: str) -> bool:
        form = checks.settle(KICC, {**COMPLETE, "tx_o2_device": device}, FACTS)
        return "tx_fio2" in {item.name for item in checks.missing(KICC, form, FACTS)}

    assert [asked(device) for device in "12345"] == [False, False, True, True, True]


def test_states() -> None:
    form = checks.settle(KICC, {"route": "3", "age_yr": "52"}, FACTS)
    states = checks.states(KICC, form, FACTS)
    names = ("age_yr", "sex", "transfer_from_site", "transfer_from_code", "consecutive_no", "out_death")
    assert [states[name] for name in names] == [
        "answered",
        "missing",
        "missing",
        "closed",
        "optional",
        "computed",
    ]
    assert "img_kind" not in states


TYPED = [item for item in KICC.items.values() if item.typed]
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        item.name: st.sampled_from(item.codes) if item.codes else st.integers(-5, 99).map(str)
        for item in TYPED
    },
)


@given(ANSWERS)
def test_settling_is_final_and_keeps_nothing_closed(values: dict[str, str]) -> None:
    form = checks.settle(KICC, values, FACTS)
    again = checks.settle(KICC, form.values, FACTS)
    assert again.values == form.values
    assert again.cleared == ()
    assert set(form.values) <= form.open
    typed = {name for name in form.values if KICC.items[name].typed}
    assert typed | set(form.cleared) == set(values)
    for meter in checks.meters(KICC, form, FACTS):
        assert 0 <= meter.answered <= meter.required
    checks.findings(KICC, form.values, FACTS)
