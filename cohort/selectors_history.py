"""What happened to a subject, told in the reader's language: the audit trail and the changes of the form."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort.models import AnswerChange, Case, Decision
from registry.models import AuditEvent, Subject

Verb = AuditEvent.Verb
WORDS: Mapping[str, Promise | str] = {
    Verb.SUBJECT_MADE: _("Subject made"),
    Verb.UPLOAD_STARTED: _("Upload started"),
    Verb.UPLOAD_COMPLETED: _("Upload complete"),
    Verb.SERIES_STORED: _("Series stored"),
    Verb.SERIES_QUARANTINED: _("Series held back"),
    Verb.FILE_REFUSED: _("Files refused"),
    Verb.SERIES_READ: _("Images taken"),
    Verb.FORM_SUBMITTED: _("Form submitted"),
    Verb.QUERY_OPENED: _("Question asked"),
    Verb.QUERY_ANSWERED: _("Question answered"),
    Verb.QUERY_CLOSED: _("Question closed"),
}
TOGETHER = datetime.timedelta(minutes=10)
MOST_EVENTS, MOST_CHANGES = 60, 400


@dataclass
class Entry:
    """One line of the history; `times` it happened, and `changes` that were made, within a few minutes."""

    at: datetime.datetime
    who: Promise | str
    what: Promise | str
    note: str = ""
    times: int = 1
    changes: list[AnswerChange] = field(default_factory=list)


def history(subject: Subject, case: Case | None) -> list[Entry]:
    """The last events, the newest first."""
    events = AuditEvent.objects.filter(subject_code=subject.code, verb__in=WORDS).order_by("-sequence")
    entries = _repeated(reversed(events[:MOST_EVENTS]))
    if case:
        changes = AnswerChange.objects.filter(case=case).select_related("by").order_by("-id")
        entries += _together(reversed(changes[:MOST_CHANGES]))
        entries += [
            Entry(one.at, one.by.name, Decision.Kind(one.kind).label, one.reason)
            for one in Decision.objects.filter(case=case).select_related("by")
        ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _repeated(events: Iterable[AuditEvent]) -> list[Entry]:
    entries: list[Entry] = []
    for event in events:
        who, what = event.actor_name or _("the registry"), WORDS[event.verb]
        last = entries[-1] if entries else None
        if last and (last.who, last.what) == (who, what) and event.at - last.at <= TOGETHER:
            last.at, last.times = event.at, last.times + 1
        else:
            entries.append(Entry(event.at, who, what))
    return entries


def _together(changes: Iterable[AnswerChange]) -> list[Entry]:
    entries: list[Entry] = []
    for change in changes:
        last = entries[-1] if entries else None
        if last is None or last.who != change.by.name or change.at - last.at > TOGETHER:
            last = Entry(change.at, change.by.name, _("Answers changed"))
            entries.append(last)
        last.at = change.at
        last.changes.append(change)
    return entries
