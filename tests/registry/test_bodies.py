"""Bodies that nobody should send: with files in them, too large, too deep, with a token that is no text."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.models import Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
ADDRESSES = ["/accounts/login/", "/i18n/setlang/", "/theme/", "/api/v1/auth/token/", "/api/v1/subjects/"]


@pytest.fixture
def person() -> User:
    return User.objects.create_user("curator@kicc.test", PASSWORD, name="C", role=Role.CURATOR)


@pytest.fixture
def auth(client: Client, person: User) -> dict[str, str]:
    body = {"email": person.email, "password": PASSWORD}
    answer = client.post("/api/v1/auth/token/", body, "application/json")
    return {"HTTP_AUTHORIZATION": f"Token {answer.json()['token']}"}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Callable[[], list[str]]:
    """Names of the files that Django's uploads made, also of those that are gone again."""
    made: list[str] = []
    real = uploadhandler.TemporaryUploadedFile

    class Noted(real):  # type: ignore[valid-type, misc]
        def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
            made.append(name)
            super().__init__(name, *args, **kwargs)

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", Noted)
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return lambda: made + [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("checks_csrf", [False, True])
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_file_in_a_form_is_refused_and_never_on_disk(
    path: str, checks_csrf: bool, signed_in: bool, person: User, written: Callable[[], list[str]]
) -> None:
    client = Client(enforce_csrf_checks=checks_csrf, raise_request_exception=False)
    if signed_in:
        client.force_login(person)
    scan = SimpleUploadedFile("scan.HONGGILDONG", b"PIXELS" * 700_000)
    answer = client.post(path, {"f": scan})
    assert answer.status_code in (415, 401, 403)
    assert checks_csrf or "api" in path or answer.status_code == 415
    assert written() == []


def test_a_form_without_files_may_still_come_in_parts(client: Client, person: User) -> None:
    answer = client.post("/accounts/login/", {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=X"])
def test_a_body_over_the_limit_is_told_the_limit(kind: str, client: Client, auth: dict[str, str]) -> None:
    body = b'{"a": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    path = "/api/v1/subjects/" if "json" in kind else "/accounts/login/"
    answer = client.post(path, body, kind, **auth)
    assert answer.status_code == 413
    assert "8 MB" in answer.content.decode()
    assert "api" not in path or answer.json()["code"] == "body_too_large"


@pytest.mark.parametrize("body", ["[" * 5000, '{"a":' * 3000, "[" * 5000 + "]" * 5000, "[" * 40 + "]" * 40])
def test_deep_json_is_refused(body: str, client: Client, auth: dict[str, str]) -> None:
    for path in ("/api/v1/subjects/", "/api/v1/auth/token/"):
        answer = client.post(path, body, "application/json", **auth)
        assert (answer.status_code, answer.json()["code"]) == (400, "too_nested")


def test_json_as_deep_as_allowed_is_read(client: Client, auth: dict[str, str]) -> None:
    answer = client.post(
        "/api/v1/auth/token/", {"email": json.loads("[" * 19 + "]" * 19)}, "application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=X"])
def test_the_api_reads_json_only(kind: str, client: Client, auth: dict[str, str]) -> None:
    answer = client.post("/api/v1/subjects/", b"a=1", kind, **auth)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("token", ["\xff\xfe", "zzz", "\x00", "a\x00b"])
def test_a_token_that_is_none_is_refused(token: str, client: Client) -> None:
    answer = client.get("/api/v1/subjects/", HTTP_AUTHORIZATION=f"Token {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
