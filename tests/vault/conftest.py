import uuid
from pathlib import Path

import pytest

from tests.services.session import S3
from vault import DirectoryStore, S3Store, Store


@pytest.fixture
def s3_store(s3: S3) -> S3Store:
    return S3Store(
        s3.bucket,
        endpoint=s3.endpoint,
        access_key=s3.access_key,
        secret_key=s3.secret_key,
        prefix=f"{uuid.uuid4().hex}/",
        part_size=5 << 20,
    )


@pytest.fixture
def directory_store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest) -> Store:
    """One store after the other: what a test says of `store` is the contract of both."""
    return request.getfixturevalue(f"{request.param}_store")
