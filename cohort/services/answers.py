"""Answers of a case: reading them as a form, and changing them so that nothing is overwritten unseen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language

from cohort import changes as judged
from cohort import checks, dictionary, values
from cohort.changes import Prepared
from cohort.checks import Meter, Settled
from cohort.items import Dictionary, Item
from cohort.models import Answer, AnswerChange, Case
from cohort.services import rule_queries
from cohort.services.writing import Written, write
from cohort.values import Finding
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, Subject, User
from registry.services import audit

OPEN_STATES = (Case.State.DRAFT, Case.State.RETURNED)
REASON_LENGTH = 200
SHOWN_REFUSALS = 3


@dataclass(frozen=True)
class Form:
    """A case's form as it stands: kept and computed values with all that the checks say of them."""

    case: Case
    dictionary: Dictionary
    facts: dict[str, Any]
    settled: Settled

    @property
    def values(self) -> dict[str, str]:
        return self.settled.values

    @cached_property
    def states(self) -> dict[str, str]:
        return checks.states(self.dictionary, self.settled, self.facts)

    @cached_property
    def findings(self) -> list[Finding]:
        return checks.findings(self.dictionary, self.settled.values, self.facts)

    @cached_property
    def meters(self) -> list[Meter]:
        return checks.meters(self.dictionary, self.settled, self.facts, self.findings)

    @cached_property
    def missing(self) -> list[Item]:
        return checks.missing(self.dictionary, self.settled, self.facts)

    @property
    def consistent(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def answered(self) -> int:
        return sum(meter.answered for meter in self.meters)

    @property
    def required(self) -> int:
        return sum(meter.required for meter in self.meters)

    def editable_by(self, user: User) -> bool:
        return self.case.state in OPEN_STATES and of_own_site(user, self.case)


@dataclass(frozen=True)
class Entry:
    """What one call changes in one case: item → what was typed, on the `revision` that the person saw."""

    case: Case
    changes: Mapping[str, Any]
    revision: int | None = None


@dataclass(frozen=True)
class Saved:
    """What a save did: the case's revision, the answers entered, and those that a closed branch cleared."""

    revision: int
    entered: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()


def case_of(subject: Subject) -> Case:
    """The subject's case; when there is none, an empty draft that the first save keeps."""
    known = Case.objects.select_related("subject__site").filter(subject=subject).first()
    return known or Case(subject=subject, dictionary=dictionary.CURRENT)


def locked(case: Case) -> Case:
    """The case's row, locked until the transaction ends; made when it is not kept yet."""
    return locked_all([case])[0]


def locked_all(cases: Sequence[Case]) -> list[Case]:
    """The same for several, in the order given; rows are locked by ascending key, so that no two callers wait
    for each other.
    """
    fresh = [
        Case(subject=case.subject, dictionary=case.dictionary, synthetic=case.synthetic)
        for case in cases
        if case.pk is None
    ]
    Case.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = Case.objects.select_for_update(of=("self",)).select_related("subject__site").order_by("pk")
    found = {row.subject_id: row for row in rows.filter(subject__in=[case.subject_id for case in cases])}
    return [found[case.subject_id] for case in cases]


def of_own_site(user: User, case: Case) -> bool:
    return user.at_site and user.site_id == case.subject.site_id


def facts_of(case: Case, *, approved: bool | None = None) -> dict[str, str]:
    """What the registry knows about a case without asking; `approved` spares a query where it is known."""
    site = case.subject.site
    approved = site.approval_on() is not None if approved is None else approved
    return {
        "subject": case.subject.code,
        "site": site.code,
        "site_level": site.level,
        "irb_ok": "1" if approved else "0",
    }


def form_of(case: Case) -> Form:
    """The form of a case, computed anew from the kept answers."""
    facts = facts_of(case)
    known = dictionary.get(case.dictionary)
    return Form(case, known, facts, checks.settle(known, judged.typed_of(known, kept(case)), facts))


def kept(case: Case) -> dict[str, str]:
    """All kept answers by item, computed ones included."""
    return dict(Answer.objects.filter(case=case.pk).values_list("item", "value"))


def kept_of(cases: Iterable[Case]) -> dict[int, dict[str, str]]:
    """The same for several cases, by the case's key."""
    found: dict[int, dict[str, str]] = {case.pk: {} for case in cases if case.pk is not None}
    for key, item, value in Answer.objects.filter(case__in=found).values_list("case", "item", "value"):
        found[key][item] = value
    return found


def changes_by_others(case: Case, revision: int, user: User) -> list[dict[str, str]]:
    """What people other than `user` changed after `revision`: item, who, when; the newest of each item."""
    changes = AnswerChange.objects.filter(~Q(by=user) | Q(by=None), case=case.pk, revision__gt=revision)
    latest = {
        change.item: {"item": change.item, "by": str(change.who), "at": change.at.isoformat()}
        for change in changes.exclude(cause=AnswerChange.Cause.COMPUTED).select_related("by")
    }
    return list(latest.values())


@transaction.atomic
def save(
    *,
    actor: User,
    case: Case,
    changes: Mapping[str, Any],
    revision: int | None = None,
    reason: str = "",
) -> Saved:
    """Change answers of a case, all or none.

    `changes` maps item names to what was typed; '' or None takes an answer back. `revision` is the one that
    the person saw: what another save changed since then is not overwritten (Problem `changed_meanwhile`);
    None stands for the newest. A number typed without its status sets the status to "measured".
    """
    return save_all(actor=actor, entries=[Entry(case, changes, revision)], reason=reason)[0]


@transaction.atomic
def save_all(
    *,
    actor: User,
    entries: Sequence[Entry],
    reason: str = "",
    source: AnswerChange.Source = AnswerChange.Source.FORM,
) -> list[Saved]:
    """Change answers of several cases, all or none, one entry a case; nothing else writes answers."""
    cases = locked_all([entry.case for entry in entries])
    for case, entry in zip(cases, entries, strict=True):
        _check_call(actor, case, entry.revision, reason)
    before = kept_of(cases)
    approved = {site.pk: site.approval_on() is not None for site in {case.subject.site for case in cases}}
    saved, written, events = [], [], []
    for case, entry in zip(cases, entries, strict=True):
        known, facts = (
            dictionary.get(case.dictionary),
            facts_of(case, approved=approved[case.subject.site_id]),
        )
        made = judged.prepare(known, facts, before[case.pk], entry.changes)
        _refuse(made.refused)
        if entry.revision is not None:
            _check_meanwhile(known, case, entry.revision, made, before[case.pk])
        _check_reason(known, case, made, before[case.pk], reason)
        if made.touched:
            case.revision += 1
            found = checks.findings(known, made.settled.values, facts)
            meters = checks.meters(known, made.settled, facts, found)
            written.append(Written(case, made, meters, found))
            events.append(_event(case, made, source))
        saved.append(Saved(case.revision, tuple(made.wanted), made.cleared if made.touched else ()))
    write(actor, written, before, reason=reason, source=source)
    audit.record_all(verb=AuditEvent.Verb.FORM_CHANGED, actor=actor, events=events)
    rule_queries.close_passed([(one.case, one.findings) for one in written])
    return saved


def _event(case: Case, made: Prepared, source: AnswerChange.Source) -> audit.Event:
    detail = {"revision": case.revision, "items": sorted(made.wanted), "cleared": sorted(made.cleared)}
    if source != AnswerChange.Source.FORM:
        detail["source"] = str(source)
    return audit.Event(case.subject.code, detail)


def _check_call(actor: User, case: Case, revision: int | None, reason: str) -> None:
    if not of_own_site(actor, case):
        raise Problem("not_your_site")
    if case.state not in OPEN_STATES:
        raise Problem("form_closed", state=case.get_state_display())
    if revision is not None and revision > case.revision:
        raise Problem("bad_revision", current=case.revision)
    if len(reason) > REASON_LENGTH or not values.storable(reason):
        raise Problem("bad_reason", length=REASON_LENGTH)
    refuse_identifying(reason)


def _refuse(refused: Mapping[str, Finding]) -> None:
    if not refused:
        return
    language = get_language() or "en"
    fields = {
        name: {"code": found.code, "message": found.message(language)} for name, found in refused.items()
    }
    what = " ".join(field["message"] for field in list(fields.values())[:SHOWN_REFUSALS])
    raise Problem("values_refused", count=len(fields), what=what, extra={"fields": fields})


def _check_meanwhile(
    known: Dictionary, case: Case, revision: int, made: Prepared, before: Mapping[str, str]
) -> None:
    others = AnswerChange.objects.filter(
        case=case, item__in=[*made.wanted, *made.cleared], revision__gt=revision
    ).select_related("by")
    latest = {change.item: change for change in others}
    if not latest:
        return
    fields = {
        name: {
            "yours": made.wanted.get(name, ""),
            "theirs": before.get(name, ""),
            "by": str(change.who),
            "at": change.at.isoformat(),
            "label": known.items[name].label.of(get_language() or "en"),
        }
        for name, change in latest.items()
    }
    raise Problem(
        "changed_meanwhile",
        count=len(fields),
        extra={"fields": fields, "revision": case.revision, "values": dict(before)},
    )


def _check_reason(
    known: Dictionary, case: Case, made: Prepared, before: Mapping[str, str], reason: str
) -> None:
    """Once a form was complete, an answer that is given otherwise, or taken back, has a reason."""
    if case.completed_at is None or reason.strip():
        return
    names = [name for name in made.wanted if before.get(name)]
    if names:
        language = get_language() or "en"
        fields = {name: {"label": known.items[name].label.of(language)} for name in names}
        raise Problem("change_needs_reason", count=len(names), extra={"fields": fields})
