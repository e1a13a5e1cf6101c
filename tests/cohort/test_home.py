"""The worklist: who lands where, what is counted, and how many queries it takes."""

import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.models import Case
from cohort.selectors_worklist import worklist
from cohort.services import queries
from registry.models import Role, Subject, User
from tests.cohort import people

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.CURATOR, "/review/"),
        (Role.RESEARCHER, "/exports/"),
        (Role.LEAD, "/cohort/"),
        (Role.ADMIN, "/system/"),
    ],
)
def test_each_role_lands_on_its_own_page(signed_in: SignIn, role: Role, address: str) -> None:
    response = signed_in(people.user(role)).get("/")
    assert (response.status_code, response["Location"]) == (302, address)


def test_a_site_lands_on_its_worklist_and_an_empty_one_says_what_to_do(signed_in: SignIn) -> None:
    text = signed_in(people.user(at=people.site())).get("/").content.decode()
    assert "No patients yet" in text
    assert text.count("button-main") == 1


def test_counts_say_what_waits() -> None:
    by = people.user(at=people.site())
    curator = people.user(Role.CURATOR)
    people.subject(by)
    people.complete(by, Case.State.SUBMITTED)
    returned = people.complete(by, Case.State.RETURNED)
    queries.open(actor=curator, case=returned, text="Which day?")
    found = worklist(by)
    assert found.counts == {
        "all": 3,
        "exams": 1,
        "forms": 2,
        "questions": 1,
        "returned": 1,
        "submitted": 1,
        "accepted": 0,
        "held": 0,
    }


def test_slots_are_told_in_words_too(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    people.exam(people.subject(by), "CT", 3)
    text = signed_in(by).get("/").content.decode()
    assert "CT 1: here." in " ".join(text.split())
    assert "Radiograph within 24 h of CT 1: missing." in " ".join(text.split())


def test_filter_and_search_narrow_the_list(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    codes = [people.subject(by).code for _ in range(3)]
    people.case(Subject.objects.get(code=codes[1]), Case.State.ACCEPTED)
    client = signed_in(by)
    assert codes_in(client.get("/?show=accepted")) == {codes[1]}
    assert codes_in(client.get("/", {"q": codes[2][:8]})) == {codes[2]}
    assert codes_in(client.get("/?show=nonsense&page=99")) == set(codes)


@pytest.mark.parametrize(
    "part", ["S03-0001-{letter}", "s03-0001-{letter}", "S03", "03-0001", "0001", "1-{letter}", " S03- "]
)
def test_any_part_of_a_code_is_found(signed_in: SignIn, part: str) -> None:
    by = people.user(at=people.site())
    code = people.subject(by).code
    page = signed_in(by).get("/", {"q": part.format(letter=code[-1])})
    assert codes_in(page) == {code}
    assert "not part of a code" not in page.content.decode()


@pytest.mark.parametrize("typed", ["Kim Minsu", "김민수", "900101-1234567", "010-1234-5678", "S", "<b>", "٣"])
def test_what_is_no_part_of_a_code_is_neither_searched_nor_shown_again(signed_in: SignIn, typed: str) -> None:
    by = people.user(at=people.site())
    code = people.subject(by).code
    page = signed_in(by).get("/", {"q": typed, "show": "exams"}, follow=True)
    text = page.content.decode()
    assert codes_in(page) == {code}
    assert "not part of a code" in text
    assert page.redirect_chain == [("/?show=exams", 302)]
    assert "q=" not in text


def test_the_browser_does_not_send_what_is_no_part_of_a_code(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    people.subject(by)
    field = re.search(r'<input id="q"[^>]*>', signed_in(by).get("/").content.decode())
    assert field
    pattern = re.search(r'pattern="([^"]*)"', field[0])
    assert pattern
    rule = re.compile(unescape(pattern[1]))
    assert rule.fullmatch("S03-0001-K")
    assert rule.fullmatch("s03-0001-k")
    assert not rule.fullmatch("Kim Minsu")


def test_a_list_longer_than_a_page_has_pages(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    for _ in range(51):
        people.subject(by)
    client = signed_in(by)
    assert len(codes_in(client.get("/"))) == 50
    assert len(codes_in(client.get("/?page=2"))) == 1


def test_fifty_subjects_take_no_more_queries_than_one(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    client = signed_in(by)
    counts = []
    for number in (1, 49):
        for _ in range(number):
            people.complete(by, Case.State.DRAFT)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[1] <= 16


def test_a_new_patient_is_made_once_however_often_the_button_is_pressed(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    client, request_id = signed_in(by), str(uuid.uuid4())
    responses = [client.post("/subjects/new/", {"request_id": request_id}) for _ in range(2)]
    assert Subject.objects.count() == 1
    code = Subject.objects.get().code
    assert [response["Location"] for response in responses] == [f"/subjects/{code}/"] * 2


def test_a_site_without_approval_is_told_why_it_cannot_add(signed_in: SignIn) -> None:
    by = people.user(at=people.site(approved=False))
    client = signed_in(by)
    text = client.get("/").content.decode()
    assert "no ethics approval in force" in text
    assert "/subjects/new/" not in text
    assert client.post("/subjects/new/").status_code == 403


def test_researchers_and_administrators_have_no_patients(signed_in: SignIn) -> None:
    for role in (Role.RESEARCHER, Role.ADMIN):
        assert signed_in(people.user(role)).get("/subjects/").status_code == 403


def test_the_lead_sees_every_site(signed_in: SignIn) -> None:
    one, other = people.user(at=people.site("S03")), people.user(at=people.site("S05"))
    made = {people.subject(one).code, people.subject(other).code}
    assert codes_in(signed_in(people.user(Role.LEAD)).get("/subjects/")) == made


def codes_in(response: Any) -> set[str]:
    assert response.status_code == 200
    return set(re.findall(r'href="/subjects/(S\d\d-\d{4}-[A-Z])/"', response.content.decode()))
