"""Filters narrow the cohort, and everything is counted anew; what is missing is counted with its reason."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cohort import dictionary
from cohort.models import Case
from cohort.summary import ImagingRecord, Person
from cohort.summary.filters import NotAFilter, choose, filters
from cohort.summary.missing import gaps
from registry.models import Role, User
from tests.cohort import people

SignIn = Callable[[User], Client]
KNOWN = filters([("S03", "One"), ("S05", "Two")])


def person(site: str = "S03", exams: tuple[ImagingRecord, ...] = (), **answers: str) -> Person:
    return Person(f"{site}-0001-A", site, "T", answers, exams)


@pytest.mark.parametrize(
    ("asked", "one", "kept"),
    [
        ({"site": "S05"}, person("S05"), True),
        ({"site": "S05"}, person("S03"), False),
        ({"level": "S"}, person(), False),
        ({"sex": "2"}, person(sex="2"), True),
        ({"age": "60-79"}, person(age_yr="60"), True),
        ({"age": "60-79"}, person(age_yr="79"), True),
        ({"age": "60-79"}, person(age_yr="80"), False),
        ({"age": "80-"}, person(age_yr="97"), True),
        ({"age": "0-19"}, person(), False),
        ({"severity": "oxygen"}, person(tx_o2="1", tx_mv="0"), True),
        ({"severity": "oxygen"}, person(tx_o2="1", tx_mv="1"), False),
        ({"severity": "icu"}, person(out_icu="1"), True),
        ({"outcome": "died"}, person(out_status="2"), True),
        ({"outcome": "alive"}, person(out_status="4"), False),
        ({"disease": "any"}, person(comorb_any="1"), True),
        ({"images": "ct"}, person(exams=(ImagingRecord("CT"),)), True),
        ({"images": "both"}, person(exams=(ImagingRecord("CT"),)), False),
        ({"sex": "2", "age": "60-79"}, person(sex="2", age_yr="50"), False),
        ({"sex": ""}, person(), True),
    ],
)
def test_a_filter_keeps_its_people(asked: dict[str, str], one: Person, kept: bool) -> None:
    assert choose(KNOWN, asked).keeps(one) is kept


@pytest.mark.parametrize("asked", [{"sex": "7"}, {"site": "S99"}, {"colour": "red"}, {"age": "60-78"}])
def test_what_is_no_filter_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(NotAFilter):
        choose(KNOWN, asked)


def test_missing_values_are_counted_with_their_reason_among_those_asked() -> None:
    told = [
        person(lab_ldh_st="DONE", lab_ldh="400", smoking="0"),
        person(lab_ldh_st="ND", smoking="UNK"),
        person(lab_ldh_st="BLOD", lab_ldh="10", smoking="UNK"),
        person(lab_ldh_st="NI", smoking="0"),
        person(),
    ]
    found = {gap.item.name: gap for gap in gaps(dictionary.get(), told)}
    ldh = found["lab_ldh"]
    assert (ldh.asked, ldh.known, ldh.limits, ldh.lacking) == (5, 2, 1, 3)
    assert ldh.reasons == {"ND": 1, "NI": 1, "": 1}
    assert found["smoking"].reasons == {"UNK": 2, "": 1}
    assert "lab_ldh_st" not in found
    assert "comorb_htn" not in found, "a closed branch asks nothing, so nothing is missing there"


@pytest.fixture
def cohort() -> None:
    by, other = people.user(at=people.site()), people.user(at=people.site("S05"))
    for number in range(12):
        people.complete(
            other if number < 4 else by,
            Case.State.ACCEPTED,
            sex="2" if number < 6 else "1",
            age_yr=str(30 + 5 * number),
            smoking="UNK" if number < 3 else "0",
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("cohort")
class TestPage:
    def test_everything_is_counted_anew(self, signed_in: SignIn) -> None:
        client = signed_in(people.user(Role.LEAD))
        page = client.get("/cohort/?sex=2&site=S05")
        text = page.content.decode()
        assert "<b>4</b> of 12 people" in text
        assert "filtered cases" in text
        assert "all accepted cases" not in text
        assert 'value="S05" selected' in text
        assert page.context["view"].summary.shares["female"].pct == 100.0
        told = client.get("/api/v1/summary/?sex=2&site=S05").json()
        assert (told["filters"], told["denominators"]["cohort"]) == ({"site": "S05", "sex": "2"}, 4)
        assert told["counts"]["accepted"] == 12

    def test_nobody_left_is_said_without_a_number(self, signed_in: SignIn) -> None:
        text = signed_in(people.user(Role.LEAD)).get("/cohort/?outcome=died").content.decode()
        assert "No accepted case fits all of these filters." in text
        assert "nan" not in text.lower().replace("finan", "")
        assert 'id="row-male"' not in text

    @pytest.mark.parametrize(
        ("query", "code", "said"),
        [("sex=7", "bad_filter_value", "It has: 1, 2."), ("colour=red", "bad_filter", "There are: site")],
    )
    def test_a_wrong_filter_is_answered_with_what_there_is(
        self, signed_in: SignIn, query: str, code: str, said: str
    ) -> None:
        client = signed_in(people.user(Role.LEAD))
        page, answer = client.get(f"/cohort/?{query}"), client.get(f"/api/v1/summary/?{query}")
        assert (page.status_code, answer.status_code) == (400, 400)
        assert answer.json()["code"] == code
        assert said in page.content.decode()
        assert "red" not in answer.json()["message"]

    def test_researchers_may_not_filter_since_two_tables_tell_a_small_cell(self, signed_in: SignIn) -> None:
        client = signed_in(people.user(Role.RESEARCHER))
        assert client.get("/cohort/?sex=2").status_code == 403
        answer = client.get("/api/v1/summary/?sex=2")
        assert (answer.status_code, answer.json()["code"]) == (403, "filters_tell_small_cells")
        assert "narrow-sex" not in client.get("/cohort/").content.decode()
        assert client.get("/cohort/rows/male/").status_code == 403

    def test_a_number_leads_to_its_people(self, signed_in: SignIn) -> None:
        client = signed_in(people.user(Role.CURATOR))
        assert "/cohort/rows/female/?site=S05" in client.get("/cohort/?site=S05").content.decode()
        page = client.get("/cohort/rows/female/?site=S05")
        assert [code[:3] for code, _site, _n in page.context["people"]] == ["S05"] * 4
        assert "4 people" in page.content.decode()
        ages = client.get("/cohort/rows/age/").context["people"]
        assert [n for _code, _site, n in ages][-4:] == [30.0, 35.0, 40.0, 45.0]
        assert client.get("/cohort/rows/none_such/").status_code == 404
        assert "counts nobody" in client.get("/cohort/rows/death/").content.decode()

    def test_the_command_filters_too(self) -> None:
        out = StringIO()
        call_command("summary", "--json", "--where", "sex=2", stdout=out)
        assert json.loads(out.getvalue())["denominators"]["cohort"] == 6
        with pytest.raises(CommandError, match="It has: 1, 2"):
            call_command("summary", "--where", "sex=9")

    def test_missing_data_and_published_tables_are_on_the_page(self, signed_in: SignIn) -> None:
        text = signed_in(people.user(Role.LEAD)).get("/cohort/").content.decode()
        assert "Table 5. Missing data" in text
        assert "12 no answer" in text
        assert "Beside: 3,060 patients in Korea" in text
        assert "38 / 522 = 7.28 %" in text

    def test_researchers_are_told_no_reasons_and_no_small_gap(self, signed_in: SignIn) -> None:
        page = signed_in(people.user(Role.RESEARCHER)).get("/cohort/")
        seen = [gap["label"] for gap in signed_in(people.user(Role.LEAD)).get("/cohort/").context["gaps"]]
        assert "Smoking history" in seen
        assert "Smoking history" not in [gap["label"] for gap in page.context["gaps"]]
        assert all(gap["why"] == "" for gap in page.context["gaps"])
        assert all(not 0 < gap[n] < 5 for gap in page.context["gaps"] for n in ("known", "lacking", "asked"))
