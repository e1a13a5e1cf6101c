"""Proof, by reading back, that what is in the store is what was meant to be there."""

import hashlib
from collections.abc import Iterable
from itertools import pairwise

from vault.archive import IndexEntry, read_index
from vault.errors import SealError
from vault.seal import SealedReader, open_sealed
from vault.store import Store


def verify_sealed(store: Store, name: str, *, subject_key: bytes, sha256: str | None = None) -> None:
    """Authenticate every segment of any sealed object; compare the plain bytes to `sha256` (hexadecimal).

    MissingObject, StoreError; SealError as in `open_sealed`, `segment_not_authentic`, `hash_mismatch`.
    """
    digest = hashlib.sha256()
    for chunk in open_sealed(store, name, subject_key=subject_key).chunks():
        if sha256 is not None:
            digest.update(chunk)
    if sha256 is not None and digest.hexdigest() != sha256:
        raise SealError("hash_mismatch", name)


def verify_archive(
    store: Store, name: str, *, subject_key: bytes, entries: Iterable[IndexEntry] | None = None
) -> None:
    """Authenticate every segment of an archive and compare every instance to its hash, in one pass.

    entries: the index on record, in the order of writing; None to trust the one inside the object.
    MissingObject, StoreError; SealError as in `open_sealed`, `segment_not_authentic`, `wrong_kind`,
    `not_an_archive`, `index_mismatch`, `hash_mismatch`.
    """
    reader = open_sealed(store, name, subject_key=subject_key)
    index = read_index(reader)
    if entries is not None and index != [IndexEntry(*entry) for entry in entries]:
        raise SealError("index_mismatch", name)
    for entry, digest in zip(index, _digests(reader, index), strict=True):
        if digest != entry.sha256:
            raise SealError("hash_mismatch", f"{name} {entry.name}")


def _digests(reader: SealedReader, index: list[IndexEntry]) -> list[str]:
    """SHA-256 of every entry, from one pass over the whole object."""
    if any(a.offset + a.length > b.offset for a, b in pairwise(index)):
        raise SealError("not_an_archive", reader.name)
    if index and index[-1].offset + index[-1].length > reader.size:
        raise SealError("not_an_archive", reader.name)
    hashes = [hashlib.sha256() for _ in index]
    position = current = 0
    for chunk in reader.chunks():
        view = memoryview(chunk)
        end = position + len(view)
        while current < len(index) and index[current].offset < end:
            entry = index[current]
            stop = entry.offset + entry.length
            hashes[current].update(view[max(entry.offset - position, 0) : max(stop - position, 0)])
            if stop > end:
                break
            current += 1
        position = end
    return [item.hexdigest() for item in hashes]
