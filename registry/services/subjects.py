"""Making subjects and reaching their keys."""

import uuid

from django.db import transaction

from registry import vaults
from registry.errors import Problem
from registry.models import AuditEvent, Site, Subject, SubjectKey, User
from registry.services import audit

LETTERS = "ABCDEFGHJKLMNPRTUVWXY"


def check_letter(site: int, sequence: int) -> str:
    """Letter that turns one wrong digit, or two neighbours swapped, in a subject's number into an error."""
    digits = f"{site:02d}{sequence:04d}"
    return LETTERS[sum(place * int(d) for place, d in enumerate(digits, start=2)) % 19]


def subject_code(site_code: str, sequence: int) -> str:
    """Code of the `sequence`-th subject of a site: `S03-0042-K`."""
    return f"{site_code}-{sequence:04d}-{check_letter(int(site_code[1:]), sequence)}"


@transaction.atomic
def create_subject(*, actor: User, request_id: uuid.UUID | None = None) -> Subject:
    """Make the next subject of the actor's site; the same `request_id` gives the same subject again."""
    if not actor.at_site:
        raise Problem("not_at_a_site")
    site = Site.objects.select_for_update().get(pk=actor.site_id)
    if request_id and (known := Subject.objects.filter(request_id=request_id, site=site).first()):
        return known
    if site.approval_on() is None:
        raise Problem("no_irb_approval", site=site.code)
    site.last_sequence += 1
    if site.last_sequence > 9999:
        raise Problem("site_is_full", site=site.code)
    site.save(update_fields=["last_sequence"])
    subject = Subject.objects.create(
        site=site,
        sequence=site.last_sequence,
        code=subject_code(site.code, site.last_sequence),
        created_by=actor,
        request_id=request_id or uuid.uuid4(),
    )
    _, wrapped = vaults.new_key(subject.code)
    SubjectKey.objects.create(subject=subject, wrapped=wrapped)
    audit.record(verb=AuditEvent.Verb.SUBJECT_MADE, actor=actor, subject_code=subject.code)
    return subject


def subject_key(subject: Subject) -> bytes:
    """The subject's 32-byte key, unwrapped. Raises Problem when it was destroyed."""
    wrapped = SubjectKey.objects.values_list("wrapped", flat=True).get(subject=subject)
    if wrapped is None:
        raise Problem("subject_withdrawn")
    return vaults.unwrap(bytes(wrapped), subject.code)
