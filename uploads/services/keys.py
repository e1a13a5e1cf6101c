"""Names that follow, under the registry's key, from what they name; no UID can be read from them."""

import hmac
import uuid

from django.conf import settings


def keyed(purpose: str, *parts: str) -> bytes:
    """32 bytes: HMAC-SHA-256 under the registry's UID key."""
    message = "\0".join(("kicc", purpose, *parts)).encode("utf-8", "surrogateescape")
    return hmac.digest(settings.UID_KEY, message, "sha256")


def site_key(site_code: str) -> str:
    """The key (64 hexadecimal digits) under which a site replaces UIDs before it sends."""
    return keyed("site uid key", site_code).hex()


def series_key(series_uid: str) -> str:
    """Key of a series as it arrived (64 hexadecimal digits)."""
    return keyed("series", series_uid).hex()


def series_id(subject_code: str, key: str, version: int = 0) -> uuid.UUID:
    """Identifier of the series with this key at this subject, before and after it is stored.

    Versions count from 0; the next begins when one is withdrawn.
    """
    parts = (subject_code, key, str(version)) if version else (subject_code, key)
    return uuid.UUID(bytes=keyed("series id", *parts)[:16], version=4)


def account_name(pk: int) -> str:
    """What receipts call an account: always the same 16 hexadecimal digits, which tell nobody who it is."""
    return keyed("account", str(pk))[:8].hex()


def staged_name(upload_id: uuid.UUID, sha256: str) -> str:
    return f"staging/{upload_id}/{sha256}"


def object_names(identifier: uuid.UUID, attempt: uuid.UUID) -> tuple[str, str]:
    """Names of a series' archive and preview; no two attempts share one, so none writes over another."""
    return f"series/{identifier}/{attempt.hex}.zip", f"previews/{identifier}/{attempt.hex}.png"
