"""JSON of every odd shape, at every address of the API that reads a body: never our fault, always a code."""

import json
from typing import Any

import pytest
from django.test import Client

from registry.models import Role, Subject, User
from registry.services.subjects import create_subject
from tests.uploads.people import make_person, make_site

pytestmark = pytest.mark.django_db
ODD: list[Any] = [
    None, 1, "x", [], [1], [[1]], {}, {"values": []}, {"values": None}, {"values": [["age_yr"]]},
    {"values": {"age_yr": [[1]]}}, {"values": {"age_yr": {"a": [1]}}}, {"values": {"age_yr": [None, {}]}},
    {"values": {"comorbidity": [["1"], {"a": 1}]}}, {"values": {"sex": ["1"]}}, {"values": {"sex": True}},
    {"values": {"age_yr": 10**400}}, {"values": {"age_yr": "\ud800"}}, {"values": {"age_yr": "\0"}},
    {"values": {"\ud800": "1"}}, {"values": {"\0": "1"}}, {"values": {"age_yr": "1" * 100_000}},
    {"values": {}, "revision": [[1]]}, {"values": {}, "revision": {}}, {"values": {}, "revision": 10**40},
    {"values": {"age_yr": json.loads("[" * 17 + "]" * 17)}, "revision": 0},
    {"subject": [["x"]], "files": [[1]]}, {"subject": {}, "files": {}}, {"request_id": [["x"]]},
    {"email": [["x"]], "password": {"a": 1}}, {"email": "a@b.kr", "password": "\ud800"},
    {"email": "\ud800@b.kr", "password": "x"}, {"text": [["x"]]}, {"text": "\ud800"},
]  # fmt: skip
RAW = [
    '{"values":{"age_yr":1e400}}',
    '{"values":{"age_yr":NaN}}',
    '{"values":{"age_yr":' + "9" * 5000 + "}}",
    "\xff",
]


@pytest.fixture
def person() -> User:
    return make_person(Role.RADIOLOGIST, make_site("S03"))


@pytest.fixture
def subject(person: User) -> Subject:
    return create_subject(actor=person)


@pytest.mark.parametrize("body", [*map(json.dumps, ODD), *RAW], ids=range(len(ODD) + len(RAW)))
def test_odd_json_is_the_senders_fault(body: str, person: User, subject: Subject) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for method, path in (
        ("patch", f"/api/v1/forms/{subject.code}/"),
        ("post", f"/api/v1/forms/{subject.code}/submit/"),
        ("post", "/api/v1/uploads/"),
        ("post", "/api/v1/auth/token/"),
        ("post", "/api/v1/subjects/"),
    ):
        answer = getattr(client, method)(path, body.encode("latin-1"), "application/json")
        assert answer.status_code < 500, f"{method} {path}"
        assert answer.status_code < 400 or answer.json()["code"]
