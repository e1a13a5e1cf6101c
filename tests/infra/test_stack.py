"""The instance that end-to-end tests drive comes up on either kind of parts, and its worker can be killed."""

import pytest

from tests.services.place import Place
from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.stack import Stack


@pytest.mark.timeout(240)
def test_it_comes_up_on_postgres_and_s3_and_outlives_its_worker(
    place: Place, postgres: Postgres, s3: S3
) -> None:
    with Stack(place, postgres=postgres, s3=s3) as stack:
        _, lines = stack.health()
        assert "postgresql" in lines
        assert "s3" in lines
        assert stack.password
        stack.kill_worker()
        stack.wait(lambda: stack.health()[0] == 503, "health that tells of the missing worker")
        stack.start_worker()
        stack.wait(lambda: stack.health()[0] == 200, "health with the new worker")


@pytest.mark.timeout(240)
def test_it_comes_up_on_sqlite_and_a_directory(place: Place) -> None:
    with Stack(place) as stack:
        _, lines = stack.health()
        assert "sqlite" in lines
        assert "store: ok (directory)" in lines
