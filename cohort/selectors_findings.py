"""What the automatic checks say of a case, each thing once, worst first, with the places that it concerns."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cohort import checks, dictionary
from cohort.models import Answer
from cohort.selectors_form import FormView
from cohort.selectors_subject import ExamView
from cohort.selectors_worklist import Line, exam_facts
from cohort.stay import stay_findings
from cohort.wording import item_label, language
from imaging.findings import Found, found_of
from imaging.models import Series
from imaging.presenting import SEVERITIES, severity_word
from imaging.validation import message

DATES = ("dates_shifted_here", "mixed_calendars")


@dataclass
class Remark:
    """One finding with its places: (name, anchor on the review page)."""

    code: str
    severity: str
    text: str
    waived: bool = False
    places: list[tuple[str, str]] = field(default_factory=list)

    @property
    def word(self) -> str:
        return _("Waived") if self.waived else severity_word(self.severity)

    @property
    def about_dates(self) -> bool:
        return self.code in DATES


@dataclass(frozen=True)
class Remarks:
    """`dates` are those about the calendar of exams; they are told apart, since they concern every exam."""

    main: list[Remark]
    dates: list[Remark]

    @property
    def count(self) -> int:
        return len(self.main) + len(self.dates)


def remarks(form: FormView, exams: Iterable[tuple[Promise | str, ExamView]], known: str) -> Remarks:
    """Findings of the form and of the exams, named; `known` is the form's dictionary."""
    found: dict[tuple[str, str, bool], Remark] = {}

    def add(code: str, severity: str, text: str, place: tuple[str, str], *, waived: bool = False) -> None:
        remark = found.setdefault((code, text, waived), Remark(code, severity, text, waived))
        if place not in remark.places:
            remark.places.append(place)

    items = dictionary.get(known)
    for finding in form.findings:
        place = (item_label(items, finding.items[0]), f"item-{finding.items[0]}")
        add(finding.code, finding.severity, finding.message(language()), place)
    for name, exam in exams:
        for one, text in exam.remarks:
            place = (str(name), f"exam-{exam.exam.pk}")
            add(one.code, one.severity, text, place, waived=one.waiver is not None)
    ordered = sorted(found.values(), key=lambda one: (one.waived, _rank(one.severity), one.code))
    return Remarks(
        [one for one in ordered if not one.about_dates], [one for one in ordered if one.about_dates]
    )


def counts(lines: Sequence[Line]) -> dict[int, int]:
    """How many remarks the review of each line's subject shows undecided or unwaived, by subject."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    values: dict[int, dict[str, str]] = defaultdict(dict)
    cases = {line.case.pk: line for line in lines if line.case}
    for case, item, value in Answer.objects.filter(case__in=cases).values_list("case", "item", "value"):
        values[case][item] = value
    for key, line in cases.items():
        known, subject = (
            dictionary.get(line.case.dictionary if line.case else dictionary.CURRENT),
            line.subject,
        )
        facts = {"subject": subject.code, "site": subject.site.code, "site_level": subject.site.level}
        for finding in checks.findings(known, values[key], facts | {"irb_ok": "1"}):
            found[subject.pk].add((finding.code, finding.message(language())))
    subjects = [line.subject.pk for line in lines]
    exams = exam_facts(subjects)
    told: list[tuple[int, Found]] = [
        (line.subject.pk, one)
        for key, line in cases.items()
        for listed in stay_findings(exams[line.subject.pk], values[key]).values()
        for one in listed
    ]
    series = list(
        Series.objects.filter(exam__subject__in=subjects)
        .exclude(state=Series.State.WITHDRAWN)
        .defer("header", "receipt")
        .select_related("exam")
    )
    by_series = found_of(series)
    told += [(one.exam.subject_id, shown) for one in series for shown in by_series[one.pk]]
    for subject_id, one in told:
        if one.waiver is None:
            found[subject_id].add((one.code, message(one.code, one.values, language())))
    return {number: len(told) for number, told in found.items()}


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
