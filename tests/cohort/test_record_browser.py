"""The record at the browser: a reason for a late change, its history in place, and the signature."""

from collections.abc import Callable
from typing import Any

import pytest

from cohort.models import AnswerChange, Case
from cohort.services import answers
from registry.models import User
from tests.cohort import people
from tests.cohort.filled import COMPLETE

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Any]


def test_a_late_change_is_explained_then_signed_and_sent(
    open_form: Open, site_person: User, case: Case
) -> None:
    answers.save(actor=site_person, case=case, changes=COMPLETE)
    people.exam(case.subject)
    page = open_form(site_person, "demographics")
    page.fill("#id-age_yr", "53")
    page.keyboard.press("Tab")
    page.wait_for_selector("#why:not([hidden])")
    page.click("[data-why-back]")
    assert page.input_value("#id-age_yr") == "52"
    page.fill("#id-age_yr", "54")
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.id === 'why-text'")
    page.keyboard.type("Record read again")
    page.keyboard.press("Enter")
    page.wait_for_selector('#save-state[data-state="saved"]')
    assert AnswerChange.objects.filter(item="age_yr").last().reason == "Record read again"
    page.click('[data-field="sex"] .option:has-text("Male")')
    page.wait_for_selector('#save-state[data-state="saved"]')
    assert AnswerChange.objects.filter(item="sex").last().reason == "Record read again"
    page.reload()
    page.click('[data-block="age_yr"] .field-history summary')
    page.wait_for_selector('[data-block="age_yr"] .field-history td:has-text("Record read again")')
    page.fill("#sign-password", "not mine at all")
    page.click("#send-button")
    page.wait_for_selector("text=The password does not match your account")
    page.fill("#sign-password", people.PASSWORD)
    page.click("#sign-button")
    page.wait_for_selector("text=The form of")
    assert Case.objects.get().form_state == "signed"
    page.fill("#id-age_yr", "55")
    page.keyboard.press("Tab")
    page.fill("#why-text", "Typed wrong")
    page.click("[data-why-save]")
    page.wait_for_selector("text=This change broke the signature")
    page.wait_for_selector(".signature >> text=had signed")
    page.fill("#sign-password", people.PASSWORD)
    page.click("#send-button")
    page.wait_for_selector("text=is with the task force now")
    assert Case.objects.get().state == Case.State.SUBMITTED
    assert page.wrong == []


def test_leaving_with_something_unsaved_is_asked_about(
    open_form: Open, site_person: User, case: Case
) -> None:
    page = open_form(site_person, "demographics")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click('[data-field="sex"] .option:has-text("Male")')
    page.wait_for_selector('#save-state[data-state="saved"]')
    page.reload()
    assert asked == []
    page.fill("#id-age_yr", "200")
    page.keyboard.press("Tab")
    page.reload()
    assert asked == ["beforeunload"]
