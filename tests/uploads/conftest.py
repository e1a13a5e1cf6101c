"""A hospital with a patient, and people of it and of others.

Models are imported inside, after Django is set up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.models import Site, Subject, User
    from registry.vaults import Store
    from tests.uploads.people import Sender


@pytest.fixture(autouse=True)
def store(tmp_path: object, settings: object) -> Iterator[Store]:
    """An empty directory store for each test."""
    from registry import vaults

    settings.STORE, settings.STORE_DIR = "directory", f"{tmp_path}/objects"  # type: ignore[attr-defined]
    vaults.store.cache_clear()
    yield vaults.store()
    vaults.store.cache_clear()


@pytest.fixture
def site(db: None) -> Site:
    from tests.uploads.people import make_site

    return make_site("S03")


@pytest.fixture
def radiologist(site: Site) -> User:
    from registry.models import Role
    from tests.uploads.people import make_person

    return make_person(Role.RADIOLOGIST, site)


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody of another hospital."""
    from registry.models import Role
    from tests.uploads.people import make_person, make_site

    return make_person(Role.RADIOLOGIST, make_site("S05"))


@pytest.fixture
def subject(radiologist: User) -> Subject:
    from tests.uploads.people import make_subject

    return make_subject(radiologist)


@pytest.fixture
def sender(radiologist: User) -> Sender:
    from tests.uploads.people import Sender

    return Sender(radiologist)
