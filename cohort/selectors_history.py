"""What happened to a subject, told in the reader's language: the audit trail and the changes of the form."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort import dictionary
from cohort.items import MEASURED, Dictionary
from cohort.models import AnswerChange, Case, Decision
from cohort.wording import item_label, with_unit
from registry.models import AuditEvent, Subject

Verb = AuditEvent.Verb
WORDS: Mapping[str, Promise | str] = {
    Verb.SUBJECT_MADE: _("Patient added"),
    Verb.UPLOAD_STARTED: _("Upload started"),
    Verb.UPLOAD_COMPLETED: _("Upload complete"),
    Verb.SERIES_STORED: _("Series stored"),
    Verb.SERIES_QUARANTINED: _("Series held back"),
    Verb.TEXT_DECIDED: _("Text in a picture: decided"),
    Verb.FILE_REFUSED: _("Files refused"),
    Verb.SERIES_WITHDRAWN: _("Series withdrawn"),
    Verb.SERIES_READ: _("Images taken"),
    Verb.FINDING_WAIVED: _("Finding waived"),
    Verb.WAIVER_WITHDRAWN: _("Waiver withdrawn"),
    Verb.FORM_SUBMITTED: _("Form submitted"),
    Verb.FORM_SIGNED: _("Form signed"),
    Verb.SIGNATURE_BROKEN: _("Signature broken by a change"),
    Verb.UNLOCK_ASKED: _("Site asked to have the form back"),
    Verb.UNLOCK_GRANTED: _("Form given back"),
    Verb.UNLOCK_REFUSED: _("Form kept"),
    Verb.QUERY_OPENED: _("Question asked"),
    Verb.QUERY_ANSWERED: _("Question answered"),
    Verb.QUERY_CLOSED: _("Question closed"),
    Verb.QUERY_VERIFIED: _("Answer verified"),
    Verb.QUERY_ASSIGNED: _("Question given to somebody"),
}
SOURCES: Mapping[str, Promise | str] = {
    AnswerChange.Source.FORM: _("Answers changed"),
    AnswerChange.Source.IMPORT: AnswerChange.Source.IMPORT.label,
    AnswerChange.Source.OUTSIDE: AnswerChange.Source.OUTSIDE.label,
}
TOGETHER = datetime.timedelta(minutes=10)
MOST_EVENTS, MOST_CHANGES = 60, 400


@dataclass(frozen=True)
class ChangeLine:
    """One answer in words, before and after; `cause` is empty when a person typed it."""

    label: str
    before: str
    after: str
    cause: Promise | str
    reason: str


@dataclass
class Entry:
    """One line of the history; `times` it happened, and `changes` that were made, within a few minutes."""

    at: datetime.datetime
    who: Promise | str
    what: Promise | str
    note: str = ""
    times: int = 1
    changes: list[ChangeLine] = field(default_factory=list)


def history(subject: Subject, case: Case | None) -> list[Entry]:
    """The last events, the newest first."""
    events = AuditEvent.objects.filter(subject_code=subject.code, verb__in=WORDS).order_by("-sequence")
    entries = _repeated(reversed(events[:MOST_EVENTS]))
    if case:
        changes = AnswerChange.objects.filter(case=case).select_related("by").order_by("-id")
        known = dictionary.get(case.dictionary)
        entries += _together(reversed(changes[:MOST_CHANGES]), known)
        entries += [
            Entry(one.at, one.by.name, Decision.Kind(one.kind).label, one.reason)
            for one in Decision.objects.filter(case=case).select_related("by")
        ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _repeated(events: Iterable[AuditEvent]) -> list[Entry]:
    entries: list[Entry] = []
    for event in events:
        who, what = event.actor_name or _("the registry"), _what(event)
        last = entries[-1] if entries else None
        if last and (last.who, last.what) == (who, what) and event.at - last.at <= TOGETHER:
            last.at, last.times = event.at, last.times + 1
        else:
            entries.append(Entry(event.at, who, what))
    return entries


def _what(event: AuditEvent) -> Promise | str:
    records = event.verb == Verb.SERIES_STORED and "synthetic_records" in event.detail
    return _("Synthetic records of exams made") if records else WORDS[event.verb]


def _together(changes: Iterable[AnswerChange], known: Dictionary) -> list[Entry]:
    entries: list[Entry] = []
    made: list[list[AnswerChange]] = []
    for change in changes:
        last = entries[-1] if entries else None
        what = SOURCES[change.source]
        if last is None or (last.who, last.what) != (change.who, what) or change.at - last.at > TOGETHER:
            last = Entry(change.at, change.who, what)
            entries.append(last)
            made.append([])
        last.at = change.at
        made[-1].append(change)
    for entry, together in zip(entries, made, strict=True):
        entry.changes = _lines(together, known)
    return entries


def _lines(changes: list[AnswerChange], known: Dictionary) -> list[ChangeLine]:
    """Changes in words; a number and its status, changed at once, are one line named after the number."""
    groups: dict[tuple[int, str], list[AnswerChange]] = {}
    for change in changes:
        item = known.items.get(change.item)
        name = item.pair if item and item.is_status else change.item
        groups.setdefault((change.revision, name), []).append(change)
    return [_line(known, name, group) for (_revision, name), group in groups.items()]


def _line(known: Dictionary, name: str, group: list[AnswerChange]) -> ChangeLine:
    first = next((change for change in group if change.item == name), group[0])
    return ChangeLine(
        label=item_label(known, name),
        before=_words(known, [(change.item, change.old) for change in group], alone=len(group) == 1),
        after=_words(known, [(change.item, change.new) for change in group], alone=len(group) == 1),
        cause="" if first.cause == AnswerChange.Cause.ENTERED else first.get_cause_display(),
        reason=first.reason,
    )


def _words(known: Dictionary, values: list[tuple[str, str]], *, alone: bool) -> str:
    """The values joined, status first; that a number was measured is said by the number."""
    said = []
    for name, value in values:
        item = known.items.get(name)
        if item is None:
            said.append((False, value))
        elif alone or not (item.is_status and value == MEASURED):
            said.append((not item.is_status, with_unit(item, value)))
    return " ".join(text for _number, text in sorted(said, key=lambda one: one[0]) if text)
