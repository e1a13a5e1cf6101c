"""Objects in a bucket of any S3 service: multipart uploads of bounded memory, retries, short timeouts."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from vault.errors import MissingObject, StoreError
from vault.store import Data, check_name, check_prefix, check_range

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

MIN_PART = 5 << 20
MAX_PARTS = 10_000
PAGE = 1000

_CODES = {
    "404": "missing",
    "NoSuchKey": "missing",
    "NotFound": "missing",
    "NoSuchBucket": "no_bucket",
    "403": "denied",
    "AccessDenied": "denied",
    "InvalidAccessKeyId": "denied",
    "SignatureDoesNotMatch": "denied",
    "QuotaExceeded": "no_space",
    "InsufficientStorage": "no_space",
    "507": "no_space",
    "NoSuchUpload": "unavailable",
    "SlowDown": "unavailable",
    "RequestTimeout": "unavailable",
    "RequestTimeTooSkewed": "denied",
}


class _Target(TypedDict):
    Bucket: str
    Key: str


class _BrokenOff(StoreError):
    """The answer began, and did not come to its end."""


class S3Store:
    """A Store (see vault.store) in the bucket `bucket`, which must exist.

    endpoint: URL of the service; None for AWS itself. access_key, secret_key: None for the role
    of the machine.
    prefix: put before every object name ("" or "some/where/").
    part_size: bytes of memory that one writer takes, at least 5 MiB; an object has at most 10,000 parts.
    connect_timeout, read_timeout: seconds of silence before an attempt counts as failed.
    attempts: how often a request is tried, with growing pauses.
    """

    def __init__(
        self,
        bucket: str,
        *,
        endpoint: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        region: str = "us-east-1",
        prefix: str = "",
        part_size: int = 8 << 20,
        connect_timeout: float = 3,
        read_timeout: float = 20,
        attempts: int = 3,
    ) -> None:
        if part_size < MIN_PART:
            raise ValueError("part_size must be at least 5 MiB")
        self.bucket = bucket
        self.prefix = check_prefix(prefix)
        self.part_size = part_size
        self.attempts = attempts
        self._endpoint = endpoint
        self._credentials = (access_key, secret_key)
        self._region = region
        self._timeouts = (connect_timeout, read_timeout)
        self._clients: dict[tuple[int, int], S3Client] = {}

    def __repr__(self) -> str:
        return f"S3Store({self.bucket!r})"

    @contextmanager
    def writer(self, name: str) -> Iterator["_Upload"]:
        """See Store.writer. Small objects go as one request, larger ones as a multipart upload."""
        upload = _Upload(self, self._key(name), name)
        try:
            yield upload
            upload.commit()
        except BaseException:
            upload.abort()
            raise

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """See Store.read. An answer that breaks off is asked for again."""
        check_range(start, length)
        if length == 0:
            self.size(name)
            return b""
        span = f"bytes={start}-{'' if length is None else start + length - 1}"
        for _ in range(self.attempts - 1):
            with suppress(_BrokenOff):
                return self._fetch(name, span)
        return self._fetch(name, span)

    def size(self, name: str) -> int:
        """See Store.size."""
        with _translated(name):
            return self.client().head_object(Bucket=self.bucket, Key=self._key(name))["ContentLength"]

    def exists(self, name: str) -> bool:
        """See Store.exists."""
        try:
            self.size(name)
        except MissingObject:
            return False
        return True

    def delete(self, name: str) -> None:
        """See Store.delete."""
        with _translated(name):
            self.client().delete_object(Bucket=self.bucket, Key=self._key(name))

    def list(self, prefix: str = "") -> Iterator[str]:
        """See Store.list."""
        start = self.prefix + check_prefix(prefix)
        with _translated(prefix):
            pages = (
                self.client()
                .get_paginator("list_objects_v2")
                .paginate(Bucket=self.bucket, Prefix=start, PaginationConfig={"PageSize": PAGE})
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    yield item["Key"].removeprefix(self.prefix)

    def discard_unfinished(self, older_than: float) -> int:
        """See Store.discard_unfinished: aborts multipart uploads that nobody finished."""
        limit = datetime.now(UTC) - timedelta(seconds=older_than)
        removed = 0
        with _translated(""):
            pages = self.client().get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for item in page.get("Uploads", ()):
                    if item["Initiated"] <= limit:
                        self.client().abort_multipart_upload(
                            Bucket=self.bucket, Key=item["Key"], UploadId=item["UploadId"]
                        )
                        removed += 1
        return removed

    def ping(self) -> None:
        """See Store.ping: asks once for the bucket, so that an outage shows at once."""
        try:
            with _translated(""):
                self.client(attempts=1).head_bucket(Bucket=self.bucket)
        except MissingObject:
            raise StoreError("no_bucket") from None

    def client(self, *, attempts: int | None = None) -> "S3Client":
        """The boto3 client of this process (connections are not shared over a fork)."""
        key = (os.getpid(), attempts or self.attempts)
        if key not in self._clients:
            try:
                self._clients[key] = self._connect(key[1])
            except ValueError:
                raise StoreError("bad_setting", "endpoint") from None
        return self._clients[key]

    def _connect(self, attempts: int) -> "S3Client":
        access_key, secret_key = self._credentials
        connect_timeout, read_timeout = self._timeouts
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self._endpoint,
            region_name=self._region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                connect_timeout=connect_timeout,
                read_timeout=read_timeout,
                retries={"mode": "standard", "total_max_attempts": attempts},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                signature_version="s3v4",
                s3={"addressing_style": "path"} if self._endpoint else {},
            ),
        )

    def _key(self, name: str) -> str:
        return self.prefix + check_name(name)

    def _fetch(self, name: str, span: str) -> bytes:
        with _translated(name):
            try:
                answer = self.client().get_object(Bucket=self.bucket, Key=self._key(name), Range=span)
            except ClientError as error:
                if _reason(error) in {"InvalidRange", "416"}:
                    return b""
                raise
        with closing(answer["Body"]) as body:
            try:
                return body.read()
            except BotoCoreError:
                raise _BrokenOff("unavailable", name) from None


class _Upload:
    def __init__(self, store: S3Store, key: str, name: str) -> None:
        self._store = store
        self._name = name
        self._target: _Target = {"Bucket": store.bucket, "Key": key}
        self._buffer = bytearray()
        self._upload_id = ""
        self._parts: list[CompletedPartTypeDef] = []
        self._sent = 0

    def write(self, data: Data, /) -> int:
        view = memoryview(data).cast("B")
        for start in range(0, len(view), self._store.part_size):
            self._buffer += view[start : start + self._store.part_size]
            if len(self._buffer) >= self._store.part_size:
                self._send_part()
        return len(view)

    def commit(self) -> None:
        with _translated(self._name):
            if not self._upload_id:
                self._store.client().put_object(**self._target, Body=bytes(self._buffer))
                return
        if self._buffer:
            self._send_part()
        with _translated(self._name):
            try:
                self._store.client().complete_multipart_upload(
                    **self._target, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
                )
            except ClientError as error:
                if _reason(error) != "NoSuchUpload" or not self._arrived():
                    raise

    def abort(self) -> None:
        if self._upload_id:
            with suppress(BotoCoreError, ClientError):  # discard_unfinished comes back to it
                self._store.client().abort_multipart_upload(**self._target, UploadId=self._upload_id)

    def _arrived(self) -> bool:
        """True if an earlier attempt to complete was carried out, and only its answer was lost."""
        try:
            return self._store.size(self._name) == self._sent
        except StoreError:
            return False

    def _send_part(self) -> None:
        if len(self._parts) == MAX_PARTS:
            raise StoreError("object_too_large", self._name)
        with _translated(self._name):
            client = self._store.client()
            if not self._upload_id:
                self._upload_id = client.create_multipart_upload(**self._target)["UploadId"]
            number = len(self._parts) + 1
            answer = client.upload_part(
                **self._target, UploadId=self._upload_id, PartNumber=number, Body=bytes(self._buffer)
            )
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._sent += len(self._buffer)
        self._buffer.clear()


def _reason(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _code(error: ClientError) -> str:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    fallback = "unavailable" if status >= 500 else "failed"
    return _CODES.get(_reason(error)) or _CODES.get(str(status)) or fallback


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code == "missing":
            raise MissingObject(where=name) from None
        raise StoreError(code, f"{name} {_reason(error)}".strip()) from None
    except (NoCredentialsError, PartialCredentialsError):
        raise StoreError("denied", name) from None
    except ParamValidationError:
        raise StoreError("bad_setting", name) from None
    except BotoCoreError:
        raise StoreError("unavailable", name) from None
