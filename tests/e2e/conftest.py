"""One whole instance for the journeys: PostgreSQL, Valkey, S3, gunicorn, worker, beat."""

from collections.abc import Iterator

import pytest

from tests.services.place import Place
from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.stack import Stack


@pytest.fixture
def stack(place: Place, postgres: Postgres, s3: S3) -> Iterator[Stack]:
    with Stack(place, postgres=postgres, s3=s3) as running:
        yield running
