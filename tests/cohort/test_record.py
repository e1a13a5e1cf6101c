"""No value goes around the record: the database writes down what went past it, a check finds it."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cohort import guards
from cohort.models import Answer, AnswerChange, Case
from cohort.services import answers, record_check, signing
from cohort.tasks import check_record
from registry.errors import Problem
from registry.models import AuditEvent, User
from registry.services import audit
from tests.cohort.filled import COMPLETE

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def filled(case: Case, site_person: User) -> Case:
    answers.save(actor=site_person, case=case, changes=COMPLETE)
    return Case.objects.get()


def age() -> Answer:
    return Answer.objects.get(item="age_yr")


def by_save(case: Case) -> None:
    one = age()
    one.value = "25"
    one.save()


def by_bulk_update(case: Case) -> None:
    one = age()
    one.value = "25"
    Answer.objects.bulk_update([one], ["value"])


def by_upsert(case: Case) -> None:
    Answer.objects.bulk_create(
        [Answer(case=case, item="age_yr", value="25")],
        update_conflicts=True,
        unique_fields=["case", "item"],
        update_fields=["value"],
    )


def by_sql(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cohort_answer SET value = '25' WHERE item = 'age_yr'")


def by_delete(case: Case) -> None:
    age().delete()


def by_sql_delete(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cohort_answer WHERE item = 'age_yr'")


AROUND: dict[str, tuple[Callable[[Case], Any], str]] = {
    "save": (by_save, "25"),
    "update": (lambda case: Answer.objects.filter(item="age_yr").update(value="25"), "25"),
    "bulk_update": (by_bulk_update, "25"),
    "bulk_create over it": (by_upsert, "25"),
    "raw SQL": (by_sql, "25"),
    "delete": (by_delete, ""),
    "queryset.delete": (lambda case: Answer.objects.filter(item="age_yr").delete(), ""),
    "raw SQL delete": (by_sql_delete, ""),
}


@pytest.mark.parametrize("way", AROUND)
def test_what_goes_around_the_registry_is_on_record(filled: Case, way: str) -> None:
    go, new = AROUND[way]
    before = AnswerChange.objects.count()
    go(filled)
    change = AnswerChange.objects.order_by("pk").last()
    assert AnswerChange.objects.count() == before + 1
    assert (change.item, change.old, change.new) == ("age_yr", "52", new)
    assert (change.source, change.by) == (AnswerChange.Source.OUTSIDE, None)
    found = {(one.code, one.name) for one in record_check.differences()}
    assert ("outside", "age_yr") in found


def test_a_new_answer_around_the_registry_is_on_record(case: Case) -> None:
    new = {"age_yr": "25", "sex": "1"}
    Answer.objects.bulk_create([Answer(case=case, item=item, value=value) for item, value in new.items()])
    found = set(AnswerChange.objects.values_list("item", "old", "new", "source"))
    assert found == {("age_yr", "", "25", "sql"), ("sex", "", "1", "sql")}


def test_the_registrys_own_writing_is_recorded_once(filled: Case, site_person: User) -> None:
    answers.save(actor=site_person, case=filled, changes={"comorb_none": "1"}, reason="Read again")
    assert not AnswerChange.objects.filter(source=AnswerChange.Source.OUTSIDE).exists()
    assert list(record_check.differences()) == []


def test_the_record_itself_is_never_changed(filled: Case) -> None:
    one = AnswerChange.objects.first()
    for change in (
        lambda: AnswerChange.objects.update(new="25"),
        lambda: AnswerChange.objects.all().delete(),
        one.save,
        one.delete,
    ):
        with pytest.raises(TypeError):
            change()
    never = pytest.raises(DatabaseError, match="never changed")
    with never, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cohort_answerchange SET new = '25' WHERE item = 'age_yr'")


def test_the_nightly_check_finds_what_no_guard_saw(
    filled: Case, site_person: User, administrator: User, signed_in: SignedIn
) -> None:
    signing.put(actor=site_person, case=filled, revision=filled.revision)
    table = " ON cohort_answer" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {guards.NAME}_update{table}")
    Answer.objects.filter(item="age_yr").update(value="")
    found = {(one.code, one.name) for one in record_check.differences()}
    assert found == {
        ("guard_missing", f"{guards.NAME}_update"),
        ("kept_otherwise", "age_yr"),
        ("signature", ""),
        ("standing", "demographics"),
    }
    with pytest.raises(SystemExit):
        call_command("check_record")
    check_record()
    event = audit.last(AuditEvent.Verb.RECORD_CHECKED)
    assert (event.detail["differences"], event.detail["kept_otherwise"]) == (4, 1)
    assert "4 differences" in signed_in(administrator).get(reverse("system")).content.decode()
    guards.put_up(connection)
    Answer.objects.filter(item="age_yr").update(value="52")
    assert [one.code for one in record_check.differences()] == []


def test_a_complete_form_asks_for_the_reason_of_a_change(
    filled: Case, site_person: User, signed_in: SignedIn
) -> None:
    with pytest.raises(Problem) as told:
        answers.save(actor=site_person, case=filled, changes={"age_yr": "53"})
    assert (told.value.code, list(told.value.extra["fields"])) == ("change_needs_reason", ["age_yr"])
    answers.save(actor=site_person, case=filled, changes={"consecutive_no": "7"})
    answers.save(actor=site_person, case=filled, changes={"age_yr": "53"}, reason="Record read again")
    address = reverse("field_history", args=[filled.subject.code, "age_yr"])
    shown = signed_in(site_person).get(address).content.decode()
    assert "Record read again" in shown
    assert (shown.count("52 years"), shown.count("53 years")) == (2, 1)


def test_the_record_is_taken_along(
    filled: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    answers.save(actor=site_person, case=filled, changes={"age_yr": "53"}, reason="=1+1")
    client = signed_in(curator)
    told = client.get(reverse("api-cohort:form_changes", args=[filled.subject.code])).json()
    assert told[-1] == {
        "subject": filled.subject.code,
        "item": "age_yr",
        "revision": 2,
        "at": told[-1]["at"],
        "by": site_person.name,
        "old": "52",
        "new": "53",
        "original": "",
        "cause": "entered",
        "source": "form",
        "reason": "=1+1",
    }
    sheet = client.get(reverse("changes_csv", args=[filled.subject.code])).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    assert len(lines) == len(told) == AnswerChange.objects.count()
    assert lines[-1]["reason"] == "'=1+1"
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.RECORD_TAKEN).count() == 2
