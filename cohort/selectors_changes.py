"""The record of a case's answers: every change, in place for one field, whole for taking along."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise

from cohort import dictionary
from cohort.models import AnswerChange, Case
from cohort.selectors_history import SOURCES
from cohort.wording import with_unit

COLUMNS = (
    *("subject", "item", "revision", "at", "by", "old", "new"),
    *("original", "cause", "source", "reason"),
)


@dataclass(frozen=True)
class FieldChange:
    """One change of one item in words. `how` says what made it, when nobody typed it into the form."""

    at: Any
    who: Promise | str
    before: str
    after: str
    how: Promise | str
    reason: str
    original: str


def field_changes(case: Case, item: str) -> list[FieldChange]:
    """Changes of an item and of its status, the newest first."""
    known = dictionary.get(case.dictionary)
    one = known.items[item]
    names = [name for name in (item, one.pair) if name]
    changes = AnswerChange.objects.filter(case=case.pk, item__in=names).select_related("by").order_by("-pk")
    return [
        FieldChange(
            change.at,
            change.who,
            with_unit(known.items[change.item], change.old),
            with_unit(known.items[change.item], change.new),
            _how(change),
            change.reason,
            change.original,
        )
        for change in changes
    ]


def times_changed(case: Case) -> dict[str, int]:
    """In how many saves each item was given or changed."""
    changes = AnswerChange.objects.filter(case=case.pk).order_by()
    return dict(changes.values_list("item").annotate(Count("revision", distinct=True)))


def rows(case: Case) -> Iterator[dict[str, Any]]:
    """Every change of a case, the oldest first, by `COLUMNS`; values in the dictionary's own coding."""
    for change in AnswerChange.objects.filter(case=case.pk).select_related("by").order_by("pk").iterator():
        yield {
            "subject": case.subject.code,
            "item": change.item,
            "revision": change.revision,
            "at": change.at.isoformat(),
            "by": change.by.name if change.by else None,
            "old": change.old,
            "new": change.new,
            "original": change.original,
            "cause": change.cause,
            "source": change.source,
            "reason": change.reason,
        }


def _how(change: AnswerChange) -> Promise | str:
    if change.source != AnswerChange.Source.FORM:
        return SOURCES[change.source]
    return "" if change.cause == AnswerChange.Cause.ENTERED else change.get_cause_display()
