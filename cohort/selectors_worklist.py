"""The worklist of a site: one line per subject, in a fixed number of queries however many there are."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort import checks, dictionary
from cohort.models import Answer, Case, Query
from cohort.services.answers import OPEN_STATES
from cohort.slots import ExamFacts, Slot, missing, slots
from imaging.models import Exam, Series
from registry.models import IrbApproval, Subject, User

FILTERS: dict[str, Promise | str] = {
    "all": _("All"),
    "exams": _("Exams missing"),
    "forms": _("Form incomplete"),
    "held": _("Text in a picture"),
    "questions": _("Question open"),
    "returned": _("Returned"),
    "submitted": _("With the curators"),
    "accepted": _("Accepted"),
}


@dataclass(frozen=True)
class Line:
    """A subject on the worklist. `last_day` is the last exam's, from admission; None when unknown."""

    subject: Subject
    case: Case | None
    slots: list[Slot]
    answered: int
    required: int
    questions: int
    held: int
    last_day: int | None
    end_day: int | None
    changed_at: datetime.datetime

    @property
    def state(self) -> str:
        return self.case.state if self.case else Case.State.DRAFT

    @property
    def state_label(self) -> Promise | str:
        return Case.State(self.state).label

    @property
    def open(self) -> bool:
        """Whether the form is with the site."""
        return self.state in OPEN_STATES

    @property
    def form_complete(self) -> bool:
        return self.answered >= self.required

    @property
    def missing(self) -> int:
        return missing(self.slots)

    @property
    def marks(self) -> list[tuple[str, list[Slot]]]:
        """Slots by their short name, in the order of the rule."""
        groups: dict[str, list[Slot]] = defaultdict(list)
        for slot in self.slots:
            groups[slot.mark].append(slot)
        return list(groups.items())

    def is_in(self, filter: str) -> bool:
        """Whether the line belongs to one of `FILTERS`."""
        return {
            "exams": self.missing > 0 and self.state != Case.State.ACCEPTED,
            "forms": self.open and not self.form_complete,
            "questions": self.questions > 0,
            "held": self.held > 0,
            "returned": self.state == Case.State.RETURNED,
            "submitted": self.state == Case.State.SUBMITTED,
            "accepted": self.state == Case.State.ACCEPTED,
        }.get(filter, True)


@dataclass(frozen=True)
class Worklist:
    lines: list[Line]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def to_do(self) -> list[tuple[str, Promise | str, int]]:
        """The four counts of what waits for the site; a fifth while text in a picture does."""
        always = ("exams", "forms", "questions", "returned")
        names = ("held", *always) if self.counts["held"] else always
        return [(name, FILTERS[name], self.counts[name]) for name in names]


def worklist(user: User, *, search: str = "") -> Worklist:
    """Every subject that `user` may see, the last changed first, with the counts of each filter."""
    subjects = Subject.objects.visible_to(user)
    if search:
        subjects = subjects.filter(code__icontains=search)
    lines = sorted(lines_of(subjects), key=lambda line: line.changed_at, reverse=True)
    return Worklist(lines, {name: sum(line.is_in(name) for line in lines) for name in FILTERS})


def review_queue(user: User) -> list[Line]:
    """Submitted cases that `user` may see, the one that waits longest first."""
    waiting = Subject.objects.visible_to(user).filter(case__state=Case.State.SUBMITTED)
    return sorted(
        lines_of(waiting), key=lambda line: (line.case.submitted_at, line.case.pk) if line.case else ()
    )


def exam_facts(subjects: QuerySet[Subject] | Iterable[int]) -> dict[int, list[ExamFacts]]:
    """Exams that have a stored series, by subject."""
    stored = Series.objects.filter(state=Series.State.STORED).values("exam")
    found: dict[int, list[ExamFacts]] = defaultdict(list)
    for subject, *facts in Exam.objects.filter(subject__in=subjects, pk__in=stored).values_list(
        "subject", "id", "kind", "slot", "shifted_date", "shifted_time", "anchored"
    ):
        found[subject].append(ExamFacts(*facts))
    return found


def lines_of(subjects: QuerySet[Subject]) -> list[Line]:
    """A line for each subject, in the order of the codes; nine queries."""
    keys = subjects.order_by().values("pk")
    cases = {case.subject_id: case for case in Case.objects.filter(subject__in=keys)}
    exams = exam_facts(keys)
    answers = _answers(keys)
    approved = _approved_sites()
    questions = dict(
        Query.objects.filter(case__subject__in=keys, state=Query.State.OPEN)
        .values_list("case__subject")
        .annotate(n=Count("pk"))
        .order_by()
    )
    stored = dict(
        Series.objects.filter(exam__subject__in=keys)
        .values_list("exam__subject")
        .annotate(at=Max("stored_at"))
        .order_by()
    )
    held = Counter(
        series.exam.subject_id
        for series in Series.objects.filter(exam__subject__in=keys, state=Series.State.QUARANTINED)
        .select_related("exam")
        .only("state", "findings", "exam__subject_id")
        if series.waits_for_its_hospital
    )
    lines = []
    for subject in subjects.select_related("site").order_by("site__code", "sequence"):
        case, values = cases.get(subject.pk), answers[subject.pk]
        days = [exam.day for exam in exams[subject.pk] if exam.day is not None]
        end_day = values.get("out_end_day", "")
        answered, required = _progress(subject, case, values, irb_ok=subject.site_id in approved)
        changes = [subject.created_at, case.updated_at if case else None, stored.get(subject.pk)]
        lines.append(
            Line(
                subject=subject,
                case=case,
                slots=slots(exams[subject.pk], end_status=values.get("out_status", "")),
                answered=answered,
                required=required,
                questions=questions.get(subject.pk, 0),
                held=held[subject.pk],
                last_day=max(days) if days else None,
                end_day=int(end_day) if end_day.lstrip("-").isdecimal() else None,
                changed_at=max(filter(None, changes)),
            )
        )
    return lines


def _answers(keys: QuerySet[Subject, Any]) -> dict[int, dict[str, str]]:
    """Answers by subject: all while the form is with the site, else those that the list shows."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    wanted = Q(case__state__in=OPEN_STATES) | Q(item__in=("out_status", "out_end_day"))
    rows = Answer.objects.filter(wanted, case__subject__in=keys).values_list("case__subject", "item", "value")
    for subject, item, value in rows:
        found[subject][item] = value
    return found


def _approved_sites() -> set[int]:
    today = timezone.localdate()
    in_force = IrbApproval.objects.filter(valid_from__lte=today, valid_until__gte=today)
    return set(in_force.values_list("site", flat=True))


def _progress(
    subject: Subject, case: Case | None, values: dict[str, str], *, irb_ok: bool
) -> tuple[int, int]:
    """Answered and required; a form that was sent is complete, and its answers are not read for that."""
    if case and case.state not in OPEN_STATES:
        return 0, 0
    known = dictionary.get(case.dictionary if case else dictionary.CURRENT)
    facts = {
        "subject": subject.code,
        "site": subject.site.code,
        "site_level": subject.site.level,
        "irb_ok": "1" if irb_ok else "0",
    }
    typed = {name: value for name, value in values.items() if name in known.items and known.items[name].typed}
    meters = checks.meters(known, checks.settle(known, typed, facts), facts)
    return sum(meter.answered for meter in meters), sum(meter.required for meter in meters)


def state_counts(user: User) -> dict[str, int]:
    """How many visible cases are in each state; subjects without a form count as drafts."""
    counts = Case.objects.visible_to(user).aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in Case.State.values}
    )
    without = Subject.objects.visible_to(user).filter(case__isnull=True).count()
    return counts | {Case.State.DRAFT.value: counts[Case.State.DRAFT.value] + without}
