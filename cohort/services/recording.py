"""What people take along: a site its own records, everybody who sees a case all its changes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cohort import dictionary
from cohort.models import Case
from cohort.redcap.records import records_csv
from cohort.selectors_changes import rows
from cohort.services.answers import OPEN_STATES, facts_of, kept_of
from cohort.sheets.template import template
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Records:
    """One file with the records of a site."""

    content: bytes
    rows: int
    type: str


def take(*, actor: User, name: str) -> Records:
    """The file `name` of the actor's site, one of `NAMES`; on the audit trail. Raises Problem."""
    if not actor.at_site:
        raise Problem("not_at_a_site")
    if name not in MAKERS:
        raise Problem("not_found")
    made = MAKERS[name](actor)
    detail = {
        "rows": made.rows,
        "bytes": len(made.content),
        "sha256": hashlib.sha256(made.content).hexdigest(),
        "level": "own site",
        "dictionary": dictionary.get().digest,
    }
    audit.record(verb=AuditEvent.Verb.TABLE_EXPORTED, actor=actor, target=name, detail=detail)
    return made


def changes_of(*, actor: User, case: Case) -> list[dict[str, Any]]:
    """Every change of a case's answers, by `selectors_changes.COLUMNS`; on the audit trail."""
    found = list(rows(case))
    audit.record(
        verb=AuditEvent.Verb.RECORD_TAKEN,
        actor=actor,
        subject_code=case.subject.code,
        detail={"changes": len(found), "revision": case.revision},
    )
    return found


def _cases(actor: User) -> list[Case]:
    """A case for every patient of the site, empty ones where there is none yet."""
    kept = {case.subject_id: case for case in Case.objects.filter(subject__site=actor.site_id)}
    cases = []
    for subject in Subject.objects.visible_to(actor).filter(site=actor.site_id).select_related("site"):
        case = kept.get(subject.pk) or Case(subject=subject, dictionary=dictionary.CURRENT)
        case.subject = subject
        cases.append(case)
    return [case for case in cases if case.dictionary == dictionary.CURRENT]


def _csv(actor: User) -> Records:
    cases = _cases(actor)
    kept, approved = kept_of(cases), actor.site.approval_on() is not None
    records = [(kept.get(case.pk, {}), facts_of(case, approved=approved)) for case in cases]
    return Records(records_csv(dictionary.get(), records), len(records), CSV)


def _workbook(language: str) -> Callable[[User], Records]:
    """A template with the patients whose forms can still be filled in."""

    def made(actor: User) -> Records:
        cases = [case for case in _cases(actor) if case.state in OPEN_STATES]
        kept = kept_of(cases)
        records = [(case.subject.code, kept.get(case.pk, {})) for case in cases]
        return Records(template(dictionary.get(), language, records), len(records), XLSX)

    return made


MAKERS: Final[dict[str, Callable[[User], Records]]] = {
    "records.csv": _csv,
    "workbook-en.xlsx": _workbook("en"),
    "workbook-ko.xlsx": _workbook("ko"),
}
