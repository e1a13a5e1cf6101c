import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.services import ceph, moto
from tests.services.place import Place
from vault import DirectoryStore, S3Store, Store


@dataclass
class S3Service:
    endpoint: str
    access_key: str
    secret_key: str
    bucket: str


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Service]:
    import os

    place = Place()
    server = ceph.Ceph(place) if ceph.installed() and not os.environ.get("MOTO") else moto.Moto(place)
    try:
        server.boot()
        service = S3Service(f"http://127.0.0.1:{server.port}", server.access_key, server.secret_key, "vault-test")
        client = S3Store(
            service.bucket,
            endpoint=service.endpoint,
            access_key=service.access_key,
            secret_key=service.secret_key,
        ).client()
        client.create_bucket(Bucket=service.bucket)
        yield service
        server.end()
    finally:
        place.close()


@pytest.fixture
def s3_store(s3: S3Service) -> S3Store:
    return S3Store(
        s3.bucket,
        endpoint=s3.endpoint,
        access_key=s3.access_key,
        secret_key=s3.secret_key,
        prefix=f"{uuid.uuid4().hex}/",
        part_size=5 << 20,
    )


@pytest.fixture
def directory_store(tmp_path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest) -> Store:
    """One store after the other: what a test says of `store` is the contract of both."""
    return request.getfixturevalue(f"{request.param}_store")
