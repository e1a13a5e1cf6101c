"""Failed sign-ins: whom they lock out, and what is remembered of them."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from django.utils import timezone

from registry.clients import address
from registry.models import Role, User
from registry.services import door
from registry.settings.proxies import networks

PASSWORD = "correct horse battery"
PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.2.3.4", "203.0.113.7"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "HONGGILDONG", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("", "203.0.113.7", None),
    ],
)
def test_only_what_known_proxies_say_is_believed(
    remote: str, forwarded: str | None, found: str | None, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers)) == found


def test_without_proxies_nothing_forwarded_is_believed() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert address(request) == "10.0.0.1"


@pytest.mark.parametrize("texts", [[], ["10.0.0.1/8"], ["proxy"]])
def test_a_wrong_network_stops_the_start_by_name(texts: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="KICC_X"):
        networks("KICC_X", texts)


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("lead@kicc.test", PASSWORD, name="L", role=Role.LEAD)


def sign_in(client: Client, password: str, name: str = "lead@kicc.test", **headers: str) -> int:
    body = {"email": name, "password": password}
    return client.post("/api/v1/auth/token/", body, "application/json", **headers).status_code


def test_a_guesser_elsewhere_does_not_lock_the_person_out(
    client: Client, person: User, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    for n in range(9):
        forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"192.0.2.{n}, 203.0.113.7"}
        last = sign_in(client, "x", **forged)
    assert last == 429
    person_there = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.5"}
    assert sign_in(client, PASSWORD, **person_there) == 200


@pytest.mark.usefixtures("person")
def test_spelling_and_browser_do_not_help_a_guesser(client: Client) -> None:
    for n in range(8):
        sign_in(client, "x", "Lead@KICC.test" if n % 2 else "lead@kicc.test", HTTP_USER_AGENT=str(n))
    page = client.post("/accounts/login/", {"username": " LEAD@kicc.test", "password": PASSWORD})
    assert page.status_code == 429
    assert sign_in(client, PASSWORD) == 429


@pytest.mark.usefixtures("person")
def test_nothing_that_was_typed_is_kept(client: Client) -> None:
    browser = {"HTTP_USER_AGENT": "HONG", "HTTP_ACCEPT": "application/json, text/HONG"}
    for _ in range(2):
        client.post("/accounts/login/?next=/HONG", {"username": "HONG", "password": "HONG"}, **browser)
        sign_in(client, "HONG", "hong@kicc.test", **browser)
    kept = list(AccessAttempt.objects.values())
    assert [one["failures_since_start"] for one in kept] == [2, 2]
    assert all(len(one["username"]) == 64 for one in kept)
    assert "hong" not in str(kept).lower()


@pytest.mark.usefixtures("person")
def test_signing_in_leaves_no_list_of_browsers_and_forgets_the_failures(client: Client) -> None:
    sign_in(client, "x")
    page = client.post("/accounts/login/", {"username": "lead@kicc.test", "password": PASSWORD})
    assert page.status_code == 302
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


@pytest.mark.usefixtures("person")
def test_what_no_longer_counts_is_forgotten(client: Client) -> None:
    sign_in(client, "x")
    assert door.forget() == 0
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert door.forget() == 1
