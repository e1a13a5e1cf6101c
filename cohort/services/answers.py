"""Answers of a case: reading them as a form, and changing them so that nothing is overwritten unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from cohort import checks, dictionary, values
from cohort.checks import Meter, Settled
from cohort.items import MEASURED, Dictionary, Item
from cohort.models import Answer, AnswerChange, Case
from cohort.values import Finding, Refused
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
        return checks.meters(self.dictionary, self.settled, self.facts)

    @cached_property
    def missing(self) -> list[Item]:
        return checks.missing(self.dictionary, self.settled, self.facts)

    @property
    def answered(self) -> int:
        return sum(meter.answered for meter in self.meters)

    @property
    def required(self) -> int:
        return sum(meter.required for meter in self.meters)

    def editable_by(self, user: User) -> bool:
        return self.case.state in OPEN_STATES and of_own_site(user, self.case)


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
    if case.pk is None:
        first = {"dictionary": case.dictionary, "synthetic": case.synthetic}
        Case.objects.get_or_create(subject=case.subject, defaults=first)
    cases = Case.objects.select_for_update(of=("self",)).select_related("subject__site")
    return cases.get(subject=case.subject_id)


def of_own_site(user: User, case: Case) -> bool:
    return user.at_site and user.site_id == case.subject.site_id


def facts_of(case: Case) -> dict[str, str]:
    """What the registry knows about a case without asking."""
    site = case.subject.site
    return {
        "subject": case.subject.code,
        "site": site.code,
        "site_level": site.level,
        "irb_ok": "1" if site.approval_on() else "0",
    }


def form_of(case: Case) -> Form:
    """The form of a case, computed anew from the kept answers."""
    facts = facts_of(case)
    known = dictionary.get(case.dictionary)
    return Form(case, known, facts, checks.settle(known, _typed(known, kept(case)), facts))


def kept(case: Case) -> dict[str, str]:
    """All kept answers by item, computed ones included."""
    return dict(Answer.objects.filter(case=case.pk).values_list("item", "value"))


def changes_by_others(case: Case, revision: int, user: User) -> list[dict[str, str]]:
    """What people other than `user` changed after `revision`: item, who, when; the newest of each item."""
    changes = AnswerChange.objects.filter(case=case.pk, revision__gt=revision).exclude(by=user)
    latest = {
        change.item: {"item": change.item, "by": change.by.name, "at": change.at.isoformat()}
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
    case = locked(case)
    _check_call(actor, case, revision, reason)
    known, facts, before = dictionary.get(case.dictionary), facts_of(case), kept(case)
    typed = _typed(known, before)
    wanted = {name: text for name, text in _parse(known, changes).items() if text != typed.get(name, "")}
    wanted |= _measured(known, wanted, typed, changes)
    settled = checks.settle(known, typed | wanted, facts)
    _check_closed(known, settled, wanted)
    cleared = [name for name in settled.cleared if name in typed]
    if revision is not None:
        _check_meanwhile(known, case, revision, [*wanted, *cleared], wanted, before)
    if not wanted and not cleared:
        return Saved(case.revision)
    case.revision += 1
    _write(actor, case, before, settled.values, cleared=cleared, wanted=wanted, reason=reason)
    case.save(update_fields=["revision", "updated_at"])
    audit.record(
        verb=AuditEvent.Verb.FORM_CHANGED,
        actor=actor,
        subject_code=case.subject.code,
        detail={"revision": case.revision, "items": sorted(wanted), "cleared": sorted(cleared)},
    )
    return Saved(case.revision, tuple(wanted), tuple(cleared))


def _typed(known: Dictionary, kept_values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in kept_values.items() if name in known.items and known.items[name].typed
    }


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


def _parse(known: Dictionary, changes: Mapping[str, Any]) -> dict[str, str]:
    parsed, refused = {}, {}
    for name, raw in changes.items():
        item = known.items.get(name)
        try:
            if item is None:
                raise Refused(Finding("unknown_item", "error", (name,)))
            if not item.typed:
                code = "computed_item" if item.computed is not None else "not_in_form"
                raise Refused(Finding(code, "error", (name,), {"label": item.label}))
            parsed[name] = values.parse(item, raw)
        except Refused as error:
            refused[name[:40]] = error.finding
    _refuse(refused)
    return parsed


def _refuse(refused: Mapping[str, Finding]) -> None:
    if not refused:
        return
    language = get_language() or "en"
    fields = {
        name: {"code": found.code, "message": found.message(language)} for name, found in refused.items()
    }
    what = " ".join(field["message"] for field in list(fields.values())[:SHOWN_REFUSALS])
    raise Problem("values_refused", count=len(fields), what=what, extra={"fields": fields})


def _measured(
    known: Dictionary, wanted: Mapping[str, str], typed: Mapping[str, str], changes: Mapping[str, Any]
) -> dict[str, str]:
    """Statuses that follow from a number typed before its status was chosen."""
    return {
        status.name: MEASURED
        for name, text in wanted.items()
        if text and (pair := known.items[name].pair)
        for status in [known.items[pair]]
        if status.is_status and MEASURED in status.codes and not typed.get(pair) and not changes.get(pair)
    }


def _check_closed(known: Dictionary, settled: Settled, wanted: Mapping[str, str]) -> None:
    _refuse(
        {
            name: Finding("closed_item", "error", (name,), {"label": known.items[name].label})
            for name, text in wanted.items()
            if text and name not in settled.open
        }
    )


def _check_meanwhile(
    known: Dictionary,
    case: Case,
    revision: int,
    touched: list[str],
    wanted: Mapping[str, str],
    before: Mapping[str, str],
) -> None:
    others = AnswerChange.objects.filter(case=case, item__in=touched, revision__gt=revision).select_related(
        "by"
    )
    latest = {change.item: change for change in others}
    if not latest:
        return
    fields = {
        name: {
            "yours": wanted.get(name, ""),
            "theirs": before.get(name, ""),
            "by": change.by.name,
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


def _write(
    actor: User,
    case: Case,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    cleared: list[str],
    wanted: Mapping[str, str],
    reason: str,
) -> None:
    changed = [name for name in {**before, **after} if before.get(name, "") != after.get(name, "")]
    Answer.objects.filter(case=case, item__in=[name for name in changed if name not in after]).delete()
    Answer.objects.bulk_create(
        [Answer(case=case, item=name, value=after[name]) for name in changed if name in after],
        update_conflicts=True,
        unique_fields=["case", "item"],
        update_fields=["value"],
    )
    cause = AnswerChange.Cause
    AnswerChange.objects.bulk_create(
        AnswerChange(
            case=case,
            item=name,
            old=before.get(name, ""),
            new=after.get(name, ""),
            cause=cause.CLEARED if name in cleared else cause.ENTERED if name in wanted else cause.COMPUTED,
            reason=reason,
            by=actor,
            revision=case.revision,
        )
        for name in changed
    )
