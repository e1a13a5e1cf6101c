"""Names that follow, under the registry's key, from what they name; no UID can be read from them."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable

from django.conf import settings


def keyed(purpose: str, *parts: str) -> bytes:
    """32 bytes: HMAC-SHA-256 under the registry's UID key."""
    message = "\0".join(("kicc", purpose, *parts)).encode("utf-8", "surrogateescape")
    return hmac.digest(settings.UID_KEY, message, "sha256")


def series_key(series_uid: str) -> str:
    """Key of a series as it arrived (64 hexadecimal digits)."""
    return keyed("series", series_uid).hex()


def series_id(subject_code: str, key: str) -> uuid.UUID:
    """Identifier of the series with this key at this subject, before and after it is stored."""
    return uuid.UUID(bytes=keyed("series id", subject_code, key)[:16], version=4)


def staged_name(upload_id: uuid.UUID, sha256: str) -> str:
    return f"staging/{upload_id}/{sha256}"


def object_names(identifier: uuid.UUID, content: Iterable[str]) -> tuple[str, str]:
    """Names of a series' archive and preview; `content` are the digests of the files that go into it."""
    digest = hashlib.sha256("\n".join(sorted(content)).encode()).hexdigest()[:16]
    return f"series/{identifier}/{digest}.zip", f"previews/{identifier}/{digest}.png"
