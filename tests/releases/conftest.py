"""A lead, and clients signed in as somebody; models are imported inside, before which Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from registry.models import User


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def client(user: User) -> Client:
        made = Client()
        made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return made

    return client


@pytest.fixture
def lead(db: None) -> User:
    from registry.models import Role
    from tests.cohort import people

    return people.user(Role.LEAD)


@pytest.fixture
def radiologist(db: None) -> User:
    from tests.cohort import people

    return people.user(at=people.site("S03"))
