"""Records as REDCap exports them, out and in, and the template with the patients of a site."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from cohort import dictionary
from cohort.models import Case
from cohort.services import answers, importing, recording
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services.subjects import create_subject
from tests.cohort import people
from tests.cohort.filled import COMPLETE
from tests.cohort.workbooks import book_of, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled_in(site_person: User, subject: Subject) -> Subject:
    answers.save(
        actor=site_person,
        case=answers.case_of(subject),
        changes={
            **COMPLETE,
            "tc_use": "1",
            "tc_chief": "=1+1",
            "comorb_other": "1",
            "comorb_other_code": "3|99",
        },
    )
    return subject


def records(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_row_a_patient_a_column_a_choice(
    site_person: User, foreign_person: User, filled_in: Subject
) -> None:
    empty = create_subject(actor=site_person)
    create_subject(actor=foreign_person)
    first, second = records(recording.take(actor=site_person, name="records.csv").content)
    assert (first["subject_id"], first["redcap_data_access_group"]) == (filled_in.code, "s03")
    assert (first["sx_other___4"], first["sx_other___5"], first["sx_other___1"]) == ("1", "1", "0")
    assert (first["age_yr"], first["eligible"], first["pcr_first_day"]) == ("52", "1", "-1")
    assert first["tc_chief"] == "'=1+1"
    assert (first["demographics_complete"], second["demographics_complete"]) == ("2", "0")
    assert (second["subject_id"], second["age_yr"], second["sx_other___4"]) == (empty.code, "", "0")
    assert not [name for name in first if name.startswith("img_")]


def test_records_that_went_out_come_in(site_person: User, filled_in: Subject) -> None:
    data = recording.take(actor=site_person, name="records.csv").content
    plan = importing.look(actor=site_person, data=data)
    assert plan.errors == []
    assert [one.item.name for line in plan.lines for one in line.differences] == ["tc_chief"]
    assert {item.name for item in plan.read.not_read} >= {"eligible", "site_code"}
    other = create_subject(actor=site_person)
    moved = data.replace(filled_in.code.encode(), other.code.encode()).replace(b"'=1+1", b"cough")
    seen = importing.look(actor=site_person, data=moved)
    importing.bring(actor=site_person, data=moved, seen=seen.digest)
    kept, theirs = (answers.kept(answers.case_of(one)) for one in (filled_in, other))
    assert {**kept, "tc_chief": "", "subject_id": ""} == {**theirs, "tc_chief": "", "subject_id": ""}


def test_a_column_of_a_choice_holds_one_or_zero(site_person: User, subject: Subject) -> None:
    text = f"record_id,sx_none,sx_other___4,sx_other___5,sx_other___99\n{subject.code},0,1,maybe,Checked\n"
    plan = importing.look(actor=site_person, data=text.encode())
    assert [(one.place.cell, one.finding.code) for one in plan.errors] == [("D2", "not_a_box")]
    good = text.replace("maybe", "0").encode()
    importing.bring(actor=site_person, data=good, seen=importing.look(actor=site_person, data=good).digest)
    assert answers.kept(answers.case_of(subject))["sx_other"] == "4|99"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_template_with_a_site_s_patients_changes_nothing_by_itself(
    site_person: User, filled_in: Subject, language: str
) -> None:
    people.complete(site_person, Case.State.ACCEPTED)
    empty = create_subject(actor=site_person)
    made = recording.take(actor=site_person, name=f"workbook-{language}.xlsx")
    assert made.rows == 2
    plan = importing.look(actor=site_person, data=made.content)
    assert (plan.errors, plan.touched) == ([], [])
    book = book_of(made.content)
    section = dictionary.get().section("demographics")
    assert section is not None
    sheet = book[section.label.of(language)]
    assert [cell.value for cell in sheet["A"]][3:5] == [filled_in.code, empty.code]
    assert sheet["C4"].value == {"en": "2 Female", "ko": "2 여"}[language]
    sheet["B5"] = 61
    plan = importing.look(actor=site_person, data=saved(book))
    assert [(line.label, line.count("new")) for line in plan.touched] == [(sheet["A5"].value, 1)]


def test_taking_is_for_the_site_and_on_record(
    site_person: User, lead: User, subject: Subject, signed_in: Callable[[User], Client]
) -> None:
    for actor, name, code in ((lead, "records.csv", "not_at_a_site"), (site_person, "all.csv", "not_found")):
        with pytest.raises(Problem) as caught:
            recording.take(actor=actor, name=name)
        assert caught.value.code == code
    for address in ("/import/records/records.csv", "/api/v1/imports/records/workbook-ko.xlsx"):
        answer = signed_in(site_person).get(address)
        event = AuditEvent.objects.filter(verb=AuditEvent.Verb.TABLE_EXPORTED).last()
        assert event is not None
        assert (event.actor, event.target, event.detail["rows"]) == (site_person, address.split("/")[-1], 1)
        assert event.detail["bytes"] == len(answer.content)
