"""A site's approvals and space: who keeps them, what closes a site, and the warning before."""

import datetime
import hashlib
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import AuditEvent, IrbApproval, Role, Site, User
from registry.services import approvals
from tests.uploads.people import Sender, make_person, make_site, make_subject

LETTER = hashlib.sha256(b"letter").hexdigest()


@pytest.fixture
def administrator(db: None) -> User:
    return make_person(Role.ADMIN)


@pytest.fixture
def closed(db: None) -> Site:
    return make_site("S03", approved=False)


def page_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def day(offset: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=offset)


def form(first: int = 0, last: int = 365, **more: str) -> dict[str, str]:
    dates = {"valid_from": day(first).isoformat(), "valid_until": day(last).isoformat()}
    return {"number": "KNUH 2020-03-001", **dates, **more}


def test_an_approval_opens_a_site_and_its_withdrawal_closes_it(closed: Site, administrator: User) -> None:
    radiologist, client = make_person(Role.RADIOLOGIST, closed), page_of(administrator)
    sender = Sender(radiologist)
    refused = sender.client.post("/api/v1/subjects/", {}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_irb_approval")
    typed = form(consent_waived="1", document="승인통지서.pdf", document_sha256=LETTER.upper())
    assert client.post("/sites/S03/approvals/", typed).status_code == 302
    approval = IrbApproval.objects.get()
    assert (approval.number, approval.consent_waived) == ("KNUH 2020-03-001", True)
    assert (approval.document, approval.document_sha256) == ("승인통지서.pdf", LETTER)
    assert (approval.entered_by, closed.approval_on()) == (administrator, approval)
    page = client.get("/sites/S03/").content.decode()
    assert "승인통지서.pdf" in page
    assert LETTER in page
    subject = make_subject(radiologist)
    assert sender.start(subject.code, [b"x"]).status_code == 201

    address = f"/sites/S03/approvals/{approval.pk}/withdraw/"
    assert client.post(address, {"reason": ""}).status_code == 400
    assert closed.approval_on() is not None
    for _ in range(2):
        assert client.post(address, {"reason": "Suspended by the board"}).status_code == 302
    assert closed.approval_on() is None
    answer = sender.start(subject.code, [b"y"])
    assert (answer.status_code, answer.json()["code"]) == (403, "no_irb_approval")
    assert "Suspended by the board" in client.get("/sites/S03/").content.decode()
    events = AuditEvent.objects.filter(verb__startswith="ethics").order_by("sequence")
    assert [(event.verb, event.actor, event.target) for event in events] == [
        (AuditEvent.Verb.APPROVAL_ENTERED, administrator, "S03 KNUH 2020-03-001"),
        (AuditEvent.Verb.APPROVAL_WITHDRAWN, administrator, "S03 KNUH 2020-03-001"),
    ]
    assert client.post("/sites/S03/approvals/", form()).status_code == 302


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (form(number=""), "as the board wrote it"),
        (form(number="x" * 41), "as the board wrote it"),
        (form(number="<b>"), "as the board wrote it"),
        (form(valid_from="soon"), "the first one first"),
        (form(first=3, last=2), "the first one first"),
        (form(last=366 * 20), "the first one first"),
        (form(document="letter.pdf"), "Choose the approval letter"),
        (form(document_sha256=LETTER), "Choose the approval letter"),
        (form(document="letter.pdf", document_sha256="ab"), "Choose the approval letter"),
        (form(document="x" * 121, document_sha256=LETTER), "Choose the approval letter"),
        (form(document="010-1234-5678.pdf", document_sha256=LETTER), "a telephone number"),
    ],
)
def test_what_is_no_approval_is_told_and_stays_typed(
    closed: Site, administrator: User, typed: dict[str, str], told: str
) -> None:
    answer = page_of(administrator).post("/sites/S03/approvals/", typed)
    assert (answer.status_code, told in answer.content.decode()) == (400, True)
    assert f'value="{typed["valid_until"]}"' in answer.content.decode()
    assert not IrbApproval.objects.exists()


def test_the_same_approval_twice_is_told_and_its_prolongation_taken(
    closed: Site, administrator: User
) -> None:
    client = page_of(administrator)
    assert client.post("/sites/S03/approvals/", form()).status_code == 302
    assert client.post("/sites/S03/approvals/", form()).status_code == 409
    assert client.post("/sites/S03/approvals/", form(first=366, last=700)).status_code == 302
    assert closed.covered_until() == day(700)


@pytest.mark.parametrize(
    ("covers", "closes"),
    [
        ([(-5, 31)], None),
        ([(-5, 30)], 30),
        ([(-5, 0)], 0),
        ([(-5, 10), (11, 400)], None),
        ([(-5, 10), (5, 20), (21, 29)], 29),
        ([(-5, 10), (12, 400)], 10),
        ([(-5, -1)], None),
        ([(1, 400)], None),
    ],
)
def test_the_warning_comes_thirty_days_before_the_cover_ends(
    closed: Site, covers: list[tuple[int, int]], closes: int | None
) -> None:
    for number, (first, last) in enumerate(covers):
        IrbApproval.objects.create(
            site=closed, number=str(number), valid_from=day(first), valid_until=day(last)
        )
    assert closed.closes_on() == (None if closes is None else day(closes))
    page = page_of(make_person(Role.RADIOLOGIST, closed)).get("/").content.decode()
    assert ("can be added until the administrator" in page) == (closes is not None)
    listed = page_of(make_person(Role.ADMIN)).get("/sites/").content.decode()
    assert ("1 approval ends within 30 days" in listed) == (closes is not None)
    assert ("1 site is closed" in listed) == (closed.approval_on() is None)


def test_a_site_sees_its_own_and_changes_nothing(closed: Site, administrator: User) -> None:
    approvals.enter(
        actor=administrator,
        site=closed,
        number="7",
        valid_from=day(0),
        valid_until=day(9),
        consent_waived=False,
    )
    make_site("S05")
    client = page_of(make_person(Role.COORDINATOR, closed))
    page = client.get("/sites/S03/").content.decode()
    assert "Closes after" in page
    assert "Enter the approval" not in page
    assert client.get("/sites/S05/").status_code == 404
    assert client.get("/sites/").status_code == 403
    assert client.post("/sites/S03/approvals/", form()).status_code == 403
    assert client.post("/sites/S03/quota/", {"gigabytes": "9", "open_uploads": "9"}).status_code == 403
    assert IrbApproval.objects.filter(site=closed).count() == 1


@pytest.mark.parametrize(
    ("gigabytes", "uploads", "kept"),
    [("5", "3", (5 * 2**30, 3)), ("", "3", (None, 3)), ("0", "1", (0, 1))],
)
def test_the_administrator_sets_a_quota(
    closed: Site, administrator: User, gigabytes: str, uploads: str, kept: Any
) -> None:
    client = page_of(administrator)
    typed = {"gigabytes": gigabytes, "open_uploads": uploads}
    assert client.post("/sites/S03/quota/", typed).status_code == 302
    closed.refresh_from_db()
    assert (closed.max_bytes, closed.max_open_uploads) == kept
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.QUOTA_SET)
    assert (event.actor, event.target) == (administrator, "S03")


@pytest.mark.parametrize(
    ("gigabytes", "uploads"), [("x", "3"), ("5", "0"), ("5", ""), ("9999999", "3"), ("-1", "3")]
)
def test_what_is_no_quota_is_told(closed: Site, administrator: User, gigabytes: str, uploads: str) -> None:
    answer = page_of(administrator).post(
        "/sites/S03/quota/", {"gigabytes": gigabytes, "open_uploads": uploads}
    )
    assert (answer.status_code, "whole gigabytes" in answer.content.decode()) == (400, True)
    closed.refresh_from_db()
    assert closed.max_open_uploads == 200


def test_a_letter_is_named_in_the_browser_and_not_sent(
    browser: Any, live_server: Any, tmp_path: Any, administrator: User, closed: Site
) -> None:
    letter = tmp_path / "승인 통지서.pdf"
    letter.write_bytes(b"letter")
    context = browser.new_context(locale="en")
    context.add_cookies(
        [
            {
                "name": "sessionid",
                "value": page_of(administrator).cookies["sessionid"].value,
                "url": live_server.url,
            }
        ]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/sites/S03/")
    page.set_input_files("#letter", letter)
    page.wait_for_function("document.querySelector('#document_sha256').value.length === 64")
    assert page.input_value("#document") == "승인 통지서.pdf"
    page.fill("#number", "2020-7")
    page.fill("#valid_from", "2020-03-01")
    page.fill("#valid_until", "2030-03-01")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Enter the approval").click()
    assert "letter" not in (sent.value.post_data or "")
    page.get_by_text("The approval is entered.").wait_for()
    approval = IrbApproval.objects.get(number="2020-7")
    assert (approval.document, approval.document_sha256) == ("승인 통지서.pdf", LETTER)
    assert complaints == []
    context.close()
