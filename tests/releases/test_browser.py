"""The way from a release to its table in a browser: live counts, decision, agreement, download."""

import csv
from pathlib import Path
from typing import Any

import pytest

from cohort.models import Case
from registry.models import Role, User
from releases.services import freezing
from tests.cohort import people
from tests.e2e.people import Person

pytestmark = pytest.mark.django_db(transaction=True)


def window(browser: Any, live_server: Any, user: User) -> Person:
    return Person(browser, str(live_server), user.email, people.PASSWORD)


def test_a_researcher_asks_the_board_decides_and_the_table_comes(
    browser: Any, live_server: Any, tmp_path: Path
) -> None:
    radiologist = people.user(at=people.site("S03"))
    for number in range(8):
        people.complete(radiologist, Case.State.ACCEPTED, sex="1" if number < 5 else "2")
    lead, researcher = people.user(Role.LEAD), people.user(Role.RESEARCHER)
    freezing.make(actor=lead, title="First")

    asks = window(browser, live_server, researcher)
    asks.go("/releases/1/")
    asks.page.get_by_role("link", name="Ask for access").click()
    assert asks.page.inner_text("#count") == "about 8 of 8 people"
    asks.page.select_option("#narrow-sex", "1")
    asks.page.locator("#count", has_text="about 5 of 8").wait_for()
    asks.page.select_option("#narrow-sex", "2")
    asks.page.locator("#count", has_text="fewer than 5 of 8").wait_for()
    asks.page.get_by_text("Limited", exact=True).click()
    asks.page.fill("#purpose", "Women only")
    asks.page.get_by_role("button", name="Ask the data board").click()
    asks.page.wait_for_url("**/access/*/")

    decides = window(browser, live_server, lead)
    decides.go("/access/")
    decides.page.get_by_role("link", name="Women only").click()
    decides.page.fill("#risk_answer", "Three women of a test")
    decides.page.get_by_role("button", name="Approve").click()
    decides.page.locator(".status", has_text="to be agreed to").first.wait_for()

    asks.page.reload()
    asks.page.check("input[name=agreed]")
    asks.page.get_by_role("button", name="access for 180 days begins").click()
    with asks.page.expect_download() as waiting:
        asks.page.get_by_role("link", name="table.csv").click()
    waiting.value.save_as(tmp_path / "table.csv")
    rows = list(csv.DictReader((tmp_path / "table.csv").read_text("utf-8-sig").splitlines()))
    assert [row["sex"] for row in rows] == ["2", "2", "2"]

    checks = "In 8 patients, 5 (62.5%) were men; mechanical ventilation (n = 3)"
    decides.go("/releases/1/check/")
    decides.page.fill("#text", checks)
    decides.page.get_by_role("button", name="Check the numbers").click()
    assert decides.page.locator("mark.of-holds").count() >= 3
    decides.page.locator("td", has_text="The release counts 0, the text 3.").first.wait_for()
    assert asks.complaints == decides.complaints == []
