"""What a site may send: its ethics approvals and its quota, kept by the administrator."""

import datetime
import re

from django.db import transaction
from django.utils import timezone

from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, IrbApproval, Role, Site, User
from registry.services import audit

NUMBER = re.compile(r"[\w][\w ./()-]{0,39}")
SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 120
LONGEST_YEARS = 20
MOST_OPEN = 10_000
GIGABYTE = 2**30


def _administrator(actor: User) -> None:
    if actor.role != Role.ADMIN:
        raise Problem("not_allowed")


@transaction.atomic
def enter(
    *,
    actor: User,
    site: Site,
    number: str,
    valid_from: datetime.date | None,
    valid_until: datetime.date | None,
    consent_waived: bool,
    document: str = "",
    document_sha256: str = "",
) -> IrbApproval:
    """Enter an approval. Problem: not_allowed, approval_number, approval_dates, approval_document,
    approval_twice, identifying_text.
    """
    _administrator(actor)
    number, document = " ".join(number.split()), " ".join(document.split())
    if not NUMBER.fullmatch(number):
        raise Problem("approval_number")
    if valid_from is None or valid_until is None or not 0 <= _years(valid_from, valid_until) < LONGEST_YEARS:
        raise Problem("approval_dates", years=LONGEST_YEARS)
    document_sha256 = document_sha256.strip().lower()
    if len(document) > LONGEST_NAME or bool(document) != bool(SHA256.fullmatch(document_sha256)):
        raise Problem("approval_document")
    refuse_identifying(document)
    Site.objects.select_for_update().get(pk=site.pk)
    if site.approvals.filter(number=number, valid_from=valid_from, withdrawn_at=None).exists():
        raise Problem("approval_twice")
    made = IrbApproval.objects.create(
        site=site,
        number=number,
        valid_from=valid_from,
        valid_until=valid_until,
        consent_waived=consent_waived,
        document=document,
        document_sha256=document_sha256 if document else "",
        entered_by=actor,
    )
    audit.record(
        verb=AuditEvent.Verb.APPROVAL_ENTERED,
        actor=actor,
        target=f"{site.code} {number}",
        detail={
            "from": valid_from.isoformat(),
            "until": valid_until.isoformat(),
            "consent_waived": consent_waived,
            "document_sha256": made.document_sha256,
        },
    )
    return made


@transaction.atomic
def withdraw(*, actor: User, site: Site, pk: int, reason: str) -> IrbApproval:
    """End an approval at once, for a reason. Idempotent. Problem: not_allowed, not_found, reason_needed."""
    _administrator(actor)
    found = IrbApproval.objects.select_for_update(of=("self",)).filter(site=site, pk=pk).first()
    if found is None:
        raise Problem("not_found")
    reason = " ".join(reason.split())
    if not reason or len(reason) > 200:
        raise Problem("reason_needed", limit=200)
    refuse_identifying(reason)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by, found.withdrawn_because = timezone.now(), actor, reason
        found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        audit.record(
            verb=AuditEvent.Verb.APPROVAL_WITHDRAWN, actor=actor, target=f"{site.code} {found.number}"
        )
    return found


@transaction.atomic
def set_quota(*, actor: User, site: Site, gigabytes: int | None, open_uploads: int) -> Site:
    """Set how much a site may have here (GB of 2³⁰ bytes; None: no limit), and how many open uploads.

    Problem: not_allowed, quota.
    """
    _administrator(actor)
    if (gigabytes is not None and not 0 <= gigabytes <= 10**6) or not 1 <= open_uploads <= MOST_OPEN:
        raise Problem("quota", limit=MOST_OPEN)
    site = Site.objects.select_for_update().get(pk=site.pk)
    site.max_bytes = None if gigabytes is None else gigabytes * GIGABYTE
    site.max_open_uploads = open_uploads
    site.save(update_fields=["max_bytes", "max_open_uploads"])
    audit.record(
        verb=AuditEvent.Verb.QUOTA_SET,
        actor=actor,
        target=site.code,
        detail={"gigabytes": gigabytes, "open_uploads": open_uploads},
    )
    return site


def _years(first: datetime.date, last: datetime.date) -> float:
    return (last - first).days / 365.25
