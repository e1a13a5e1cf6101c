"""Every denominator of the table, by name. A row says which one it is a share of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort.summary.people import MEASURED, Person, answered

Count = Callable[[Sequence[Person]], int]


@dataclass(frozen=True)
class Denominator:
    id: str
    label: Promise | str
    count: Count


def _people(test: Callable[[Person], bool]) -> Count:
    return lambda people: sum(map(test, people))


DENOMINATORS: dict[str, Denominator] = {
    one.id: one
    for one in (
        Denominator("cohort", _("all accepted cases"), len),
        Denominator("symptomatic", _("people with symptoms"), _people(answered("sx_none", "0"))),
        Denominator("ct_patients", _("people with a CT"), _people(lambda person: bool(person.ct))),
        Denominator("ct_scans", _("CT scans"), lambda people: sum(len(person.ct) for person in people)),
        Denominator("cxr_patients", _("people with a radiograph"), _people(lambda person: bool(person.cxr))),
        Denominator("cxr_images", _("radiographs"), lambda people: sum(len(person.cxr) for person in people)),
        Denominator("ldh_tested", _("people tested for LDH"), _people(answered("lab_ldh_st", *MEASURED))),
        Denominator(
            "procalcitonin_tested",
            _("people tested for procalcitonin"),
            _people(answered("lab_pct_st", *MEASURED)),
        ),
        Denominator(
            "ddimer_tested", _("people tested for D-dimer"), _people(answered("lab_dd_st", *MEASURED))
        ),
        Denominator("deaths", _("deaths"), _people(answered("out_status", "2"))),
        Denominator(
            "delayed_pcr",
            _("people whose first RT-PCR was not positive"),
            _people(answered("pcr_first_result", "0", "2")),
        ),
        Denominator("diseased", _("people with an underlying disease"), _people(answered("comorb_any", "1"))),
    )
}
