"""The vault, wired from settings: one object store, one master key."""

from functools import cache

from django.conf import settings

from vault import (
    DirectoryStore,
    FileMasterKey,
    KeyFailure,
    S3Store,
    StoreError,
    new_subject_key,
    unwrap_subject_key,
)

__all__ = ["KeyFailure", "Store", "StoreError", "master_key", "new_key", "store", "unwrap"]

Store = DirectoryStore | S3Store


@cache
def store() -> Store:
    """The object store of this installation; staging lies in it under `staging/`."""
    if settings.STORE == "s3":
        return S3Store(**settings.S3)
    return DirectoryStore(settings.STORE_DIR)


@cache
def master_key() -> FileMasterKey:
    """The master key."""
    return FileMasterKey(settings.MASTER_KEY_FILE)


def new_key(code: str) -> tuple[bytes, bytes]:
    """A new subject key and its wrapped form, bound to the subject's code."""
    return new_subject_key(master_key(), code)


def unwrap(wrapped: bytes, code: str) -> bytes:
    """The subject key behind its wrapped form."""
    return unwrap_subject_key(master_key(), wrapped, code)
