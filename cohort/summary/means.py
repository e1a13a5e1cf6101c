"""The rows that are means, as data; see `shares` for their source."""

from django.utils.translation import gettext_lazy as _

from cohort.summary.people import answered
from cohort.summary.specs import Mean, item

AGE, LABORATORY, STAY = _("Age"), _("Initial laboratory findings"), _("Hospital stay")
DEATHS, PCR = _("Deaths"), _("RT-PCR")
died = answered("out_status", "2")
delayed = answered("pcr_first_result", "0", "2")


MEANS: tuple[Mean, ...] = (
    Mean("age", AGE, _("Age"), _("yr"), 1, "cohort", item("age_yr")),
    Mean("wbc", LABORATORY, _("White blood cells"), "/μL", 0, "cohort", item("lab_wbc")),
    Mean("neutrophil", LABORATORY, _("Neutrophils"), "/μL", 0, "cohort", item("lab_neut")),
    Mean("lymphocyte", LABORATORY, _("Lymphocytes"), "/μL", 0, "cohort", item("lab_lymph")),
    Mean("platelet", LABORATORY, _("Platelets"), "/μL", 0, "cohort", item("lab_plt")),
    Mean("bilirubin", LABORATORY, _("Total bilirubin"), "mg/dL", 1, "cohort", item("lab_tbil")),
    Mean("alt", LABORATORY, _("ALT"), "U/L", 0, "cohort", item("lab_alt")),
    Mean("albumin", LABORATORY, _("Albumin"), "g/dL", 1, "cohort", item("lab_alb")),
    Mean("bun", LABORATORY, _("Blood urea nitrogen"), "mg/dL", 1, "cohort", item("lab_bun")),
    Mean("creatinine", LABORATORY, _("Creatinine"), "mg/dL", 1, "cohort", item("lab_cr")),
    Mean("crp", LABORATORY, _("C-reactive protein"), "mg/dL", 1, "cohort", item("lab_crp")),
    Mean("ldh", LABORATORY, _("Lactate dehydrogenase"), "U/L", 0, "ldh_tested", item("lab_ldh")),
    Mean("ddimer", LABORATORY, _("D-dimer"), "μg/mL", 1, "ddimer_tested", item("lab_dd")),
    Mean(
        "procalcitonin", LABORATORY, _("Procalcitonin"), "ng/mL", 1, "procalcitonin_tested", item("lab_pct")
    ),
    Mean(
        "los",
        STAY,
        _("Days in hospital"),
        _("days"),
        1,
        "cohort",
        item("los_days"),
        note=_("Stays that have ended; day 0 is admission."),
    ),
    Mean("death_age", DEATHS, _("Age at death"), _("yr"), 0, "deaths", item("age_yr", died), in_table1=False),
    Mean(
        "pcr_delay",
        PCR,
        _("From the first test to diagnosis"),
        _("days"),
        1,
        "delayed_pcr",
        item("pcr_delay", delayed),
        in_table1=False,
    ),
    Mean(
        "onset_to_pcr",
        PCR,
        _("From symptom onset to the first test"),
        _("days"),
        1,
        "symptomatic",
        item("onset_to_pcr"),
        in_table1=False,
    ),
)
