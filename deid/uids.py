"""UIDs replaced under a key (PS3.5 annex B.2: 2.25 and a 128-bit number)."""

from __future__ import annotations

import hmac
from functools import lru_cache

from pydicom.config import IGNORE
from pydicom.uid import UID

HL7_ROOT = "2.16.840.1.113883."


@lru_cache(maxsize=4096)
def registered(uid: str) -> bool:
    """Whether PS3.6 annex A lists it."""
    return UID(uid, validation_mode=IGNORE).name != uid


@lru_cache(maxsize=65536)
def replace(key: bytes, uid: str) -> str:
    """The same input and key give the same UID. Registered UIDs stay."""
    if registered(uid):
        return uid
    digest = hmac.digest(key, b"kicc-deid uid\0" + uid.encode("utf-8", "surrogatepass"), "sha256")
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def of_standard(uid: str) -> bool:
    """Whether it names something of a standard rather than an object of a hospital."""
    if registered(uid):
        return True
    return (
        uid.startswith(HL7_ROOT)
        and len(uid) <= 32
        and all(len(part) <= 4 for part in uid[len(HL7_ROOT) :].split("."))
    )
