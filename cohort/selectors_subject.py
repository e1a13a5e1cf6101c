"""Everything that the page of one subject, or its review, shows."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import get_language

from cohort.images import images_digest
from cohort.models import Case, Query
from cohort.selectors_questions import Asked, asked, with_talk
from cohort.slots import ExamFacts, Slot, missing, slots
from cohort.stay import stay_findings
from imaging.findings import Found, found_of
from imaging.models import Exam, Series
from imaging.validation import message
from registry.models import Subject


@dataclass(frozen=True)
class ExamView:
    """An exam with its series; those held back count for no slot."""

    exam: Exam
    facts: ExamFacts
    series: list[Series]
    found: Mapping[uuid.UUID, list[Found]] = field(default_factory=dict)
    stay: Sequence[Found] = ()

    @property
    def on_file(self) -> list[Series]:
        return [one for one in self.series if one.on_file]

    @property
    def preview(self) -> Series | None:
        """The series whose picture stands for the exam: with a preview, axial and thin first."""
        shown = [one for one in self.on_file if one.preview_name]
        return min(
            shown, key=lambda one: (one.plane != Series.Plane.AXIAL, one.thickness_mm or 99), default=None
        )

    @property
    def images(self) -> int:
        return sum(one.instance_count for one in self.on_file)

    @property
    def held_back(self) -> int:
        return sum(one.state == Series.State.QUARANTINED for one in self.series)

    @property
    def withdrawn(self) -> list[Series]:
        return [one for one in self.series if one.state == Series.State.WITHDRAWN]

    @property
    def current(self) -> list[Series]:
        """All but the withdrawn."""
        return [one for one in self.series if one.state != Series.State.WITHDRAWN]

    @property
    def synthetic(self) -> bool:
        """Whether the exam is a record alone, without images."""
        return bool(self.on_file) and all(one.state == Series.State.SYNTHETIC for one in self.on_file)

    @property
    def remarks(self) -> list[tuple[Found, str]]:
        """Every finding on its series, and on its day, with the sentence."""
        language = get_language() or "en"
        all_of_them = [found for one in self.current for found in self.found.get(one.pk, ())]
        return [(found, message(found.code, found.values, language)) for found in (*all_of_them, *self.stay)]

    @property
    def undecided(self) -> list[tuple[Series, int]]:
        """Series on file with how many of their findings a curator has to decide about."""
        counts = [(one, sum(f.undecided for f in self.found.get(one.pk, ()))) for one in self.on_file]
        return [(one, count) for one, count in counts if count]


@dataclass(frozen=True)
class SlotView:
    slot: Slot
    exams: list[ExamView]

    @property
    def shown(self) -> ExamView | None:
        return self.exams[0] if self.exams else None


@dataclass(frozen=True)
class SubjectView:
    subject: Subject
    case: Case | None
    answers: dict[str, str]
    exams: list[ExamView]
    slots: list[SlotView]
    questions: list[Asked]

    @property
    def missing(self) -> int:
        return missing([view.slot for view in self.slots])

    @property
    def state(self) -> str:
        return self.case.state if self.case else Case.State.DRAFT

    @property
    def state_label(self) -> Promise | str:
        return Case.State(self.state).label

    @property
    def undecided(self) -> int:
        """How many findings of its series wait for a curator's decision."""
        return sum(count for exam in self.exams for _series, count in exam.undecided)

    @property
    def images(self) -> str:
        """Digest of the series that are shown."""
        return images_digest(series for exam in self.exams for series in exam.series)

    @property
    def to_look_at(self) -> list[Series]:
        """Series with text in their pictures that wait for somebody of the hospital."""
        return [series for exam in self.exams for series in exam.series if series.waits_for_its_hospital]

    @property
    def open_questions(self) -> list[Asked]:
        return [one for one in self.questions if one.query.state == Query.State.OPEN]

    @property
    def closed_questions(self) -> list[Asked]:
        return [one for one in self.questions if one.query.done]

    @property
    def live_questions(self) -> list[Asked]:
        return [one for one in self.questions if not one.query.done]

    @property
    def other_exams(self) -> list[ExamView]:
        """Exams that fill no slot: further radiographs, and those of which every series is held back."""
        filling = {number for view in self.slots for number in view.slot.exams}
        return [view for view in self.exams if view.exam.pk not in filling and view.current]

    @property
    def withdrawn(self) -> list[tuple[ExamView, Series]]:
        """Series that were withdrawn, with their exams."""
        return [(view, one) for view in self.exams for one in view.withdrawn]

    @property
    def anchored(self) -> bool:
        return all(view.facts.anchored for view in self.exams)

    @property
    def facts(self) -> list[ExamFacts]:
        """Facts of the exams that have a series on file."""
        return [view.facts for view in self.exams if view.on_file]


def subject_view(subject: Subject) -> SubjectView:
    """The subject with its exams, form values and questions, in a fixed number of queries."""
    case = Case.objects.select_related("subject__site").filter(subject=subject).first()
    answers = dict(case.answers.values_list("item", "value")) if case else {}
    exams = _exams(subject, answers)
    by_id = {view.exam.pk: view for view in exams}
    on_file = [view.facts for view in exams if view.on_file]
    found = slots(on_file, end_status=answers.get("out_status", ""))
    return SubjectView(
        subject=subject,
        case=case,
        answers=answers,
        exams=exams,
        slots=[SlotView(slot, [by_id[number] for number in slot.exams]) for slot in found],
        questions=asked(with_talk(Query.objects.filter(case=case))) if case else [],
    )


def _exams(subject: Subject, answers: Mapping[str, str]) -> list[ExamView]:
    rows = Series.objects.defer("header", "receipt").select_related("withdrawn_by")
    series = Prefetch("series", rows.order_by("stored_at", "id"))
    exams = list(Exam.objects.filter(subject=subject).prefetch_related(series))
    found = found_of(one for exam in exams for one in exam.series.all())
    facts = {
        exam.pk: ExamFacts(exam.pk, exam.kind, exam.slot, exam.shifted_date, exam.shifted_time, exam.anchored)
        for exam in exams
    }
    here = {exam.pk for exam in exams if any(one.on_file for one in exam.series.all())}
    stay = stay_findings((one for one in facts.values() if one.id in here), answers)
    return [
        ExamView(exam, facts[exam.pk], list(exam.series.all()), found, stay.get(exam.pk, []))
        for exam in exams
    ]


def exam_name(view: ExamView, slots: Sequence[SlotView]) -> Promise | str:
    """The exam as people call it: the slot that it fills first, else its kind."""
    for one in slots:
        if view.exam.pk in one.slot.exams:
            return one.slot.label
    return Exam.Kind(view.exam.kind).label
