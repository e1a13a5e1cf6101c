"""The form by API, as DESIGN promises it to outsiders."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from cohort.models import Case, Query
from cohort.services import answers, queries
from imaging.models import Series
from registry.models import Subject, User
from tests.cohort import people
from tests.cohort.filled import COMPLETE


@pytest.fixture
def api() -> APIClient:
    return APIClient()


@pytest.fixture
def as_site(api: APIClient, site_person: User) -> APIClient:
    api.force_authenticate(site_person)
    return api


@pytest.fixture
def url(subject: Subject) -> str:
    return f"/api/v1/forms/{subject.code}/"


def patch(api: APIClient, url: str, data: Any) -> Any:
    return api.patch(url, json.dumps(data), content_type="application/json")


def test_a_new_form(as_site: APIClient, url: str, subject: Subject) -> None:
    form = as_site.get(url).json()
    assert (form["subject"], form["state"], form["revision"]) == (subject.code, "draft", 0)
    assert form["values"] == {
        "subject_id": subject.code,
        "site_code": "S03",
        "site_level": "T",
        "irb_ok": "1",
    }
    assert form["states"]["age_yr"] == "missing"
    assert form["states"]["transfer_from_site"] == "closed"
    assert form["states"]["consecutive_no"] == "optional"
    assert form["states"]["eligible"] == "computed"
    assert form["sections"][1] == {
        "slug": "eligibility",
        "state": "empty",
        "label": "Eligibility",
        "answered": 0,
        "required": 5,
        "complete": False,
        "errors": 0,
        "warnings": 0,
    }
    assert form["editable"] is True


def test_answers_are_changed_and_come_back(as_site: APIClient, url: str) -> None:
    answer = patch(as_site, url, {"values": {"age_yr": 63, "sx_none": True, "sex": "1"}, "revision": 0})
    assert answer.status_code == 200
    form = answer.json()
    assert (form["values"]["age_yr"], form["values"]["sx_none"], form["revision"]) == ("63", "1", 1)
    assert form["states"]["age_yr"] == "answered"
    assert set(form["entered"]) == {"age_yr", "sx_none", "sex"}
    assert as_site.get(url).json()["values"]["age_yr"] == "63"


def test_names_may_stand_at_the_top_and_lists_are_choices(as_site: APIClient, url: str) -> None:
    form = patch(as_site, url, {"pathogen_tested": ["2", 1]}).json()
    assert form["values"]["pathogen_tested"] == "1|2"
    assert form["states"]["coinfection"] == "missing"
    form = patch(as_site, url, {"pathogen_tested": None}).json()
    assert "pathogen_tested" not in form["values"]


def test_warnings_come_with_the_form(as_site: APIClient, url: str) -> None:
    form = patch(as_site, url, {"values": {"age_yr": 99}}).json()
    assert form["findings"] == [
        {
            "code": "unusual",
            "severity": "warning",
            "items": ["age_yr"],
            "message": "Age at admission is outside the usual 11 to 97 years. Keep it if it is right.",
        }
    ]


def test_a_refused_answer_is_named(as_site: APIClient, url: str) -> None:
    answer = patch(as_site, url, {"values": {"age_yr": 130, "sex": "1"}})
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "values_refused"
    assert problem["fields"]["age_yr"]["code"] == "out_of_range"
    assert "0 and 120" in problem["fields"]["age_yr"]["message"]
    assert "sex" not in as_site.get(url).json()["values"]


def test_in_korean(as_site: APIClient, url: str) -> None:
    answer = as_site.patch(url, {"values": {"age_yr": 130}}, format="json", headers={"accept-language": "ko"})
    assert "0에서 120 세 사이" in answer.json()["fields"]["age_yr"]["message"]


def test_a_conflict_shows_both(as_site: APIClient, url: str, case: Case, colleague: User) -> None:
    answers.save(actor=colleague, case=case, changes={"age_yr": "25"})
    answer = patch(as_site, url, {"values": {"age_yr": "52"}, "revision": 0})
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "changed_meanwhile"
    assert problem["revision"] == 1
    field = problem["fields"]["age_yr"]
    assert (field["yours"], field["theirs"], field["by"]) == ("52", "25", colleague.name)


def test_what_others_changed_since(as_site: APIClient, url: str, case: Case, colleague: User) -> None:
    patch(as_site, url, {"values": {"sex": "1"}})
    answers.save(actor=colleague, case=case, changes={"age_yr": "25", "route": "1"})
    form = as_site.get(url, {"since": "1"}).json()
    assert {(change["item"], change["by"]) for change in form["changes"]} == {
        ("age_yr", colleague.name),
        ("route", colleague.name),
    }
    assert as_site.get(url, {"since": "2"}).json()["changes"] == []
    assert as_site.get(url).json()["changes"] == []
    form = patch(as_site, url, {"values": {"smoking": "0"}, "revision": 1}).json()
    assert {change["item"] for change in form["changes"]} == {"age_yr", "route"}
    assert as_site.get(url, {"since": "x"}).json()["code"] == "bad_revision"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "bad_values"),
        ("text", "bad_values"),
        ({"values": []}, "bad_values"),
        ({"values": {f"x{n}": 1 for n in range(1001)}}, "bad_values"),
        ({"values": {}, "revision": -1}, "bad_revision"),
        ({"values": {}, "revision": True}, "bad_revision"),
        ({"values": {}, "revision": "1"}, "bad_revision"),
        ({"values": {}, "revision": 9}, "bad_revision"),
        ({"values": {}, "reason": 5}, "bad_reason"),
        ({"values": {"age_yr": {}}}, "values_refused"),
        ({"values": {"age_yr": [1]}}, "values_refused"),
        ({"values": {"tc_use": "1", "tc_chief": "\ud800"}}, "bad_request"),
        ({"values": {"x" * 5000: 1}}, "values_refused"),
    ],
)
def test_a_bad_call_is_told_what_is_wrong(as_site: APIClient, url: str, body: Any, code: str) -> None:
    answer = patch(as_site, url, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert len(answer.content) < 2000


def test_sending(as_site: APIClient, url: str, stored_series: Series) -> None:
    answer = as_site.post(f"{url}submit/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    assert "age_yr" in answer.json()["missing"]
    assert patch(as_site, url, {"values": COMPLETE}).status_code == 200
    answer = as_site.post(f"{url}submit/")
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
    assert patch(as_site, url, {"values": {"age_yr": 1}}).json()["code"] == "form_closed"


def test_who_sees_and_who_writes(
    api: APIClient,
    url: str,
    colleague: User,
    foreign_person: User,
    curator: User,
    lead: User,
    researcher: User,
    administrator: User,
) -> None:
    expected = [
        (colleague, 200, 200),
        (foreign_person, 404, 404),
        (curator, 200, 403),
        (lead, 200, 403),
        (researcher, 404, 404),
        (administrator, 404, 404),
    ]
    for user, reads, writes in expected:
        api.force_authenticate(user)
        assert api.get(url).status_code == reads, user
        assert patch(api, url, {"values": {"sex": "1"}}).status_code == writes, user
        assert api.post(f"{url}submit/").status_code == (409 if writes == 200 else writes), user
        assert api.get(f"{url}queries/").status_code == reads, user
    api.force_authenticate(None)
    assert api.get(url).status_code == 401


def test_a_form_that_is_not_there(as_site: APIClient, db: None) -> None:
    for code in ("S03-9999-A", "x", "S03-0001-%00"):
        assert as_site.get(f"/api/v1/forms/{code}/").status_code == 404


def test_the_dictionary(as_site: APIClient, db: None) -> None:
    found = as_site.get("/api/v1/dictionary/").json()
    assert (found["id"], len(found["items"]), len(found["sections"])) == ("kicc19-1", 145, 14)
    item = next(item for item in found["items"] if item["name"] == "elig_inspiration")
    assert item["choices"][1] == {"code": "0", "label": {"en": "No, waiver asked", "ko": "아니요, 예외 신청"}}
    item = next(item for item in found["items"] if item["name"] == "vs_temp")
    assert (item["plausible"], item["hard"]) == (["35", "41"], ["30", "45"])


def test_questions(api: APIClient, url: str, case: Case, site_person: User, curator: User) -> None:
    people.give_back(case)
    api.force_authenticate(curator)
    asked = api.post(f"{url}queries/", {"text": "Really 52?", "item": "age_yr"}, format="json")
    assert asked.status_code == 201
    number = asked.json()["id"]
    api.force_authenticate(site_person)
    answer = api.post(f"/api/v1/queries/{number}/answer/", {"text": "Yes."}, format="json")
    assert answer.json()["state"] == "answered"
    assert api.post(f"/api/v1/queries/{number}/close/").status_code == 403
    assert [m["text"] for m in api.get(f"{url}queries/").json()[0]["messages"]] == ["Really 52?", "Yes."]
    api.force_authenticate(curator)
    assert api.post(f"/api/v1/queries/{number}/close/").json()["state"] == "closed"
    assert Query.objects.get().closed_at is not None


def test_questions_of_other_sites_are_not_there(
    api: APIClient, case: Case, curator: User, foreign_person: User, researcher: User
) -> None:
    query = queries.open(actor=curator, case=people.give_back(case), text="Why?")
    for user in (foreign_person, researcher):
        api.force_authenticate(user)
        answer = api.post(f"/api/v1/queries/{query.pk}/answer/", {"text": "So"}, format="json")
        assert answer.status_code == 404
        assert api.post("/api/v1/queries/99999999999999999999999/close/").status_code == 404
