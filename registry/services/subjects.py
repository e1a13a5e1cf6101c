"""Making subjects and reaching their keys."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from registry import vaults
from registry.errors import Problem
from registry.models import AuditEvent, Site, Subject, SubjectKey, User
from registry.services import audit

LETTERS = "ABCDEFGHJKLMNPRTUVWXY"
LAST = 9999


def check_letter(site: int, sequence: int) -> str:
    """Letter that turns one wrong digit, or two neighbours swapped, in a subject's number into an error."""
    digits = f"{site:02d}{sequence:04d}"
    return LETTERS[sum(place * int(d) for place, d in enumerate(digits, start=2)) % 19]


def subject_code(site_code: str, sequence: int) -> str:
    """Code of the `sequence`-th subject of a site: `S03-0042-K`."""
    return f"{site_code}-{sequence:04d}-{check_letter(int(site_code[1:]), sequence)}"


def create_subject(*, actor: User, request_id: uuid.UUID | None = None) -> Subject:
    """Make the next subject of the actor's site; the same `request_id` gives the same subject again."""
    return create_subjects(actor=actor, request_ids=[request_id or uuid.uuid4()])[0]


@transaction.atomic
def create_subjects(*, actor: User, request_ids: Sequence[uuid.UUID]) -> list[Subject]:
    """Make the next subjects of the actor's site, one for each id; an id met before gives its subject."""
    if not actor.at_site:
        raise Problem("not_at_a_site")
    site = Site.objects.select_for_update().get(pk=actor.site_id)
    known = {one.request_id: one for one in Subject.objects.filter(request_id__in=request_ids, site=site)}
    wanted = [one for one in dict.fromkeys(request_ids) if one not in known]
    if wanted and site.approval_on() is None:
        raise Problem("no_irb_approval", site=site.code)
    first = site.last_sequence + 1
    if first + len(wanted) - 1 > LAST:
        raise Problem("site_is_full", site=site.code)
    made = Subject.objects.bulk_create(
        Subject(
            site=site,
            sequence=sequence,
            code=subject_code(site.code, sequence),
            created_by=actor,
            request_id=request_id,
        )
        for sequence, request_id in enumerate(wanted, start=first)
    )
    SubjectKey.objects.bulk_create(
        SubjectKey(subject=subject, wrapped=vaults.new_key(subject.code)[1]) for subject in made
    )
    if made:
        site.last_sequence = made[-1].sequence
        site.save(update_fields=["last_sequence"])
        events = [audit.Event(subject.code) for subject in made]
        audit.record_all(verb=AuditEvent.Verb.SUBJECT_MADE, actor=actor, events=events)
    known |= {subject.request_id: subject for subject in made}
    return [known[request_id] for request_id in request_ids]


def subject_key(subject: Subject) -> bytes:
    """The subject's 32-byte key, unwrapped. Raises Problem when it was destroyed."""
    wrapped = SubjectKey.objects.values_list("wrapped", flat=True).get(subject=subject)
    if wrapped is None:
        raise Problem("subject_withdrawn")
    return vaults.unwrap(bytes(wrapped), subject.code)
