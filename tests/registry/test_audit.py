import hashlib
import importlib
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from registry.models import AuditEvent, AuditHead
from registry.services import audit

pytestmark = pytest.mark.django_db


def events(count: int) -> list[AuditEvent]:
    return [
        audit.record(verb=AuditEvent.Verb.SUBJECT_MADE, subject_code=f"S03-{n:04d}-A", detail={"n": n})
        for n in range(count)
    ]


def test_a_chain_that_nobody_touched_holds() -> None:
    events(5)
    assert list(audit.breaks()) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("subject_code", "S03-0009-A"), ("detail", '{"n": 9}'), ("verb", "form changed"), ("actor_name", "x")],
)
def test_a_changed_event_is_found(column: str, value: str) -> None:
    event = events(3)[1]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE registry_auditevent SET {column} = %s WHERE id = %s", [value, event.pk])
    assert list(audit.breaks()) == ["Event 2 was changed after it was written."]


def test_a_removed_event_is_found() -> None:
    AuditEvent.objects.filter(pk=events(3)[1].pk)._raw_delete("default")
    assert "Event 2 is missing before event 3." in list(audit.breaks())


def test_a_cut_tail_is_found() -> None:
    AuditEvent.objects.filter(pk=events(3)[2].pk)._raw_delete("default")
    assert list(audit.breaks()) == ["The last events are missing: the chain ends at 2, its head says 3."]


def test_an_emptied_trail_is_found() -> None:
    for event in events(2):
        AuditEvent.objects.filter(pk=event.pk)._raw_delete("default")
    assert AuditHead.objects.get().sequence == 2
    assert list(audit.breaks())


def test_events_are_not_changed_or_deleted_through_the_models() -> None:
    event = events(1)[0]
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(actor_name="x")


def rewrite_with_plain_hashes(events: Any, heads: Any) -> None:
    """The chain as somebody writes it who has the database and not the key."""
    previous = "0" * 64
    for event in list(events.order_by("sequence")):
        event.previous = previous
        previous = hashlib.sha256(audit.content_of(event)).hexdigest()
        events.filter(pk=event.pk).update(previous=event.previous, digest=previous)
    heads.update(digest=previous)


def historical() -> Any:
    return MigrationLoader(connection).project_state(("registry", "0002_heartbeat")).apps


def test_a_whole_chain_written_anew_without_the_key_is_found() -> None:
    events(3)
    apps = historical()
    rewrite_with_plain_hashes(
        apps.get_model("registry", "AuditEvent").objects, apps.get_model("registry", "AuditHead").objects
    )
    assert len(list(audit.breaks())) == 3


def test_another_secret_key_does_not_verify_it(settings: Any) -> None:
    events(2)
    settings.SECRET_KEY = "ab" * 32
    assert len(list(audit.breaks())) == 2


@pytest.mark.parametrize("altered", [False, True])
def test_the_migration_signs_a_chain_of_plain_hashes_and_no_broken_one(altered: bool) -> None:
    changed = events(3)[1]
    apps = historical()
    old = apps.get_model("registry", "AuditEvent").objects
    rewrite_with_plain_hashes(old, apps.get_model("registry", "AuditHead").objects)
    if altered:
        old.filter(pk=changed.pk).update(actor_name="x")
    importlib.import_module("registry.migrations.0002_heartbeat").sign(apps, None)
    assert bool(list(audit.breaks())) is altered
