"""Writing and checking the audit trail."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registry.models import AuditEvent, AuditHead, User

SALT = "registry.audit"
BATCH = 1000


@dataclass(frozen=True)
class Event:
    """What happened to one subject. `detail` holds counts, codes and references only."""

    subject_code: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    target: str = ""


def record(
    *,
    verb: AuditEvent.Verb,
    actor: User | None = None,
    subject_code: str = "",
    target: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. `detail` holds counts, codes and references only, never a value that may identify."""
    return record_all(verb=verb, actor=actor, events=[Event(subject_code, detail or {}, target)])[0]


@transaction.atomic
def record_all(*, verb: AuditEvent.Verb, actor: User | None, events: Sequence[Event]) -> list[AuditEvent]:
    """Append several events of one kind, in their order, under one lock of the chain's head."""
    if not events:
        return []
    AuditHead.objects.get_or_create(id=1)
    head = AuditHead.objects.select_for_update().get(id=1)
    made: list[AuditEvent] = []
    for event in events:
        link = AuditEvent(
            sequence=head.sequence + 1,
            at=timezone.now(),
            actor=actor,
            actor_name=actor.name if actor else "",
            verb=verb,
            subject_code=event.subject_code,
            target=event.target,
            detail=event.detail,
            previous=head.digest,
        )
        link.digest = digest(link)
        head.sequence, head.digest = link.sequence, link.digest
        made.append(link)
    AuditEvent.objects.bulk_create(made, batch_size=BATCH)
    AuditHead.objects.filter(id=1).update(sequence=head.sequence, digest=head.digest)
    return made


def last(verb: AuditEvent.Verb) -> AuditEvent | None:
    """The newest event of a kind."""
    return AuditEvent.objects.filter(verb=verb).order_by("sequence").last()


def digest(event: AuditEvent) -> str:
    """HMAC-SHA-256 (hex) over the event's content and the digest before it, keyed from the secret key."""
    return salted_hmac(SALT, content_of(event), algorithm="sha256").hexdigest()


def content_of(event: AuditEvent) -> bytes:
    """What is signed of an event, the same on every database."""
    content = [
        event.sequence,
        event.at.isoformat(),
        event.actor_id,
        event.actor_name,
        str(event.verb),
        event.subject_code,
        event.target,
        event.detail,
        event.previous,
    ]
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def breaks() -> Iterator[str]:
    """Sentences on every place where the chain does not hold; none when it does."""
    previous, sequence = "0" * 64, 0
    for event in AuditEvent.objects.order_by("sequence").iterator(chunk_size=1000):
        if event.sequence != sequence + 1:
            yield f"Event {sequence + 1} is missing before event {event.sequence}."
        if event.previous != previous:
            yield f"Event {event.sequence} does not follow the event before it."
        if event.digest != digest(event):
            yield f"Event {event.sequence} was changed after it was written."
        previous, sequence = event.digest, event.sequence
    head = AuditHead.objects.filter(id=1).first()
    if head and (head.sequence, head.digest) != (sequence, previous):
        yield f"The last events are missing: the chain ends at {sequence}, its head says {head.sequence}."
