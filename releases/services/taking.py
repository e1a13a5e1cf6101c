"""What leaves under an access, on record: who, what, when, under which approval."""

from django.db import transaction

from registry.errors import Problem
from registry.models import AuditEvent, User
from registry.services import audit
from releases.export import Made, names
from releases.models import Access, Taking
from releases.risk import risk
from releases.services.accessing import answered, export_of


def demand_open(actor: User, access: Access) -> None:
    """Problem not_yours, access_not_in_force."""
    if access.by_id != actor.pk:
        raise Problem("not_yours")
    if not access.open:
        raise Problem("access_not_in_force")


def take(*, actor: User, access: Access, name: str, asks_only: bool = False) -> Made:
    """The file `name` of the export. Problem as demand_open, no_such_table, risk_grew.

    asks_only: name and size without a taking.
    """
    demand_open(actor, access)
    if name not in names(access.level):
        raise Problem("no_such_table")
    with export_of(access) as export:
        if not answered(access, risk(export.table, access.level)):
            raise Problem("risk_grew")
        made = export.make(name)
        if not asks_only:
            note(actor, access, name=name, rows=made.rows, size=made.bytes, sha256=made.sha256)
        return export.hand_out(name)


@transaction.atomic
def note(actor: User, access: Access, *, name: str, size: int, rows: int = 0, sha256: str = "") -> None:
    """Keep what was taken, beside the access and on the audit trail."""
    Taking.objects.create(access=access, by=actor, name=name, rows=rows, bytes=size, sha256=sha256)
    verb = (
        AuditEvent.Verb.RELEASE_IMAGES_READ if name.startswith("series/") else AuditEvent.Verb.RELEASE_TAKEN
    )
    detail = {"release": access.release.number, "level": access.level, "rows": rows, "bytes": size}
    audit.record(
        verb=verb,
        actor=actor,
        target=f"access {access.pk}",
        detail={**detail, "name": name, "sha256": sha256},
    )
