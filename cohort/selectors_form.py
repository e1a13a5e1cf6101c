"""The form of one subject as its page and its review show it: meters, answers in words, findings."""

from collections.abc import Mapping
from dataclasses import dataclass

from cohort import dictionary
from cohort.checks import Meter, settle
from cohort.items import MEASURED, Item
from cohort.models import Case
from cohort.selectors_changes import times_changed
from cohort.selectors_subject import SubjectView
from cohort.services.answers import Form, facts_of, form_of
from cohort.values import Finding
from cohort.wording import in_words, language, section_url


@dataclass(frozen=True)
class Shown:
    """An answered item: its value in words, and what the checks say of it."""

    item: Item
    label: str
    value: str
    findings: list[Finding]
    times: int = 0

    @property
    def messages(self) -> list[str]:
        return [finding.message(language()) for finding in self.findings]

    @property
    def unit(self) -> str:
        return "" if self.item.choices else self.item.unit_label.of(language())

    @property
    def is_error(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class ShownSection:
    meter: Meter
    label: str
    url: str
    answers: list[Shown]

    @property
    def slug(self) -> str:
        return self.meter.section.slug


@dataclass(frozen=True)
class FormView:
    sections: list[ShownSection]
    findings: list[Finding]

    @property
    def answered(self) -> int:
        return sum(section.meter.answered for section in self.sections)

    @property
    def required(self) -> int:
        return sum(section.meter.required for section in self.sections)

    @property
    def complete(self) -> bool:
        return all(section.meter.complete for section in self.sections)


def form_view(view: SubjectView) -> FormView:
    """The subject's form; an empty one when nobody has begun it."""
    form = form_of(view.case) if view.case else _empty(view)
    times = times_changed(view.case) if view.case else {}
    sections = [
        ShownSection(
            meter,
            meter.section.label.of(language()),
            section_url(view.subject.code, meter.section.slug),
            _answers(form, meter, times),
        )
        for meter in form.meters
    ]
    return FormView(sections, form.findings)


def _empty(view: SubjectView) -> Form:
    case = Case(subject=view.subject, dictionary=dictionary.CURRENT)
    known, facts = dictionary.get(), facts_of(case)
    return Form(case, known, facts, settle(known, {}, facts))


def _last(form: Form, finding: Finding) -> str:
    """The item at which a finding is told: of those that it names, the last that is answered."""
    named = [name for name in form.dictionary.items if name in finding.items]
    return next((name for name in reversed(named) if form.values.get(name)), named[-1])


def _answers(form: Form, meter: Meter, times: Mapping[str, int]) -> list[Shown]:
    """Answered items; that a number was measured is said by the number."""
    return [
        Shown(
            item=item,
            label=item.label.of(language()),
            value=in_words(item, form.values[item.name]),
            findings=[finding for finding in form.findings if _last(form, finding) == item.name],
            times=times.get(item.name, 0),
        )
        for item in form.dictionary.of_section(meter.section)
        if form.values.get(item.name) and not (item.is_status and form.values[item.name] == MEASURED)
    ]
