"""The key under which a site replaces UIDs: its own people's, alike for all of them, and nobody else's."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from registry.models import Role, Site, User
from tests.uploads.people import make_person


def ask(person: User) -> Any:
    client = Client()
    client.force_login(person)
    return client.get("/api/v1/sites/key/")


def test_a_site_has_one_key_and_no_other_site_has_it(radiologist: User, stranger: User, site: Site) -> None:
    mine = ask(radiologist)
    assert mine.status_code == 200
    assert mine.json()["site"] == site.code
    assert len(bytes.fromhex(mine.json()["key"])) == 32
    assert ask(make_person(Role.COORDINATOR, site)).json() == mine.json()
    assert ask(stranger).json()["key"] != mine.json()["key"]
    assert settings.UID_KEY.hex() not in mine.content.decode()
    assert mine.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("role", [Role.CURATOR, Role.LEAD, Role.RESEARCHER, Role.ADMIN])
def test_who_is_of_no_site_gets_none(role: Role, db: None) -> None:
    answer = ask(make_person(role, None))
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_at_a_site"
