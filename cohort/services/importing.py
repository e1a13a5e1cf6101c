"""Bringing answers from a workbook: a dry run, then everything in one transaction, or nothing."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from cohort import (
    dictionary,
    import_problems,  # noqa: F401 - registers its codes
)
from cohort.models import AnswerChange, Case
from cohort.services import answers
from cohort.services.answers import Entry, facts_of, kept_of
from cohort.sheets.plan import Intent, Line, Plan, Planner, Standing, intents
from cohort.sheets.reading import Read, read
from registry.errors import Problem
from registry.models import Subject, User
from registry.services.subjects import create_subjects


@dataclass(frozen=True)
class Brought:
    """What an import did: its plan, and the code of every patient by the plan's lines."""

    plan: Plan
    codes: tuple[tuple[Line, str], ...]


def look(*, actor: User, data: bytes) -> Plan:
    """What importing the workbook would do. Raises Problem for one that is refused as a whole."""
    found, wanted = _read(actor, data)
    subjects = _subjects(actor, wanted)
    return Planner(found, _standing(actor, subjects, _cases(subjects), wanted)).run(wanted)


def bring(*, actor: User, data: bytes, seen: str, reason: str = "") -> Brought:
    """Import the workbook. `seen` is the digest of the plan that the person saw.

    Problem `import_differs` when the plan is another one now, `import_has_errors` when a cell cannot be kept,
    `import_needs_reason` when answers that stand would change and no reason is given. The same workbook again
    changes nothing.
    """
    found, wanted = _read(actor, data)
    with transaction.atomic():
        subjects = _subjects(actor, wanted)
        cases = answers.locked_all(_cases(subjects))
        plan = Planner(found, _standing(actor, subjects, cases, wanted)).run(wanted)
        if plan.errors:
            raise Problem("import_has_errors", count=len(plan.errors))
        if plan.digest != seen:
            raise Problem("import_differs", extra={"seen": plan.digest})
        standing = plan.count("changed") + plan.count("cleared")
        if standing and not reason.strip():
            raise Problem("import_needs_reason", count=standing)
        return _write(actor, plan, reason.strip())


def _write(actor: User, plan: Plan, reason: str) -> Brought:
    asked = [line.request_id for line in plan.lines if line.subject is None and line.request_id]
    subjects = create_subjects(actor=actor, request_ids=asked) if asked else []
    made = dict(zip(asked, subjects, strict=True))
    codes, entries = [], []
    for line in plan.lines:
        subject = line.subject or made[line.request_id]
        codes.append((line, subject.code))
        if line.prepared.touched:
            entries.append(Entry(Case(subject=subject, dictionary=plan.read.dictionary.id), line.changes))
    answers.save_all(actor=actor, entries=entries, reason=reason, source=AnswerChange.Source.IMPORT)
    return Brought(plan, tuple(codes))


def _read(actor: User, data: bytes) -> tuple[Read, list[Intent]]:
    if not actor.at_site:
        raise Problem("not_at_a_site")
    found = read(data)
    return found, intents(found, actor.site.code)


def _subjects(actor: User, wanted: list[Intent]) -> dict[str | uuid.UUID, Subject]:
    """The site's patients that are meant: by code, or by the request that made them."""
    own = Subject.objects.visible_to(actor).filter(site=actor.site_id).select_related("site")
    codes = [one.person.key.code for one in wanted if one.request_id is None]
    made = [one.request_id for one in wanted if one.request_id]
    found: dict[str | uuid.UUID, Subject] = {one.code: one for one in own.filter(code__in=codes)}
    return found | {one.request_id: one for one in own.filter(request_id__in=made)}


def _cases(subjects: dict[str | uuid.UUID, Subject]) -> list[Case]:
    """The cases of subjects, empty ones where there is none yet."""
    kept = {case.subject_id: case for case in Case.objects.filter(subject__in=subjects.values())}
    for subject in subjects.values():
        case = kept.setdefault(subject.pk, Case(subject=subject, dictionary=dictionary.CURRENT))
        case.subject = subject
    return list(kept.values())


def _standing(
    actor: User, subjects: dict[str | uuid.UUID, Subject], cases: list[Case], wanted: list[Intent]
) -> Standing:
    kept = kept_of(cases)
    new = any(one.request_id and one.request_id not in subjects for one in wanted)
    nobody = Case(subject=Subject(site=actor.site, code=""))
    facts = facts_of(nobody)
    return Standing(
        subjects=subjects,
        cases={case.subject_id: case for case in cases},
        kept={case.subject_id: kept[case.pk] for case in cases if case.pk is not None},
        others=_others(actor) if new else {},
        facts=facts,
        approved=facts["irb_ok"] == "1",
    )


def _others(actor: User) -> dict[str, dict[str, str]]:
    cases = list(Case.objects.filter(subject__site=actor.site_id).select_related("subject"))
    kept = kept_of(cases)
    return {case.subject.code: kept[case.pk] for case in cases}
