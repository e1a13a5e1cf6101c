"""Two hospitals, their people, the task force, and a patient.

Models are imported inside: this file is read before Django is set up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cohort.models import Case
    from imaging.models import Series
    from registry.models import Site, Subject, User


def person(role: str, site: Site | None = None) -> User:
    from registry.models import Role
    from tests.cohort.people import make_person

    return make_person(Role(role), site)


@pytest.fixture
def site(db: None) -> Site:
    from tests.cohort.people import make_site

    return make_site("S03")


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
    from tests.cohort.people import make_site

    return person("radiologist", make_site("S05"))


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
    from registry.services.subjects import create_subject

    return create_subject(actor=site_person)


@pytest.fixture
def case(subject: Subject) -> Case:
    from cohort.services import answers

    return answers.case_of(subject)


@pytest.fixture
def stored_series(subject: Subject) -> Series:
    """A stored CT series of the patient (its rows; no object behind it)."""
    from tests.cohort.people import make_stored_series

    return make_stored_series(subject)
