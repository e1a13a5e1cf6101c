"""The form in a real browser: typed by keyboard, saved as it is typed, nothing overwritten, no date sent."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cohort.models import Case
from cohort.services import answers
from registry.models import User

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Any]


def wait_saved(page: Any) -> None:
    page.wait_for_selector('#save-state[data-state="saved"]')


def test_a_section_by_keyboard_alone(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "vital-signs")
    page.focus("#id-vs_day")
    for typed in ("0", "37.4", "128", "79", "84", "18"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "save-next"
    page.keyboard.press("Enter")
    page.wait_for_url("**/laboratory/")
    kept = answers.kept(case)
    assert (kept["vs_temp"], kept["vs_temp_st"], kept["vs_rr"], kept["vs_spo2_st"]) == (
        "37.4",
        "DONE",
        "18",
        "ND",
    )
    assert page.wrong == []


def test_branches_open_and_what_they_clear_is_told(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "underlying-disease")
    assert page.is_hidden('[data-block="comorb_htn"]')
    page.click('[data-field="comorb_none"] .option:has-text("No")')
    page.click('[data-field="comorb_htn"] .option:has-text("Yes")')
    wait_saved(page)
    assert answers.kept(case)["comorb_htn"] == "1"
    page.click('[data-field="comorb_none"] .option:has-text("Yes")')
    page.wait_for_selector("text=Cleared, because they are no longer asked: Hypertension")
    assert page.is_hidden('[data-block="comorb_htn"]')
    assert "comorb_htn" not in answers.kept(case)


def test_a_wrong_value_is_told_at_once_and_not_sent(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "demographics")
    page.fill("#id-age_yr", "152")
    assert "between 0 and 120" in page.inner_text("#error-age_yr")
    page.keyboard.press("Tab")
    assert page.inner_text("#save-state") == "1 answer needs a correction"
    page.fill("#id-age_yr", "98")
    assert "outside the usual 11 to 97" in page.inner_text("#warning-age_yr")
    page.keyboard.press("Tab")
    wait_saved(page)
    assert answers.kept(case)["age_yr"] == "98"


def test_the_calendar_stays_in_the_browser(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "rt-pcr")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    page.fill("#admission-date", "2020-03-05")
    page.fill("#date-pcr_first_day", "2020-03-02")
    assert page.input_value("#id-pcr_first_day") == "-3"
    wait_saved(page)
    page.click('[data-field="pcr_first_result"] .option:has-text("Positive")')
    wait_saved(page)
    assert answers.kept(case)["pcr_first_day"] == "-3"
    page.click("#save-next")
    page.wait_for_url("**/vital-signs/")
    assert page.input_value("#admission-date") == "2020-03-05"
    assert sent
    assert not re.search(r"2020|03-0[25]", " ".join(sent))
    assert page.evaluate(f"sessionStorage.getItem('admission:{case.subject.code}')") == "2020-03-05"
    page.click("text=Forget it")
    assert page.evaluate(f"sessionStorage.getItem('admission:{case.subject.code}')") is None


def test_two_people_see_each_other(open_form: Open, site_person: User, colleague: User, case: Case) -> None:
    mine = open_form(site_person, "demographics")
    answers.save(actor=colleague, case=case, changes={"age_yr": "44"})
    mine.fill("#id-age_yr", "61")
    mine.keyboard.press("Tab")
    mine.wait_for_selector(f"text={colleague.name} has “44 years”, you have “61 years”")
    assert answers.kept(case)["age_yr"] == "44"
    mine.click("text=Save mine")
    wait_saved(mine)
    assert answers.kept(case)["age_yr"] == "61"
    case.refresh_from_db()
    answers.save(actor=colleague, case=case, changes={"age_yr": "45"})
    mine.fill("#id-age_yr", "62")
    mine.keyboard.press("Tab")
    mine.click("text=Keep theirs")
    wait_saved(mine)
    assert mine.input_value("#id-age_yr") == "45"
    assert answers.kept(case)["age_yr"] == "45"


def test_what_a_colleague_types_appears_with_the_next_save(
    open_form: Open, site_person: User, colleague: User, case: Case
) -> None:
    page = open_form(site_person, "demographics")
    answers.save(actor=colleague, case=case, changes={"sex": "2"})
    page.fill("#id-age_yr", "61")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"text={colleague.name} changed: Sex")
    assert page.is_checked('[name="sex"][value="2"]')


def test_without_a_connection_nothing_is_lost(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "demographics")
    page.context.set_offline(True)
    page.fill("#id-age_yr", "61")
    page.keyboard.press("Tab")
    page.wait_for_selector('#save-state[data-state="offline"]')
    page.context.set_offline(False)
    wait_saved(page)
    assert answers.kept(case)["age_yr"] == "61"


def test_an_answer_can_be_taken_back(open_form: Open, site_person: User, case: Case) -> None:
    answers.save(actor=site_person, case=case, changes={"sex": "2"})
    page = open_form(site_person, "demographics")
    page.focus('[name="sex"]:checked')
    page.keyboard.press("Delete")
    page.wait_for_selector("[data-total-text]:has-text('0 of')")
    assert "sex" not in answers.kept(case)


def test_without_a_script_the_button_saves(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "demographics", java_script_enabled=False)
    assert page.is_hidden("#admission") or page.locator("#admission").count() == 0
    page.fill("#id-age_yr", "61")
    page.click('[data-field="sex"] .option:has-text("Female")')
    page.click("#save-next")
    page.wait_for_url("**/epidemiology/")
    assert answers.kept(case)["sex"] == "2"


@pytest.mark.parametrize("slug", ["laboratory", "treatment"])
def test_the_form_does_not_break_on_a_phone(
    open_form: Open, site_person: User, slug: str, case: Case
) -> None:
    answers.save(actor=site_person, case=case, changes={"tx_o2": "1", "lab_wbc": "5000"})
    page = open_form(site_person, slug, viewport={"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_nothing_moves_when_a_field_is_entered(open_form: Open, site_person: User, case: Case) -> None:
    """Else a click on the next answer is lost: it goes down on one place and up on another."""
    page = open_form(site_person, "laboratory")
    places = "[...document.querySelectorAll('.form-item')].map((one) => one.offsetTop)"
    before = page.evaluate(places)
    page.focus("#id-lab_wbc")
    assert page.evaluate(places) == before
    said = page.inner_text("#field-source")
    assert said == "Usual range 1,610–22,430 /μL (Table 1 of the KICC-19 paper)"
    assert page.is_visible("#help-lab_wbc")


def test_a_form_sent_in_another_tab_says_that_the_answer_was_not_kept(
    open_form: Open, site_person: User, case: Case
) -> None:
    page = open_form(site_person, "demographics")
    Case.objects.filter(pk=case.pk).update(state=Case.State.SUBMITTED, submitted_at=timezone.now())
    page.fill("#id-age_yr", "61")
    page.keyboard.press("Tab")
    page.wait_for_selector("#closed:not([hidden])")
    assert "Not saved: the answer to Age at admission." in page.inner_text("#closed")
    assert page.inner_text("#save-state") == "The form is closed: nothing more is saved"
    assert page.is_disabled("#id-age_yr")
    assert page.is_disabled("#save-next")
    assert answers.kept(case) == {}
    page.click("#closed a")
    page.wait_for_selector("text=The form is with the task force")
    assert page.wrong == []


def test_signed_out_is_told_and_kept_until_signed_in_again(
    open_form: Open, site_person: User, case: Case
) -> None:
    page = open_form(site_person, "demographics")
    page.context.clear_cookies()
    page.fill("#id-age_yr", "61")
    page.keyboard.press("Tab")
    page.wait_for_selector('#save-state[data-state="signed-out"]')
    assert page.inner_text("#save-state").startswith("Signed out: sign in again in another tab")
    other = page.context.new_page()
    site_person.set_password("a long enough word 4")
    site_person.save()
    other.goto("/accounts/login/")
    other.fill("#id_username", site_person.email)
    other.fill("#id_password", "a long enough word 4")
    other.click("main button.button-main")
    other.wait_for_url(lambda address: "login" not in address)
    wait_saved(page)
    assert answers.kept(case)["age_yr"] == "61"


def test_a_comma_and_full_width_digits_are_taken_as_meant(
    open_form: Open, site_person: User, case: Case
) -> None:
    page = open_form(site_person, "vital-signs")
    page.fill("#id-vs_temp", "36,8")
    page.fill("#id-vs_hr", "７９")
    page.keyboard.press("Tab")
    wait_saved(page)
    assert (page.input_value("#id-vs_temp"), page.input_value("#id-vs_hr")) == ("36.8", "79")
    kept = answers.kept(case)
    assert (kept["vs_temp"], kept["vs_hr"]) == ("36.8", "79")


def test_a_contradiction_is_told_once_at_the_later_answer(
    open_form: Open, site_person: User, case: Case
) -> None:
    page = open_form(site_person, "vital-signs")
    page.fill("#id-vs_sbp", "80")
    page.fill("#id-vs_dbp", "120")
    page.keyboard.press("Tab")
    wait_saved(page)
    assert "Diastolic pressure must be below" in page.inner_text("#error-vs_dbp")
    assert page.inner_text("#error-vs_sbp") == ""
    page.reload()
    assert "Diastolic pressure must be below" in page.inner_text("#error-vs_dbp")
    assert page.inner_text("#case-form").count("Diastolic pressure must be below") == 1
