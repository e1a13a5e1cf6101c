import datetime
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from registry.models import AuditEvent, IrbApproval, Role, Site, Subject, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def sites() -> dict[str, Site]:
    made = {}
    for code in ("S03", "S05"):
        made[code] = Site.objects.create(code=code, name=code, name_ko="병원", level="T")
        IrbApproval.objects.create(
            site=made[code],
            number="1",
            valid_from=datetime.date(2020, 1, 1),
            valid_until=datetime.date(2999, 1, 1),
        )
        User.objects.create_user(
            f"{code.lower()}@kicc.test", PASSWORD, name=code, role=Role.RADIOLOGIST, site=made[code]
        )
    for role in (Role.CURATOR, Role.RESEARCHER, Role.LEAD, Role.ADMIN):
        User.objects.create_user(f"{role}@kicc.test", PASSWORD, name=role, role=role)
    return made


def make_subject(client: Client, email: str, body: dict[str, str] | None = None) -> str:
    answer = client.post("/api/v1/subjects/", body or {}, "application/json", **token(client, email))
    assert answer.status_code == 201, answer.content
    return str(answer.json()["code"])


def sign_in(client: Client, email: str, password: str, **headers: str) -> tuple[int, dict[str, str]]:
    body = {"email": email, "password": password}
    answer = client.post("/api/v1/auth/token/", body, "application/json", **headers)
    return answer.status_code, answer.json()


def token(client: Client, email: str, password: str = PASSWORD) -> dict[str, str]:
    answer = client.post("/api/v1/auth/token/", {"email": email, "password": password}, "application/json")
    assert answer.status_code == 200, answer.content
    return {"HTTP_AUTHORIZATION": f"Token {answer.json()['token']}"}


@pytest.mark.usefixtures("sites")
def test_a_token_makes_subjects_of_its_own_site(client: Client) -> None:
    auth = token(client, "S03@kicc.test")
    first = client.post("/api/v1/subjects/", {}, "application/json", **auth)
    second = client.post("/api/v1/subjects/", {}, "application/json", **auth)
    assert (first.status_code, second.status_code) == (201, 201)
    assert [first.json()["code"], second.json()["code"]] == ["S03-0001-U", "S03-0002-E"]
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.SUBJECT_MADE).count() == 2


@pytest.mark.usefixtures("sites")
def test_a_token_ends_after_its_day_and_goes_with_the_next_sign_in(client: Client) -> None:
    first, second = token(client, "s03@kicc.test"), token(client, "s03@kicc.test")
    AuthToken.objects.filter(pk=AuthToken.objects.earliest("created").pk).update(expiry=timezone.now())
    assert client.get("/api/v1/subjects/", **second).status_code == 200
    assert AuthToken.objects.count() == 2
    assert client.get("/api/v1/subjects/", **first).status_code == 401
    AuthToken.objects.update(expiry=timezone.now())
    token(client, "s05@kicc.test")
    assert AuthToken.objects.count() == 2
    token(client, "s03@kicc.test")
    assert AuthToken.objects.count() == 2


@pytest.mark.usefixtures("sites")
def test_asking_twice_with_one_request_id_makes_one_subject(client: Client) -> None:
    body = {"request_id": str(uuid.uuid4())}
    assert len({make_subject(client, "s03@kicc.test", body) for _ in range(3)}) == 1
    assert Subject.objects.count() == 1


@pytest.mark.usefixtures("sites")
@pytest.mark.parametrize(
    ("email", "seen"),
    [
        ("s03@kicc.test", ["S03"]),
        ("s05@kicc.test", ["S05"]),
        ("curator@kicc.test", ["S03", "S05"]),
        ("lead@kicc.test", ["S03", "S05"]),
        ("researcher@kicc.test", []),
        ("admin@kicc.test", []),
    ],
)
def test_each_role_lists_what_it_may_see(client: Client, email: str, seen: list[str]) -> None:
    for site in ("s03", "s05"):
        make_subject(client, f"{site}@kicc.test")
    answer = client.get("/api/v1/subjects/", **token(client, email)).json()
    assert [subject["site"] for subject in answer["results"]] == seen


@pytest.mark.usefixtures("sites")
def test_another_sites_subject_is_not_there(client: Client) -> None:
    code = make_subject(client, "s03@kicc.test")
    answer = client.get(f"/api/v1/subjects/{code}/", **token(client, "s05@kicc.test"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("sites")
@pytest.mark.parametrize("code", ["S03-0001-%00", "S03-0001-UU", "s03-0001-u"])
def test_what_is_no_code_is_no_address(client: Client, code: str) -> None:
    answer = client.get(f"/api/v1/subjects/{code}/", **token(client, "s03@kicc.test"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("sites")
@pytest.mark.parametrize(
    ("email", "password", "code", "status"),
    [
        ("s03@kicc.test", "wrong", "wrong_credentials", 400),
        ("nobody@kicc.test", PASSWORD, "wrong_credentials", 400),
        ("not an address", PASSWORD, "invalid", 400),
        ("s03@kicc.test", "\0", "invalid", 400),
    ],
)
def test_a_wrong_sign_in_has_a_code(
    client: Client, email: str, password: str, code: str, status: int
) -> None:
    answered, body = sign_in(client, email, password)
    assert (answered, body["code"]) == (status, code)


@pytest.mark.usefixtures("sites")
def test_guessing_locks_the_account_out(client: Client) -> None:
    for _ in range(8):
        sign_in(client, "s03@kicc.test", "x")
    status, body = sign_in(client, "s03@kicc.test", PASSWORD)
    assert (status, body["code"]) == (429, "locked_out")


def test_a_site_without_an_approval_in_force_makes_no_subject(client: Client, sites: dict[str, Site]) -> None:
    auth = token(client, "s03@kicc.test")
    sites["S03"].approvals.update(valid_until=datetime.date(2020, 2, 1))
    answer = client.post("/api/v1/subjects/", {}, "application/json", **auth)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_irb_approval")
    assert Subject.objects.count() == 0


@pytest.mark.usefixtures("sites")
def test_only_site_people_make_subjects(client: Client) -> None:
    auth = token(client, "curator@kicc.test")
    answer = client.post("/api/v1/subjects/", {}, "application/json", **auth)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_at_a_site")


def test_without_a_token_there_is_nothing(client: Client) -> None:
    answer = client.get("/api/v1/subjects/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.usefixtures("sites")
def test_errors_speak_korean(client: Client) -> None:
    _, body = sign_in(client, "s03@kicc.test", "wrong", HTTP_ACCEPT_LANGUAGE="ko")
    assert any("가" <= c <= "힣" for c in body["message"])
