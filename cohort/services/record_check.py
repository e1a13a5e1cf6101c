"""Whether the record holds: answers are what their changes add up to, signatures fit what they are under.

The database's guard (cohort/guards.py) records what went around the registry; this finds it on any database,
also where the guard was taken down or a table was emptied.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from cohort import checks, content, dictionary, guards
from cohort.changes import typed_of
from cohort.models import AnswerChange, Case, SectionState
from cohort.services import standing
from cohort.services.answers import facts_of, kept_of
from registry.models import AuditEvent
from registry.services import audit

CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """What does not hold: `code`, subject, and the name of the item or section, if it is one; no values."""

    code: str
    subject: str = ""
    name: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.subject, self.name, f"{SAID[self.code]}.") if part)


SAID = {
    "guard_missing": "is missing: the database would not record a change around the registry",
    "kept_otherwise": "is kept otherwise than its last change says",
    "gap": "has a change that does not begin where the one before it ended",
    "outside": "was changed in the database, outside the registry",
    "signature": "holds other answers than those that were signed",
    "standing": "is not as far as its row says",
}


def differences() -> Iterator[Difference]:
    """Everything that does not hold, case by case."""
    yield from (Difference("guard_missing", name=name) for name in guards.missing(connection))
    keys = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        yield from _of(list(_cases(keys[start : start + CHUNK])))


def check() -> list[Difference]:
    """`differences`, with an event that says how many there were."""
    found = list(differences())
    counts: dict[str, int] = {}
    for one in found:
        counts[one.code] = counts.get(one.code, 0) + 1
    audit.record(
        verb=AuditEvent.Verb.RECORD_CHECKED,
        target="answers",
        detail={"cases": Case.objects.count(), "differences": len(found), **counts},
    )
    return found


def _cases(keys: list[int]) -> QuerySet[Case]:
    return (
        Case.objects.filter(pk__in=keys)
        .select_related("subject__site", "signature")
        .order_by("pk")
        .iterator()
    )


def _of(cases: list[Case]) -> Iterator[Difference]:
    kept = kept_of(cases)
    folded, broken = _fold(cases)
    rows: dict[int, dict[str, SectionState]] = {case.pk: {} for case in cases}
    for row in SectionState.objects.filter(case__in=cases):
        rows[row.case_id][row.section] = row
    for case in cases:
        code = case.subject.code
        now, told = kept[case.pk], folded[case.pk]
        names = sorted(name for name in {**now, **told} if now.get(name, "") != told.get(name, ""))
        yield from (Difference("kept_otherwise", code, name) for name in names)
        yield from (Difference(what, code, name) for what, name in broken[case.pk])
        signed = case.signature
        if signed and signed.content != content.digest(code, case.dictionary, now):
            yield Difference("signature", code)
        yield from _standing(case, now, rows[case.pk])


def _fold(cases: list[Case]) -> tuple[dict[int, dict[str, str]], dict[int, list[tuple[str, str]]]]:
    """What the changes of each case add up to, and what is odd about them."""
    folded: dict[int, dict[str, str]] = {case.pk: {} for case in cases}
    odd: dict[int, list[tuple[str, str]]] = {case.pk: [] for case in cases}
    changes = AnswerChange.objects.filter(case__in=cases).order_by("pk")
    for key, item, old, new, source in changes.values_list("case", "item", "old", "new", "source").iterator():
        if folded[key].get(item, "") != old:
            odd[key].append(("gap", item))
        if source == AnswerChange.Source.OUTSIDE:
            odd[key].append(("outside", item))
        folded[key][item] = new
    return folded, odd


def _standing(case: Case, kept: dict[str, str], rows: dict[str, SectionState]) -> Iterator[Difference]:
    known, facts = dictionary.get(case.dictionary), facts_of(case, approved=True)
    meters = checks.meters(known, checks.settle(known, typed_of(known, kept), facts), facts)
    for wanted in standing.sections(case, meters):
        row = rows.get(wanted.section) or SectionState()
        fields = ("given", "missing", "errors", "complete")
        found = [getattr(row, field) for field in fields]
        if found != [getattr(wanted, field) for field in fields] and (rows or wanted.given):
            yield Difference("standing", case.subject.code, wanted.section)
