"""The cohort page, its API and its command: only accepted cases count, and small cells stay hidden."""

import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cohort.models import Case
from cohort.summary.table import Line
from registry.models import Role, User
from tests.cohort import people

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def told() -> dict[str, dict[str, dict[str, object]]]:
    out = StringIO()
    call_command("summary", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_only_accepted_cases_count_and_it_says_so(signed_in: SignIn) -> None:
    by = people.user(at=people.site())
    for state in (Case.State.DRAFT, Case.State.SUBMITTED, Case.State.RETURNED, Case.State.ACCEPTED):
        people.complete(by, state, sex="2")
    summary = told()
    assert summary["counts"] == {"accepted": 1, "submitted": 3}
    assert summary["categorical"]["female"]["n"] == 1
    text = signed_in(people.user(Role.LEAD)).get("/cohort/").content.decode()
    assert "1 accepted of 3 sent so far" in text


def test_the_command_answers_in_the_shape_of_the_checker() -> None:
    by = people.user(at=people.site())
    people.complete(by, Case.State.ACCEPTED, age_yr="40")
    people.complete(by, Case.State.ACCEPTED, age_yr="61", sex="2")
    summary = told()
    male = summary["categorical"]["male"]
    assert (male["n"], male["denominator"], male["pct"], male["of"]) == (1, 2, 50.0, "cohort")
    age = summary["continuous"]["age"]
    assert (age["n"], age["mean"], age["min"], age["max"]) == (2, 50.5, 40.0, 61.0)
    assert age["sd"] == pytest.approx(14.849, abs=0.001)
    assert summary["denominators"]["ct_scans"] == 2


def test_an_empty_cohort_is_a_table_without_numbers(signed_in: SignIn) -> None:
    summary = told()
    assert summary["categorical"]["male"]["pct"] is None
    assert summary["continuous"]["age"]["mean"] is None
    for role in (Role.LEAD, Role.CURATOR, Role.RESEARCHER):
        assert "No accepted case yet" in signed_in(people.user(role)).get("/cohort/").content.decode()


def test_the_command_prints_a_table_too() -> None:
    people.complete(people.user(at=people.site()), Case.State.ACCEPTED)
    out = StringIO()
    call_command("summary", stdout=out)
    assert "1 accepted of 1 submitted" in out.getvalue()
    assert re.search(r"Male +1 \(100\.0\) +1 all accepted cases", out.getvalue())
    assert "nan" not in out.getvalue().lower()


def test_an_exam_speaks_by_its_thinnest_axial_series_and_held_back_ones_by_none() -> None:
    by = people.user(at=people.site())
    case = people.complete(by, Case.State.ACCEPTED)
    exam = case.subject.exams.get(kind="CT")
    people.series(exam, thickness_mm=0.6, plane="coronal", vendor="GE Healthcare")
    people.series(exam, thickness_mm=2.0, plane="axial")
    people.exam(case.subject, "CT", 9, state="quarantined")
    summary = told()
    assert summary["denominators"]["ct_scans"] == 1
    assert summary["categorical"]["st_le15"]["n"] == 1
    assert summary["categorical"]["vendor_siemens"]["n"] == 1


@pytest.fixture
def twenty() -> None:
    by = people.user(at=people.site())
    other = people.user(at=people.site("S05"))
    for number in range(20):
        people.complete(
            other if number < 3 else by,
            Case.State.ACCEPTED,
            sex="2" if number < 8 else "1",
            smoking="2" if number < 2 else "0",
            out_status="2" if number < 2 else "1",
        )


def _lines(page: Any) -> dict[str, Line]:
    tables = page.context["tables"]
    return {line.id: line for table in tables for group in table["groups"] for line in group.lines}


@pytest.mark.usefixtures("twenty")
def test_researchers_see_no_small_cells(signed_in: SignIn) -> None:
    lead, researcher = signed_in(people.user(Role.LEAD)), signed_in(people.user(Role.RESEARCHER))
    whole, hidden = (client.get("/api/v1/summary/").json() for client in (lead, researcher))
    assert whole["categorical"]["smk_current"]["n"] == 2
    assert hidden["categorical"]["smk_current"] | {"section": 0, "label": 0} == {
        "section": 0,
        "label": 0,
        "of": "cohort",
        "n": None,
        "denominator": None,
        "pct": None,
        "hidden": True,
    }
    assert hidden["categorical"]["smk_never"]["n"] is None
    assert hidden["categorical"]["female"]["n"] == 8
    assert (hidden["denominators"]["deaths"], hidden["sites"]) == (None, {"S03": None, "S05": None})
    page_of = researcher.get("/cohort/")
    page = page_of.content.decode()
    assert "Counts below 5" in page
    assert "2 (10.0)" not in page
    assert all(not re.match(r"[1-4] \(", line.value) for line in _lines(page_of).values())
    bars = [bar.n for figure in page_of.context["figures"] for bar in figure.bars]
    assert bars
    assert not {1, 2, 3, 4} & set(bars)
    assert "2 (10.0)" in lead.get("/cohort/").content.decode()


@pytest.mark.parametrize("role", [Role.RADIOLOGIST, Role.ADMIN])
def test_others_have_no_summary(signed_in: SignIn, role: Role) -> None:
    client = signed_in(people.user(role, people.site() if role == Role.RADIOLOGIST else None))
    assert client.get("/cohort/").status_code == 403
    answer = client.get("/api/v1/summary/")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.usefixtures("twenty")
def test_every_line_of_the_page_names_its_denominator(signed_in: SignIn) -> None:
    text = signed_in(people.user(Role.LEAD)).get("/cohort/").content.decode()
    assert len(re.findall(r'<tr class="indent"', text)) > 90
    assert "of all accepted cases" not in text
    assert text.count("all accepted cases") > 40
    assert re.search(r"n = 20\s+all accepted cases", text)
