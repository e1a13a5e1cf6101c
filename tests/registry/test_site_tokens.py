"""Machines' tokens: told once, for sending alone, ended at once, and nobody else's."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from registry.errors import Problem
from registry.models import AuditEvent, Role, SiteToken, User
from registry.services import machines
from registry.services.subjects import create_subject
from tests.cohort.test_visibility import CALLS, addresses
from tests.uploads.people import digest, make_person, make_site

ONE = b"a file"
PAGE = "/machines/"
OPEN_TO_MACHINES = {
    "api-registry:subjects",
    "api-registry:subject",
    "api-uploads:site_key",
    "api-uploads:uploads",
    "api-uploads:upload",
    "api-uploads:file",
    "api-uploads:file_slash",
    "api-uploads:complete",
    "dicomweb:studies",
    "dicomweb:study",
}
OPEN_TO_ANYBODY = {"api-registry:token", "api-uploads:receipt_keys"}


@pytest.fixture
def radiologist(db: None) -> User:
    return make_person(Role.RADIOLOGIST, make_site("S03"))


def made(actor: User, name: str = "PACS gateway") -> tuple[SiteToken, str]:
    return machines.make(actor=actor, name=name, days=30, request_id=uuid.uuid4())


def machine(token: str, scheme: str = "Token", language: str = "en") -> Client:
    return Client(headers={"authorization": f"{scheme} {token}", "accept-language": language})


def page_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shown(answer: Any) -> str:
    found = re.search(r'value="(kicc_[\w-]+)"', answer.content.decode())
    return found[1] if found else ""


def test_a_token_is_shown_once_and_only_its_hash_is_kept(radiologist: User) -> None:
    client = page_of(radiologist)
    form = {"name": "  PACS  gateway ", "days": "90", "request_id": str(uuid.uuid4())}
    answer = client.post(PAGE, form)
    token = shown(answer)
    assert len(token) > 40
    assert "no-store" in answer.headers["Cache-Control"]
    kept = SiteToken.objects.get()
    assert kept.digest == digest(token.encode())
    assert (kept.account.name, kept.account.role, kept.site) == ("PACS gateway", "machine", radiologist.site)
    assert token not in repr(
        [list(model.values()) for model in (SiteToken.objects.all(), User.objects.all())]
    )
    assert token not in client.get(PAGE).content.decode()
    again = client.post(PAGE, form)
    assert (again.status_code, shown(again)) == (409, "")
    assert SiteToken.objects.count() == 1
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.SITE_TOKEN_MADE)
    assert (event.actor, event.detail) == (radiologist, {"site": "S03", "days": 90})


@pytest.mark.parametrize(
    ("name", "days", "code"),
    [
        ("", 30, "token_name"),
        ("x" * 61, 30, "token_name"),
        ("of 010-1234-5678", 30, "identifying_text"),
        ("PACS", 3650, "token_days"),
    ],
)
def test_a_token_needs_a_name_and_an_end(radiologist: User, name: str, days: int, code: str) -> None:
    with pytest.raises(Problem, match=code):
        machines.make(actor=radiologist, name=name, days=days, request_id=uuid.uuid4())
    answer = page_of(radiologist).post(PAGE, {"name": name, "days": days})
    assert answer.status_code == 400
    assert not SiteToken.objects.exists()


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "bearer"])
def test_a_machine_brings_an_upload(radiologist: User, scheme: str) -> None:
    token, text = made(radiologist)
    client = machine(text, scheme)
    key = client.get("/api/v1/sites/key/").json()
    assert (key["site"], len(key["key"])) == ("S03", 64)
    code = client.post("/api/v1/subjects/", {}, "application/json").json()["code"]
    listed = {"subject": code, "files": [{"sha256": digest(ONE), "size": len(ONE)}]}
    upload = client.post("/api/v1/uploads/", listed, "application/json").json()["id"]
    address = f"/api/v1/uploads/{upload}/files/{digest(ONE)}"
    assert client.put(address, ONE, "application/octet-stream").status_code == 201
    assert client.post(f"/api/v1/uploads/{upload}/complete/").status_code == 202
    assert client.get(f"/api/v1/uploads/{upload}/").json()["state"] == "processing"
    events = AuditEvent.objects.filter(verb=AuditEvent.Verb.UPLOAD_STARTED)
    assert [(event.actor, event.actor_name) for event in events] == [(token.account, "PACS gateway")]
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_machine_reaches_nothing_else(radiologist: User) -> None:
    """Every address of the project, with the token: only those of sending know who asks."""
    _, text = made(radiologist)
    subject, client = create_subject(actor=radiologist), machine(text)
    values = {"code": subject.code, "sha256": digest(ONE), "language": "ko", "study": "1.2.3"}
    kinds = {"int": "1", "uuid": str(uuid.uuid4()), "slug": "symptoms", "str": "table.csv"}
    reached = set()
    for name, route in addresses(get_resolver()):
        path = "/" + re.sub(r"<(\w+):(\w+)>", lambda at: values.get(at[2]) or kinds[at[1]], route)
        for method in {call.method for call in CALLS[name] if not call.may_be_down}:
            answer = getattr(client, method)(path)
            signed_out = answer.status_code == 401 or answer.headers.get("Location", "").startswith(
                "/accounts/login/"
            )
            if not signed_out:
                reached.add(name)
    pages = {"accounts:login", "set_language", "set_theme"}
    assert reached - pages == OPEN_TO_MACHINES | OPEN_TO_ANYBODY


def test_a_machine_has_no_sign_in(radiologist: User) -> None:
    token, text = made(radiologist)
    assert not token.account.has_usable_password()
    body = {"email": token.account.email, "password": text}
    assert Client().post("/api/v1/auth/token/", body, "application/json").status_code == 400
    assert page_of(token.account).get(PAGE).status_code == 403


def asks(text: str, language: str = "en") -> tuple[int, str, str]:
    answer = machine(text, language=language).get("/api/v1/subjects/")
    body = answer.json()
    return answer.status_code, body.get("code", ""), body.get("message", "")


def test_ended_tokens_say_why(radiologist: User) -> None:
    token, text = made(radiologist)
    assert asks(text)[0] == 200
    SiteToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert asks(text)[:2] == (401, "token_expired")
    machines.revoke(actor=radiologist, number=token.pk)
    assert asks(text)[:2] == (401, "token_revoked")
    assert "폐기" in asks(text, "ko")[2]
    assert asks(text + "x")[:2] == (401, "token_unknown")
    assert asks("kicc_")[:2] == (401, "token_unknown")
    assert asks("nonsense")[0] == 401


def test_tokens_are_the_site_s_own(radiologist: User) -> None:
    token, text = made(radiologist, "Gateway of three")
    colleague = make_person(Role.COORDINATOR, radiologist.site)
    stranger = make_person(Role.RADIOLOGIST, make_site("S05"))
    assert "Gateway of three" in page_of(colleague).get(PAGE).content.decode()
    assert "Gateway of three" not in page_of(stranger).get(PAGE).content.decode()
    assert page_of(stranger).post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert asks(text)[0] == 200
    assert page_of(colleague).post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert asks(text)[0] == 401
    for _ in range(2):
        machines.revoke(actor=colleague, number=token.pk)
    ended = AuditEvent.objects.filter(verb=AuditEvent.Verb.SITE_TOKEN_REVOKED)
    assert [event.actor for event in ended] == [colleague]


def test_the_administrator_ends_tokens_and_makes_none(radiologist: User) -> None:
    token, text = made(radiologist, "Gateway of three")
    client = page_of(make_person(Role.ADMIN))
    page = client.get(PAGE).content.decode()
    assert "Gateway of three" in page
    assert "Make a token" not in page
    assert client.post(PAGE, {"name": "x", "days": 30}).status_code == 403
    assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert asks(text)[:2] == (401, "token_revoked")


@pytest.mark.parametrize("role", [Role.CURATOR, Role.LEAD, Role.RESEARCHER])
def test_who_is_of_no_site_sees_no_token(radiologist: User, role: Role) -> None:
    assert page_of(make_person(role)).get(PAGE).status_code == 403


def test_a_machine_sees_its_site_alone(radiologist: User) -> None:
    _, text = made(radiologist)
    mine = create_subject(actor=radiologist)
    theirs = create_subject(actor=make_person(Role.RADIOLOGIST, make_site("S05")))
    client = machine(text)
    assert [one["code"] for one in client.get("/api/v1/subjects/").json()["results"]] == [mine.code]
    listed = {"subject": theirs.code, "files": [{"sha256": digest(ONE), "size": len(ONE)}]}
    assert client.post("/api/v1/uploads/", listed, "application/json").status_code == 404
