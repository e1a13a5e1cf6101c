"""Short forms for the tests of the S3 store."""

import pytest

from vault import S3Store, StoreError

SECRET = "AKSECRETSECRET"


def put(store, name, data=b"x"):
    with store.writer(name) as sink:
        sink.write(data)


def fails(code, call, *arguments):
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    assert caught.value.code == code
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def at(port, **options):
    options = {"read_timeout": 5, "connect_timeout": 2, "attempts": 1, **options}
    return S3Store("b", endpoint=f"http://127.0.0.1:{port}", access_key="AK", secret_key=SECRET, **options)


def uploads_left(store):
    answer = store.client().list_multipart_uploads(Bucket=store.bucket, Prefix=store.prefix)
    return [item["UploadId"] for item in answer.get("Uploads", ())]
