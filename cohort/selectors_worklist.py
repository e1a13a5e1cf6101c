"""The worklist of a site: one line per subject, in a fixed number of queries however many there are."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort.models import Answer, Case, Query
from cohort.slots import ExamFacts, Slot, missing, slots
from imaging.models import Exam, Series
from registry.models import Subject, User

FILTERS: dict[str, Promise | str] = {
    "all": _("All"),
    "exams": _("Exams missing"),
    "forms": _("Form incomplete"),
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
    questions: int
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
            "forms": self.state == Case.State.DRAFT,
            "questions": self.questions > 0,
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
        """The four counts of what waits for the site."""
        return [
            (name, FILTERS[name], self.counts[name]) for name in ("exams", "forms", "questions", "returned")
        ]


def worklist(user: User, *, search: str = "") -> Worklist:
    """Every subject that `user` may see, the last changed first, with the counts of each filter."""
    subjects = Subject.objects.visible_to(user).select_related("site")
    if search:
        subjects = subjects.filter(code__icontains=search)
    lines = _lines(subjects)
    return Worklist(lines, {name: sum(line.is_in(name) for line in lines) for name in FILTERS})


def exam_facts(subjects: QuerySet[Subject] | Iterable[int]) -> dict[int, list[ExamFacts]]:
    """Exams that have a stored series, by subject."""
    stored = Series.objects.filter(state=Series.State.STORED).values("exam")
    found: dict[int, list[ExamFacts]] = defaultdict(list)
    for subject, *facts in Exam.objects.filter(subject__in=subjects, pk__in=stored).values_list(
        "subject", "id", "kind", "slot", "shifted_date", "shifted_time", "anchored"
    ):
        found[subject].append(ExamFacts(*facts))
    return found


def _lines(subjects: QuerySet[Subject]) -> list[Line]:
    everyone = list(subjects.order_by("site__code", "sequence"))
    keys = subjects.order_by().values("pk")
    cases = {case.subject_id: case for case in Case.objects.filter(subject__in=keys)}
    exams = exam_facts(keys)
    ends: dict[int, dict[str, str]] = defaultdict(dict)
    for subject, item, value in Answer.objects.filter(
        case__subject__in=keys, item__in=("out_status", "out_end_day")
    ).values_list("case__subject", "item", "value"):
        ends[subject][item] = value
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
    lines = [
        _line(subject, cases.get(subject.pk), exams[subject.pk], ends[subject.pk], questions, stored)
        for subject in everyone
    ]
    return sorted(lines, key=lambda line: line.changed_at, reverse=True)


def _line(
    subject: Subject,
    case: Case | None,
    exams: list[ExamFacts],
    end: dict[str, str],
    questions: dict[int, int],
    stored: dict[int, datetime.datetime],
) -> Line:
    days = [exam.day for exam in exams if exam.day is not None]
    changes = [
        subject.created_at,
        *([case.updated_at] if case else []),
        *filter(None, [stored.get(subject.pk)]),
    ]
    end_day = end.get("out_end_day", "")
    return Line(
        subject=subject,
        case=case,
        slots=slots(exams, end_status=end.get("out_status", "")),
        questions=questions.get(subject.pk, 0),
        last_day=max(days) if days else None,
        end_day=int(end_day) if end_day.lstrip("-").isdigit() else None,
        changed_at=max(changes),
    )


def state_counts(user: User) -> dict[str, int]:
    """How many visible cases are in each state; subjects without a form count as drafts."""
    counts = Case.objects.visible_to(user).aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in Case.State.values}
    )
    without = Subject.objects.visible_to(user).filter(case__isnull=True).count()
    return counts | {Case.State.DRAFT.value: counts[Case.State.DRAFT.value] + without}
