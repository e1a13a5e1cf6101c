"""Protocol adherence: counts by site, each over its own denominator."""

import datetime

import pytest
from django.test import Client

from cohort.adherence import Adherence, Followed, adherence
from cohort.selectors_adherence import adherence_of
from cohort.slots import DAY_ZERO, ExamFacts
from registry.models import Role, User
from tests.cohort import people

STAY = {"out_status": "1", "pcr_pos_day": "-1", "out_end_day": "14"}


def exam(
    number: int, kind: str, day: int, hour: int = 9, slot: str = "", *, anchored: bool = True
) -> ExamFacts:
    when = DAY_ZERO + datetime.timedelta(days=day)
    return ExamFacts(number, kind, slot, when, datetime.time(hour), anchored)


WHOLE = (
    exam(1, "CXR", 0, slot="baseline"),
    exam(2, "CT", 3),
    exam(3, "CXR", 4, slot="near_ct"),
    exam(4, "CXR", 14, slot="discharge"),
)


@pytest.mark.parametrize(
    ("exams", "answers", "expected"),
    [
        (WHOLE, STAY, Adherence(1, 1, 1, 1, 1, 1, 1)),
        ((), STAY, Adherence(1, 0, 0, 0, 0, 1, 0)),
        (WHOLE[1:], STAY, Adherence(1, 0, 1, 1, 1, 1, 1)),
        (WHOLE[:2], STAY, Adherence(1, 1, 1, 1, 0, 1, 0)),
        ((*WHOLE, exam(5, "CT", 9)), STAY, Adherence(1, 1, 1, 2, 1, 1, 1)),
        (WHOLE, STAY | {"out_status": "2"}, Adherence(1, 1, 1, 1, 1, 0, 0)),
        (WHOLE, {}, Adherence(1, 1, 1, 1, 1, 0, 0)),
        (WHOLE, STAY | {"pcr_pos_day": "3"}, Adherence(1, 1, 1, 1, 1, 1, 1)),
        (WHOLE, STAY | {"pcr_pos_day": "4"}, Adherence(1, 1, 0, 1, 1, 1, 1)),
        (WHOLE, STAY | {"out_end_day": "3"}, Adherence(1, 1, 1, 1, 1, 1, 1)),
        (WHOLE, STAY | {"out_end_day": "2"}, Adherence(1, 1, 0, 1, 1, 1, 1)),
        ((exam(2, "CT", 3, anchored=False),), STAY, Adherence(1, 0, 0, 1, 0, 1, 0)),
        ((exam(2, "CT", 3, 9), exam(3, "CXR", 4, 10)), STAY, Adherence(1, 0, 1, 1, 0, 1, 0)),
    ],
)
def test_a_case_is_counted(
    exams: tuple[ExamFacts, ...], answers: dict[str, str], expected: Adherence
) -> None:
    by_site, everybody = adherence([Followed("S03", exams, answers)])
    assert by_site == {"S03": expected}
    assert everybody == expected


def test_sites_are_told_apart_and_added_up() -> None:
    by_site, everybody = adherence(
        [Followed("S05", WHOLE, STAY), Followed("S03", (), STAY), Followed("S05", WHOLE[:2], STAY)]
    )
    assert list(by_site) == ["S03", "S05"]
    assert by_site["S05"] == Adherence(2, 2, 2, 2, 1, 2, 1)
    assert everybody == Adherence(3, 2, 2, 2, 1, 3, 1)
    assert adherence([]) == ({}, Adherence())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
def test_the_page_counts_cases_that_were_sent_with_named_denominators() -> None:
    here, there = people.user(at=people.site("S03")), people.user(at=people.site("S05"))
    people.complete(here)
    lacking = people.complete(there, "accepted", out_status="2")
    lacking.subject.exams.filter(slot="baseline").get().series.all().delete()
    people.case(people.subject(here))
    lead = people.user(Role.LEAD)
    by_site, everybody = adherence_of(lead)
    assert by_site["S03"] == Adherence(1, 1, 1, 1, 1, 1, 1)
    assert by_site["S05"] == Adherence(1, 0, 1, 1, 1, 0, 0)
    assert everybody.cases == 2
    page = signed_in(lead).get("/cohort/protocol/").content.decode()
    assert "2 cases sent or accepted" in page
    assert "1/2 " in page
    assert "50.0" in page
    assert "discharged alive" in page
    assert "–" in page
    assert "/cohort/protocol/" in signed_in(lead).get("/cohort/").content.decode()


@pytest.mark.django_db
def test_nothing_was_sent_yet() -> None:
    page = signed_in(people.user(Role.LEAD)).get("/cohort/protocol/").content.decode()
    assert "No case was sent yet" in page
