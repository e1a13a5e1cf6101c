"""What the form does for a tired person: units, identity in free text, and the whole of it by keyboard."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from cohort import dictionary
from cohort.models import AnswerChange, Case
from cohort.services import answers
from registry.models import User
from tests.cohort.filled import COMPLETE

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Any]
KEYSTROKE, THOUGHT = 0.28, 1.35
"""Seconds of the keystroke-level model (Card, Moran, Newell 1980): a key of an average typist, a decision."""


def wait_saved(page: Any) -> None:
    page.wait_for_selector('#save-state[data-state="saved"]')


def test_units_are_recognised_proposed_and_kept(open_form: Open, site_person: User, case: Case) -> None:
    page = open_form(site_person, "laboratory", locale="ko-KR")
    page.fill("#id-lab_wbc", "5.7")
    assert "10³/μL 단위로 보입니다" in page.inner_text("#error-lab_wbc")
    page.click('[data-block="lab_wbc"] [data-offer]')
    wait_saved(page)
    assert page.input_value("#id-lab_wbc") == "5700"
    page.fill("#id-lab_crp", "35 mg/L")
    assert "3.5 mg/dL" in page.inner_text('[data-block="lab_crp"] [data-offers]')
    page.keyboard.press("Tab")
    wait_saved(page)
    assert page.input_value("#id-lab_crp") == "3.5"
    kept = answers.kept(case)
    assert (kept["lab_wbc"], kept["lab_crp"], kept["lab_crp_st"]) == ("5700", "3.5", "DONE")
    originals = dict(AnswerChange.objects.exclude(original="").values_list("item", "original"))
    assert originals == {"lab_wbc": "5.7 10³/μL", "lab_crp": "35 mg/L"}
    assert page.wrong == []


def test_litres_go_to_the_flow(open_form: Open, site_person: User, case: Case) -> None:
    answers.save(actor=site_person, case=case, changes={"tx_o2": "1", "tx_o2_device": "3"})
    page = open_form(site_person, "treatment")
    page.fill("#id-tx_fio2", "6 L")
    page.click('button:has-text("Move it to “Highest oxygen flow”")')
    wait_saved(page)
    assert (page.input_value("#id-tx_o2_flow"), page.input_value("#id-tx_fio2")) == ("6", "")
    page.fill("#id-tx_fio2", "60%")
    page.keyboard.press("Tab")
    wait_saved(page)
    assert answers.kept(case)["tx_fio2"] == "0.6"


def test_identity_is_told_while_it_is_typed_and_never_sent(
    open_form: Open, site_person: User, case: Case
) -> None:
    answers.save(actor=site_person, case=case, changes={"tc_use": "1"})
    page = open_form(site_person, "teaching-case")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.fill("#id-tc_chief", "fever, call 010-1234-5678")
    assert "a telephone number" in page.inner_text("#error-tc_chief")
    page.keyboard.press("Tab")
    page.wait_for_selector('#save-state[data-state="refused"]')
    page.fill("#id-tc_chief", "fever for several days")
    page.keyboard.press("Tab")
    wait_saved(page)
    assert answers.kept(case)["tc_chief"] == "fever for several days"
    assert not [body for body in sent if "1234" in body]


def test_a_whole_case_by_keyboard_in_under_six_minutes(
    open_form: Open, site_person: User, case: Case
) -> None:
    typist = Typist(open_form(site_person, "eligibility"))
    began = time.monotonic()
    while typist.section():
        pass
    waited = time.monotonic() - began
    kept = answers.kept(case)
    assert {name: kept.get(name) for name in COMPLETE} == COMPLETE
    assert Case.objects.get().form_state == "complete"
    human = typist.keys * KEYSTROKE + typist.thoughts * THOUGHT
    print(f"{typist.keys} keys, {typist.thoughts} answers, {human:.0f} s, page and server {waited:.0f} s")
    assert human + waited < 360
    assert typist.page.wrong == []


class Typist:
    """Fills the form with `COMPLETE`, by keyboard alone, from the first field of a section to its button."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.focus("[name=elig_pcr][type=radio] >> nth=0")
        self.keys = self.thoughts = 0
        self.items = dictionary.get().items

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def at(self) -> str:
        focused = "document.activeElement.name || document.activeElement.id"
        return str(self.page.evaluate(focused))

    def section(self) -> bool:
        """Fill a section and go on; False behind the last that is asked for."""
        before = self.page.url
        if before.endswith("/teaching-case/"):
            return False
        self.page.evaluate(
            "document.querySelector('#case-form [data-field] input:not([type=hidden])').focus()"
        )
        while (name := self.at()) != "save-next":
            self.answer(name)
        self.press("Enter")
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_function("document.activeElement !== document.body")
        return True

    def answer(self, name: str) -> None:
        item, value = self.items[name], COMPLETE.get(name, "")
        status = item.pair if item.pair and not item.is_status else ""
        if value:
            self.thoughts += 1
        if item.type == "dropdown" and value:
            self.type(item.choice(value).label.en)
        elif item.choices and value:
            for code in value.split("|"):
                self.press(str(item.codes.index(code) + 1))
        elif value and not (status and COMPLETE[status] != "DONE"):
            self.type(value)
        if item.is_status and COMPLETE.get(item.pair) and value != "DONE":
            self.press("Shift+Enter")
            self.type(COMPLETE[item.pair])
        self.press("Enter")
