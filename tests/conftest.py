"""The suite's services and settings. Nothing boots before a collected test asks for it."""

import os
from collections.abc import Iterator
from typing import Any

import django
import pytest

from tests.services import chromium, orthanc, session
from tests.services.place import Place
from tests.services.postgres import Postgres
from tests.services.session import S3, Services
from tests.services.valkey import Valkey

KEPT = {"KICC_TEST_DB", "KICC_CHROMIUM"}
NEEDS = {
    "postgres": {"postgres", "db", "transactional_db", "django_db_setup", "live_server", "stack"},
    "valkey": {"valkey"},
    "s3": {"s3"},
}

SERVICES = Services()
for name in [name for name in os.environ if name.startswith("KICC_") and name not in KEPT]:
    del os.environ[name]
GIVEN = {
    "DJANGO_SETTINGS_MODULE": "registry.settings.test",
    "KICC_VAR": str(SERVICES.place.root / "var"),
    "KICC_DATABASE_URL": SERVICES.database_url,
}
os.environ.update(GIVEN)


def pytest_configure(config: pytest.Config) -> None:
    """Bring Django up before any module is collected; its settings come from the environment above.

    What only distributes tests to others (xdist) must not hand its own settings down: each has its own.
    """
    django.setup()
    if config.getoption("numprocesses", None):
        for name in GIVEN:
            del os.environ[name]


def pytest_report_header() -> str:
    return f"services: {session.describe()}; {chromium.describe()}; {orthanc.describe()}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Boot side by side, in the background, what the collected tests will ask for."""
    if session.config.option.collectonly:
        return
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if any(item.get_closest_marker("django_db") for item in session.items):
        wanted.add("db")
    for service, fixtures in NEEDS.items():
        if wanted & fixtures:
            SERVICES.begin(service)


def pytest_unconfigure() -> None:
    SERVICES.close()


@pytest.fixture(scope="session")
def place() -> Place:
    """The session's temporary directory and process keeper."""
    return SERVICES.place


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """A running PostgreSQL: `.url`, `.create_database(name) -> url`."""
    return SERVICES.get("postgres")


@pytest.fixture(scope="session")
def _valkey() -> Valkey:
    return SERVICES.get("valkey")


@pytest.fixture
def valkey(_valkey: Valkey) -> Iterator[Valkey]:
    """A running Valkey: `.url`, `.stop()`, `.start()`, `.restart(wipe=…)`; runs again after each test."""
    yield _valkey
    if _valkey.process is None:
        _valkey.start()


@pytest.fixture(scope="session")
def _s3() -> S3:
    return SERVICES.get("s3")


@pytest.fixture
def s3(_s3: S3) -> Iterator[S3]:
    """A running S3 store: `.endpoint .access_key .secret_key .bucket .region`, `.stop()`, `.start()`."""
    yield _s3
    _s3.start()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium program for Playwright's `executable_path`."""
    found = chromium.path()
    assert found, "the suite needs Chromium: apt-get install chromium, or name one in KICC_CHROMIUM."
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Any]:
    """A Playwright browser for the session; make a context of your own per test."""
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=chromium.launch_arguments())
        yield running
        running.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Django's test database is on the session's PostgreSQL, unless KICC_TEST_DB=sqlite."""
    if not session.SQLITE:
        SERVICES.get("postgres")
