"""Sealed objects: encryption at rest, the keys it needs, and the stores that hold the result.

A pure library: no Django, no settings. docs/sealed-object-format.md describes the bytes.
"""

from vault.archive import ArchiveWriter, IndexEntry, read_index
from vault.directory import DirectoryStore
from vault.errors import KeyFailure, MissingObject, SealError, StoreError, VaultError
from vault.keys import (
    EnvMasterKey,
    FileMasterKey,
    LocalMasterKey,
    MasterKey,
    SecretKey,
    create_master_key_file,
    new_subject_key,
    rewrap_subject_key,
    unwrap_subject_key,
    wrap_subject_key,
    wrapping_key_id,
)
from vault.s3 import S3Store
from vault.seal import SealedReader, SealedWriter, create, open_sealed
from vault.store import Store
from vault.verify import verify_archive, verify_sealed

__all__ = [
    "ArchiveWriter",
    "DirectoryStore",
    "EnvMasterKey",
    "FileMasterKey",
    "IndexEntry",
    "KeyFailure",
    "LocalMasterKey",
    "MasterKey",
    "MissingObject",
    "S3Store",
    "SealError",
    "SealedReader",
    "SealedWriter",
    "SecretKey",
    "Store",
    "StoreError",
    "VaultError",
    "create",
    "create_master_key_file",
    "new_subject_key",
    "open_sealed",
    "read_index",
    "rewrap_subject_key",
    "unwrap_subject_key",
    "verify_archive",
    "verify_sealed",
    "wrap_subject_key",
    "wrapping_key_id",
]
