"""The rows of the table, as data: what is counted, in whom, and as a share of what.

The rows are those that Yoon et al. 2020 (J Korean Med Sci 35:e413) print in Table 1 and in the Results, so
that the registry's summary can be laid beside the paper. What the paper does not print, such as the
thresholds of the laboratory flags, is the dictionary's own and is named in `note`.
"""

from django.utils.translation import gettext_lazy as _

from cohort.summary.people import answered, differs, either, every
from cohort.summary.specs import Share, exam_row, of_model, of_vendor, other_model, scans, text_row, thickness

VENDORS = ("Siemens Healthineers", "GE Healthcare", "Canon Medical Systems", "Philips")
SEX, EXPOSURE, SMOKING = _("Sex"), _("Exposure history"), _("Smoking history")
DISEASE, ROUTE, FIRST_PCR = _("Underlying disease"), _("Visiting route"), _("Initial RT-PCR positivity")
SYMPTOMS, TREATMENT, OUTCOME = _("Symptoms"), _("Treatment"), _("Outcome")
FLAGS, GEOGRAPHY, DEATHS, PCR = _("Laboratory flags"), _("Geography"), _("Deaths"), _("RT-PCR")
COMBINATIONS, IMAGING = _("Treatment combinations"), _("Imaging")
CT_COUNT, CT_VENDOR, CT_MODEL = _("CT scans per patient"), _("CT vendor"), _("CT model")
CT_SLICE, CXR_COUNT, CXR_MACHINE = (
    _("CT slice thickness"),
    _("Radiographs per patient"),
    _("Radiograph machine"),
)
died = answered("out_status", "2")
delayed = answered("pcr_first_result", "0", "2")


SHARES: tuple[Share, ...] = (
    Share("male", SEX, _("Male"), "cohort", answered("sex", "1")),
    Share("female", SEX, _("Female"), "cohort", answered("sex", "2")),
    Share("exp_unknown", EXPOSURE, _("Unknown"), "cohort", answered("exposure", "1")),
    Share("exp_infected", EXPOSURE, _("Exposure to infected patients"), "cohort", answered("exposure", "2")),
    Share("exp_area", EXPOSURE, _("Visit to epidemic areas"), "cohort", answered("exposure", "3")),
    Share("smk_current", SMOKING, _("Current smoker"), "cohort", answered("smoking", "2")),
    Share("smk_ex", SMOKING, _("Ex-smoker"), "cohort", answered("smoking", "1")),
    Share("smk_never", SMOKING, _("Non-smoker"), "cohort", answered("smoking", "0")),
    Share(
        "smk_unknown",
        SMOKING,
        _("Unknown"),
        "cohort",
        answered("smoking", "UNK"),
        note=_("Unknown is a row of its own and stays in the denominator."),
    ),
    Share("comorb_none", DISEASE, _("None"), "cohort", answered("comorb_none", "1")),
    Share("comorb_htn", DISEASE, _("Hypertension"), "cohort", answered("comorb_htn", "1")),
    Share("comorb_dm", DISEASE, _("Diabetes"), "cohort", answered("comorb_dm", "1")),
    Share("comorb_cvd", DISEASE, _("Cardiovascular disease"), "cohort", answered("comorb_chd", "1")),
    Share("comorb_cancer", DISEASE, _("Cancer"), "cohort", answered("comorb_cancer", "1")),
    Share("comorb_copd", DISEASE, _("COPD"), "cohort", answered("comorb_copd", "1")),
    Share(
        "comorb_others",
        DISEASE,
        _("Others"),
        "cohort",
        either(answered("comorb_ckd", "1"), answered("comorb_cld", "1"), answered("comorb_other", "1")),
        note=_("Chronic kidney disease, chronic liver disease and every other disease together."),
    ),
    Share("route_screening", ROUTE, _("Screening centre"), "cohort", answered("route", "1")),
    Share("route_er", ROUTE, _("Emergency room"), "cohort", answered("route", "2")),
    Share("route_transfer", ROUTE, _("Transfer from another hospital"), "cohort", answered("route", "3")),
    Share("pcr_initial_pos", FIRST_PCR, _("Yes"), "cohort", answered("pcr_first_result", "1")),
    Share("sx_fever", SYMPTOMS, _("Fever"), "cohort", answered("sx_fever", "1")),
    Share("sx_cough", SYMPTOMS, _("Cough"), "cohort", answered("sx_cough", "1")),
    Share("sx_dyspnea", SYMPTOMS, _("Dyspnea"), "cohort", answered("sx_dyspnea", "1")),
    Share("sx_confusion", SYMPTOMS, _("Confusion"), "cohort", answered("sx_confusion", "1")),
    Share("tx_lpv", TREATMENT, _("Lopinavir/ritonavir"), "cohort", answered("tx_lpv", "1")),
    Share("tx_hcq", TREATMENT, _("Hydroxychloroquine"), "cohort", answered("tx_hcq", "1")),
    Share("tx_rdv", TREATMENT, _("Remdesivir"), "cohort", answered("tx_rdv", "1")),
    Share("tx_steroid", TREATMENT, _("Steroid"), "cohort", answered("tx_steroid", "1")),
    Share(
        "tx_conservative",
        TREATMENT,
        _("Conservative treatment"),
        "cohort",
        answered("tx_conservative", "1"),
        note=_("An answer of its own, not the people without antivirals."),
    ),
    Share("o2", TREATMENT, _("Oxygen supply"), "cohort", answered("tx_o2", "1")),
    Share("mv", TREATMENT, _("Mechanical ventilation"), "cohort", answered("tx_mv", "1")),
    Share("ecmo", TREATMENT, _("ECMO"), "cohort", answered("tx_ecmo", "1")),
    Share("icu", OUTCOME, _("ICU admission"), "cohort", answered("out_icu", "1")),
    Share("ards", OUTCOME, _("ARDS"), "cohort", answered("out_ards", "1")),
    Share("death", OUTCOME, _("Death"), "cohort", died),
    text_row("comorb_any", DISEASE, _("Any underlying disease"), "cohort", answered("comorb_any", "1")),
    text_row("sx_none", SYMPTOMS, _("Asymptomatic at diagnosis"), "cohort", answered("sx_none", "1")),
    text_row(
        "lymphopenia",
        FLAGS,
        _("Lymphocytopenia"),
        "cohort",
        answered("lymphopenia", "1"),
        _("Proposed threshold: lymphocytes below 1,000/μL. The paper states none."),
    ),
    text_row(
        "thrombocytopenia",
        FLAGS,
        _("Thrombocytopenia"),
        "cohort",
        answered("thrombopenia", "1"),
        _("Proposed threshold: platelets below 150,000/μL. The paper states none."),
    ),
    text_row(
        "crp_high",
        FLAGS,
        _("Elevated CRP"),
        "cohort",
        answered("crp_high", "1"),
        _("Proposed threshold: CRP of 1.0 mg/dL or more. The paper states none."),
    ),
    text_row(
        "site_tertiary", GEOGRAPHY, _("Tertiary referral institutes"), "cohort", lambda p: p.site_level == "T"
    ),
    text_row(
        "site_secondary",
        GEOGRAPHY,
        _("Secondary referral hospitals"),
        "cohort",
        lambda p: p.site_level == "S",
    ),
    text_row("res_daegu", GEOGRAPHY, _("Lives in Daegu"), "cohort", answered("residence", "27")),
    text_row("res_busan", GEOGRAPHY, _("Lives in Busan"), "cohort", answered("residence", "26")),
    text_row("res_daejeon", GEOGRAPHY, _("Lives in Daejeon"), "cohort", answered("residence", "30")),
    text_row(
        "res_metro5",
        GEOGRAPHY,
        _("Lives in one of five metropolitan cities"),
        "cohort",
        answered("residence_metro5", "1"),
        _("Proposed: Busan, Daegu, Incheon, Gwangju, Daejeon. The paper does not name them."),
    ),
    text_row(
        "death_any_disease",
        DEATHS,
        _("With any underlying disease"),
        "deaths",
        every(died, answered("comorb_any", "1")),
    ),
    text_row("death_dm", DEATHS, _("With diabetes"), "deaths", every(died, answered("comorb_dm", "1"))),
    text_row("death_cancer", DEATHS, _("With cancer"), "deaths", every(died, answered("comorb_cancer", "1"))),
    text_row("death_copd", DEATHS, _("With COPD"), "deaths", every(died, answered("comorb_copd", "1"))),
    text_row(
        "death_ckd",
        DEATHS,
        _("With chronic kidney disease"),
        "deaths",
        every(died, answered("comorb_ckd", "1")),
    ),
    text_row("pcr_delayed", PCR, _("Diagnosed after a first test that was not positive"), "cohort", delayed),
    text_row(
        "pcr_why_exposure",
        PCR,
        _("Repeated for: recent exposure to an infected patient"),
        "delayed_pcr",
        every(delayed, answered("pcr_repeat_reason", "1")),
    ),
    text_row(
        "pcr_why_area",
        PCR,
        _("Repeated for: visit to an epidemic site"),
        "delayed_pcr",
        every(delayed, answered("pcr_repeat_reason", "2")),
    ),
    text_row(
        "pcr_why_symptoms",
        PCR,
        _("Repeated for: prolonged symptoms"),
        "delayed_pcr",
        every(delayed, answered("pcr_repeat_reason", "3")),
    ),
    text_row(
        "coinfection",
        PCR,
        _("Co-infection with Streptococcus pneumoniae at admission"),
        "cohort",
        every(answered("coinfection", "1"), answered("coinfection_org", "1")),
    ),
    text_row(
        "tx_lpv_only",
        COMBINATIONS,
        _("Lopinavir/ritonavir without hydroxychloroquine"),
        "cohort",
        every(answered("tx_lpv", "1"), differs(answered("tx_hcq", "1"))),
    ),
    text_row(
        "tx_lpv_hcq",
        COMBINATIONS,
        _("Lopinavir/ritonavir with hydroxychloroquine"),
        "cohort",
        every(answered("tx_lpv", "1"), answered("tx_hcq", "1")),
    ),
    text_row(
        "tx_hcq_only",
        COMBINATIONS,
        _("Hydroxychloroquine only"),
        "cohort",
        answered("tx_antiviral_group", "3"),
    ),
    text_row(
        "tx_rdv_only", COMBINATIONS, _("Remdesivir only"), "cohort", answered("tx_antiviral_group", "4")
    ),
    text_row("tx_other", COMBINATIONS, _("Other combination"), "cohort", answered("tx_antiviral_group", "5")),
    text_row("tx_none", COMBINATIONS, _("No antiviral"), "cohort", answered("tx_antiviral_group", "0")),
    text_row("ct_any", IMAGING, _("CT at least once"), "cohort", scans(1, None, "CT")),
    text_row("cxr_any", IMAGING, _("Chest radiograph at least once"), "cohort", scans(1, None, "CXR")),
    *(
        text_row(f"ct_scans_{n}", CT_COUNT, label, "ct_patients", scans(n, n, "CT"))
        for n, label in enumerate((_("One"), _("Two"), _("Three"), _("Four"), _("Five")), start=1)
    ),
    text_row("ct_scans_ge6", CT_COUNT, _("Six or more"), "ct_patients", scans(6, None, "CT")),
    *(
        exam_row(f"vendor_{name.split()[0].lower()}", CT_VENDOR, name, "ct_scans", "CT", of_vendor(name))
        for name in VENDORS
    ),
    exam_row(
        "vendor_other",
        CT_VENDOR,
        _("Other or not named"),
        "ct_scans",
        "CT",
        lambda exam: exam.vendor not in VENDORS,
    ),
    exam_row(
        "model_flash",
        CT_MODEL,
        "SOMATOM Definition Flash",
        "ct_scans",
        "CT",
        of_model(VENDORS[0], "SOMATOM Definition Flash"),
    ),
    exam_row(
        "model_asplus",
        CT_MODEL,
        "SOMATOM Definition AS+",
        "ct_scans",
        "CT",
        of_model(VENDORS[0], "SOMATOM Definition AS+"),
    ),
    exam_row(
        "model_other",
        CT_MODEL,
        _("Other or not named"),
        "ct_scans",
        "CT",
        other_model((VENDORS[0], "SOMATOM Definition Flash"), (VENDORS[0], "SOMATOM Definition AS+")),
    ),
    exam_row("st_le15", CT_SLICE, _("1.5 mm or less"), "ct_scans", "CT", thickness(0, 1.5)),
    exam_row("st_15_3", CT_SLICE, _("More than 1.5 to 3 mm"), "ct_scans", "CT", thickness(1.5, 3)),
    exam_row("st_gt3", CT_SLICE, _("More than 3 mm"), "ct_scans", "CT", thickness(3, float("inf"))),
    exam_row(
        "st_unknown", CT_SLICE, _("Not recorded"), "ct_scans", "CT", lambda exam: exam.thickness_mm is None
    ),
    *(
        text_row(f"cxr_{n}", CXR_COUNT, label, "cxr_patients", scans(n, n, "CXR"))
        for n, label in enumerate((_("One"), _("Two"), _("Three")), start=1)
    ),
    text_row("cxr_ge4", CXR_COUNT, _("Four or more"), "cxr_patients", scans(4, None, "CXR")),
    exam_row(
        "cxr_innovision",
        CXR_MACHINE,
        "INNOVISION (DK Medical Systems)",
        "cxr_images",
        "CXR",
        of_model("DK Medical Systems", "INNOVISION"),
    ),
    exam_row(
        "cxr_gm85",
        CXR_MACHINE,
        "GM85 (Samsung Electronics)",
        "cxr_images",
        "CXR",
        of_model("Samsung Electronics", "GM85"),
    ),
    exam_row(
        "cxr_other",
        CXR_MACHINE,
        _("Other or not named"),
        "cxr_images",
        "CXR",
        other_model(("DK Medical Systems", "INNOVISION"), ("Samsung Electronics", "GM85")),
    ),
)
