"""Addresses that nothing is at: JSON for programs, and no redirect that loses what was sent."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/v1/subjects", "/api/v1/uploads", "/api/v1/forms/S03-0001-U"])
def test_what_is_sent_without_the_slash_is_told_so(client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path, {}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "slash" in answer.json()["message"]


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1/", "/api/v1/nope", "/api/v1/nope/", "/dicomweb/nope", "/dicomweb/a/b/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_addresses_of_programs_answer_in_json(client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "slash" not in answer.json()["message"]


def test_readers_are_led_to_the_slash(client: Client) -> None:
    for path in ("/subjects", "/api/v1/subjects"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (301, f"{path}/")


def test_other_unknown_addresses_are_pages(client: Client) -> None:
    answer = client.get("/apiary/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
