"""Letting a table out, on record."""

from typing import Final

from cohort import review_problems  # noqa: F401 - registers its codes
from cohort.exports.columns import LEVEL
from cohort.exports.package import TYPES, Made, Package
from registry.errors import Problem
from registry.models import AuditEvent, User
from registry.services import audit

NAMES: Final = tuple(TYPES)


def take(*, actor: User, name: str) -> Made:
    """The file `name` of the cohort as it is now; who took what is on the audit trail. Raises Problem."""
    if not actor.exports_tables:
        raise Problem("not_allowed")
    if name not in NAMES:
        raise Problem("no_such_table")
    with Package() as package:
        made = package.make(name)
        _record(actor, made, package.dictionary.digest)
        return package.hand_out(name)


def _record(actor: User, made: Made, dictionary: str) -> None:
    audit.record(
        verb=AuditEvent.Verb.TABLE_EXPORTED,
        actor=actor,
        target=made.name,
        detail={
            "rows": made.rows,
            "bytes": made.bytes,
            "sha256": made.sha256,
            "level": LEVEL,
            "dictionary": dictionary,
        },
    )
