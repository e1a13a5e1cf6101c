"""Clients signed in as somebody; two hospitals, their people, the task force, and a patient.

Models are imported inside: this file is read before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from cohort.models import Case
    from imaging.models import Series
    from registry.models import Site, Subject, User


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def client(user: User) -> Client:
        made = Client()
        made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return made

    return client


def person(role: str, at: Site | None = None) -> User:
    from registry.models import Role
    from tests.cohort import people

    return people.user(Role(role), at)


@pytest.fixture
def site(db: None) -> Site:
    from tests.cohort import people

    return people.site("S03")


@pytest.fixture
def site_person(site: Site) -> User:
    return person("radiologist", site)


@pytest.fixture
def colleague(site: Site) -> User:
    """A second person of the same site."""
    return person("coordinator", site)


@pytest.fixture
def foreign_person(db: None) -> User:
    """Somebody of another site."""
    from tests.cohort import people

    return person("radiologist", people.site("S05"))


@pytest.fixture
def curator(db: None) -> User:
    return person("curator")


@pytest.fixture
def lead(db: None) -> User:
    return person("lead")


@pytest.fixture
def researcher(db: None) -> User:
    return person("researcher")


@pytest.fixture
def administrator(db: None) -> User:
    return person("admin")


@pytest.fixture
def subject(site_person: User) -> Subject:
    from tests.cohort import people

    return people.subject(site_person)


@pytest.fixture
def case(subject: Subject) -> Case:
    """An empty form."""
    from cohort import dictionary
    from cohort.models import Case

    return Case.objects.create(subject=subject, dictionary=dictionary.CURRENT)


@pytest.fixture
def stored_series(subject: Subject) -> Series:
    from tests.cohort import people

    return people.exam(subject).series.get()


@pytest.fixture
def open_form(browser: Any, live_server: Any, subject: Subject) -> Iterator[Callable[..., Any]]:
    """A section of the form, or a page by its address, for a signed-in person in an own window."""
    from django.conf import settings

    contexts = []

    def opened(user: User, slug: str, **options: Any) -> Any:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context = browser.new_context(base_url=live_server.url, **{"locale": "en-US", **options})
        contexts.append(context)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key}
        context.add_cookies([{**cookie, "url": live_server.url}])
        page = context.new_page()
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto(slug if slug.startswith("/") else f"/subjects/{subject.code}/form/{slug}/")
        return page

    yield opened
    for context in contexts:
        context.close()
