"""The header of a sealed object, and what follows from it. See docs/sealed-object-format.md."""

import re
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import SealError
from vault.keys import KEY_SIZE, SecretKey, open_key, seal_key

MAGIC = b"KICCSEAL"
VERSION = 1
SUITE_AES_256_GCM = 1
SEGMENT_BITS = 20
SEGMENT = 1 << SEGMENT_BITS
TAG = 16
PREFIX_SIZE = 7
HEADER = 96
MAX_SEGMENTS = 1 << 32

_FIXED = struct.Struct(">8sBBB7s18s")
_KIND = re.compile(r"[a-z0-9-]{1,18}")


@dataclass(frozen=True, slots=True)
class Header:
    """An opened header: what every segment's nonce and authenticated data are made of.

    raw: the 96 bytes as they stand in the object. name: the object's name. prefix: 7 bytes of every nonce.
    """

    raw: bytes
    name: str
    kind: str
    prefix: bytes
    aead: AESGCM = field(repr=False)

    @property
    def aad(self) -> bytes:
        """Authenticated with every segment: the header, then the object's name in UTF-8."""
        return self.raw + self.name.encode()

    def nonce(self, number: int, *, last: bool) -> bytes:
        """12 bytes: prefix, segment number (from 0), 1 for the last segment and 0 for others."""
        return self.prefix + struct.pack(">IB", number, last)


def seal_header(
    subject_key: bytes, *, name: str, kind: str, object_key: bytes, prefix: bytes, nonce: bytes
) -> Header:
    """The header of a new object: `object_key` (32 bytes) wrapped under `subject_key`.

    `prefix` (7 bytes) and `nonce` (12 bytes) are random; so is `object_key`, used for this object alone.
    """
    if not _KIND.fullmatch(kind):
        raise SealError("bad_kind", name)
    fixed = _FIXED.pack(MAGIC, VERSION, SUITE_AES_256_GCM, SEGMENT_BITS, prefix, kind.encode("ascii"))
    wrapped = seal_key(_wrapping(subject_key, name), object_key, _context(fixed, name), nonce)
    return Header(fixed + wrapped, name, kind, prefix, AESGCM(object_key))


def open_header(subject_key: bytes, raw: bytes, name: str) -> Header:
    """Check and open the first 96 bytes of the object `name`.

    SealError: `not_sealed`, `truncated`, `unknown_version`, `bad_header`, `header_not_authentic`.
    """
    if raw[: len(MAGIC)] != MAGIC:
        raise SealError("not_sealed", name)
    if len(raw) != HEADER:
        raise SealError("truncated", name)
    fixed, wrapped = raw[: _FIXED.size], raw[_FIXED.size :]
    _, version, suite, bits, prefix, padded = _FIXED.unpack(fixed)
    if version != VERSION:
        raise SealError("unknown_version", name)
    kind = padded.rstrip(b"\0").decode("latin-1")
    if suite != SUITE_AES_256_GCM or bits != SEGMENT_BITS or not _KIND.fullmatch(kind):
        raise SealError("bad_header", name)
    try:
        object_key = SecretKey(open_key(_wrapping(subject_key, name), wrapped, _context(fixed, name)))
    except InvalidTag:
        raise SealError("header_not_authentic", name) from None
    return Header(raw, name, kind, prefix, AESGCM(object_key))


def segment_count(sealed_size: int, name: str) -> int:
    """How many segments an object of `sealed_size` bytes has; SealError `truncated` if none is so long."""
    count, rest = divmod(sealed_size - HEADER, SEGMENT + TAG)
    if rest and (rest > TAG or (rest == TAG and count == 0)):
        return count + 1
    if rest or count < 1:
        raise SealError("truncated", name)
    return count


def _wrapping(subject_key: bytes, name: str) -> AESGCM:
    if len(subject_key) != KEY_SIZE:
        raise SealError("bad_key", name)
    return AESGCM(subject_key)


def _context(fixed: bytes, name: str) -> bytes:
    return b"kicc-vault object key 1\0" + fixed + name.encode()
