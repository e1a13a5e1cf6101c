"""What one test process has of services: each booted once, when the first test that needs it is known."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import boto3
from botocore.config import Config

from tests.services import ceph, moto, postgres, valkey
from tests.services.place import Place, free_port
from tests.services.proxy import Proxy

SQLITE = os.environ.get("KICC_TEST_DB") == "sqlite"


class Service(Protocol):
    def boot(self) -> None: ...
    def end(self) -> None: ...


class S3:
    """The S3 store behind a relay, with one bucket; `stop` takes it away, `start` brings it back."""

    region = "us-east-1"

    def __init__(self, place: Place) -> None:
        self.backend = ceph.Ceph(place) if ceph.installed() else moto.Moto(place)
        self.access_key = self.backend.access_key
        self.secret_key = self.backend.secret_key
        self.bucket = "kicc"
        # Made here: its modules make loggers, which pytest walks through while `boot` runs in a thread.
        self._first_client = self.client()

    def boot(self) -> None:
        self.backend.boot()
        self._relay = Proxy(self.backend.port)
        self.endpoint = f"http://127.0.0.1:{self._relay.port}"
        self._first_client.create_bucket(Bucket=self.bucket)

    def client(self) -> Any:
        """A boto3 client that goes to the store directly, so it works while the relay is off."""
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.backend.port}",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
            config=Config(s3={"addressing_style": "path"}),
        )

    def create_bucket(self, name: str) -> str:
        """Make another bucket and return its name."""
        self.client().create_bucket(Bucket=name)
        return name

    def stop(self) -> None:
        self._relay.stop()

    def start(self) -> None:
        self._relay.start()

    def end(self) -> None:
        self._relay.stop()
        self.backend.end()


class Services:
    """PostgreSQL, Valkey and S3 of this process, booting side by side."""

    def __init__(self) -> None:
        self.place = Place()
        self.postgres_port = free_port()
        self._made: dict[str, Service] = {}
        self._booting: dict[str, Future[None]] = {}
        self._threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="services")

    @property
    def database_url(self) -> str:
        if SQLITE:
            return f"sqlite:///{self.place.root}/suite.sqlite3"
        return f"postgres://{postgres.USER}@127.0.0.1:{self.postgres_port}/kicc"

    def begin(self, name: str) -> None:
        """Start booting in the background, once."""
        if name in self._booting:
            return
        service: Service
        if name == "postgres":
            service = postgres.Postgres(self.place, self.postgres_port)
        elif name == "valkey":
            service = valkey.Valkey(self.place)
        else:
            service = S3(self.place)
        self._made[name] = service
        self._booting[name] = self._threads.submit(service.boot)

    def get(self, name: str) -> Any:
        """The service, booted. Raises RuntimeError with the reason when it does not come up."""
        self.begin(name)
        self._booting[name].result(timeout=120)
        return self._made[name]

    def close(self) -> None:
        """End every process and remove every file; errors of a boot that failed were told before."""
        self._threads.shutdown(wait=True)
        for name, service in self._made.items():
            if self._booting[name].exception() is None:
                service.end()
        self.place.close()


def describe() -> str:
    """One line for the header: which real service stands behind each fixture."""
    store = (
        f"Ceph RGW {ceph.describe()}"
        if ceph.installed()
        else f"moto {moto.describe()} (Ceph is not installed)"
    )
    database = "SQLite" if SQLITE else f"PostgreSQL {postgres.describe()}"
    return f"{database}; Valkey {valkey.describe()}; S3: {store}"
