"""UIDs replaced under a key (PS3.5 annex B.2: 2.25 and a 128-bit number)."""

from __future__ import annotations

import hmac
import re
from functools import lru_cache

from pydicom.config import IGNORE
from pydicom.uid import UID

LONGEST = 64
# HL7's branches for code systems, its own and others' (PS3.16 chapter 8); hospitals have arcs beside them.
_OF_HL7 = re.compile(r"2\.16\.840\.1\.113883\.(?:[56]\.(?:0|[1-9][0-9]{0,3})|3\.26\.1\.[1-9])")


def registered(uid: str) -> bool:
    """Whether PS3.6 annex A lists it."""
    return len(uid) <= LONGEST and _registered(uid)


@lru_cache(maxsize=4096)
def _registered(uid: str) -> bool:
    return UID(uid, validation_mode=IGNORE).name != uid


def replace(key: bytes, uid: str) -> str:
    """The same input and key give the same UID. Registered UIDs stay."""
    return _remembered(key, uid) if len(uid) <= LONGEST else _replaced(key, uid)


def _replaced(key: bytes, uid: str) -> str:
    return uid if registered(uid) else always(key, uid)


def always(key: bytes, uid: str) -> str:
    """The same for what names an object of the hospital, whatever it says."""
    digest = hmac.digest(key, b"kicc-deid uid\0" + uid.encode("utf-8", "surrogatepass"), "sha256")
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


_remembered = lru_cache(maxsize=65536)(_replaced)


def of_standard(uid: str) -> bool:
    """Whether it names something of a standard rather than an object of a hospital."""
    return registered(uid) or (len(uid) <= 32 and _OF_HL7.fullmatch(uid) is not None)
