"""What is said while the database does not answer: come again, not that we are broken."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from registry.models import Role
from tests.uploads.people import make_person, make_site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_person(Role.RADIOLOGIST, make_site("S03")))
    return client


@pytest.fixture
def away(signed_in: Client) -> Iterator[None]:
    """The next connection is refused by the server itself: it has no database of this name."""
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "/nowhere/kicc"
    yield
    connection.close()
    connection.settings_dict["NAME"] = name


@pytest.mark.usefixtures("away")
def test_programs_are_told_to_come_again(signed_in: Client) -> None:
    with_token = {"HTTP_AUTHORIZATION": f"Token {'a' * 64}"}
    answers = [
        signed_in.get("/api/v1/uploads/"),
        signed_in.post("/api/v1/subjects/", {}, "application/json"),
        Client(raise_request_exception=False).get("/api/v1/uploads/", **with_token),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "database_down")}
    assert "try again" in answers[0].json()["message"]


@pytest.mark.usefixtures("away")
def test_people_see_a_page_that_says_so(signed_in: Client) -> None:
    answer = signed_in.get("/", follow=True)
    assert answer.status_code == 503
    assert "The database does not answer" in answer.content.decode()


def test_afterwards_all_is_as_before(signed_in: Client) -> None:
    assert signed_in.get("/api/v1/uploads/").status_code == 200
