"""Master key → subject key → object key. This module holds the first two and how one wraps the other.

A wrapped subject key names the master key that wrapped it, so a rotation can tell what is left to do, and is
bound to the subject's reference, so it cannot be moved to another subject.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path
from typing import NoReturn, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import KeyFailure

KEY_SIZE = 32
NONCE_SIZE = 12
WRAPPED_SIZE = NONCE_SIZE + KEY_SIZE + 16

_MAGIC = b"KSK1"
_KEY_ID = re.compile(r"[!-~]{1,255}")


class SecretKey(bytes):
    """Key bytes that do not show themselves in a log, a traceback or a queue message."""

    def __repr__(self) -> str:
        return "<SecretKey>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not to be pickled")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self.__reduce__()


class MasterKey(Protocol):
    """Wraps subject keys: a local key (below), or a key management service behind the same three names."""

    @property
    def key_id(self) -> str:
        """1 to 255 printable ASCII characters, the same for the same key, telling nothing of it."""
        ...

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """`key` encrypted and bound to `context`."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """What `wrap` was given; KeyFailure `wrapped_not_authentic` if bytes or context differ."""
        ...


class LocalMasterKey:
    """A MasterKey of 32 bytes in this process (AES-256-GCM)."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise KeyFailure("key_malformed")
        self._aead = AESGCM(key)
        self._key_id = hmac.digest(key, b"kicc-vault master key id", hashlib.sha256)[:8].hex()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._key_id}>"

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits, from an HMAC under the key."""
        return self._key_id

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """See MasterKey.wrap: nonce (12 bytes), ciphertext, tag (16 bytes)."""
        return seal_key(self._aead, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See MasterKey.unwrap."""
        try:
            return open_key(self._aead, wrapped, context)
        except InvalidTag:
            raise KeyFailure("wrapped_not_authentic") from None


class FileMasterKey(LocalMasterKey):
    """The master key in a file that only its owner may touch (0600 or narrower)."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        where = os.fspath(path)
        try:
            with open(where, "rb") as file:
                rights = os.fstat(file.fileno()).st_mode & 0o777
                text = file.read(1024)
        except OSError:
            raise KeyFailure("key_unreadable", where) from None
        if rights & 0o177:
            raise KeyFailure("key_rights", f"{where} has {rights:04o}")
        super().__init__(_parse(text, where))


class EnvMasterKey(LocalMasterKey):
    """The master key in the environment variable `variable`."""

    def __init__(self, variable: str = "KICC_MASTER_KEY") -> None:
        text = os.environ.get(variable, "")
        if not text:
            raise KeyFailure("key_missing", variable)
        super().__init__(_parse(text.encode(), variable))

    @classmethod
    def or_none(cls, variable: str = "KICC_MASTER_KEY") -> Self | None:
        """The key, or None where the variable is not set."""
        return cls(variable) if os.environ.get(variable) else None


def create_master_key_file(path: str | os.PathLike[str]) -> None:
    """Write a new random master key (64 hexadecimal digits, rights 0600). Never overwrites: `key_exists`."""
    target = Path(path)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFailure("key_exists", str(target)) from None
    with open(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_SIZE) + "\n")
        file.flush()
        os.fsync(file.fileno())


def new_subject_key(master: MasterKey, ref: str) -> tuple[SecretKey, bytes]:
    """A random subject key of 32 bytes, and its wrapped form for the record of the subject `ref`."""
    key = SecretKey(secrets.token_bytes(KEY_SIZE))
    return key, wrap_subject_key(master, key, ref)


def wrap_subject_key(master: MasterKey, key: bytes, ref: str) -> bytes:
    """The form in which a subject key is stored: it names the master key, and opens for `ref` alone."""
    key_id = master.key_id
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError("key_id must be 1 to 255 printable ASCII characters")
    head = _MAGIC + bytes([len(key_id)]) + key_id.encode("ascii")
    return head + master.wrap(key, _context(key_id, ref))


def unwrap_subject_key(master: MasterKey, wrapped: bytes, ref: str) -> SecretKey:
    """The subject key. KeyFailure: `wrong_master_key`, `wrapped_malformed`, `wrapped_not_authentic`."""
    key_id, body = _split(wrapped)
    if key_id != master.key_id:
        raise KeyFailure("wrong_master_key", f"wrapped by {key_id}, configured is {master.key_id}")
    return SecretKey(master.unwrap(body, _context(key_id, ref)))


def rewrap_subject_key(old: MasterKey, new: MasterKey, wrapped: bytes, ref: str) -> bytes:
    """The same subject key wrapped by `new`; what `new` wrapped already comes back as it is."""
    if wrapping_key_id(wrapped) == new.key_id:
        unwrap_subject_key(new, wrapped, ref)
        return bytes(wrapped)
    return wrap_subject_key(new, unwrap_subject_key(old, wrapped, ref), ref)


def wrapping_key_id(wrapped: bytes) -> str:
    """`key_id` of the master key that wrapped this subject key."""
    return _split(wrapped)[0]


def seal_key(aead: AESGCM, key: bytes, context: bytes, nonce: bytes | None = None) -> bytes:
    """nonce (12 bytes, random unless given), encrypted key, tag (16 bytes); bound to `context`."""
    nonce = nonce or secrets.token_bytes(NONCE_SIZE)
    return nonce + aead.encrypt(nonce, bytes(key), context)


def open_key(aead: AESGCM, wrapped: bytes, context: bytes) -> bytes:
    """Inverse of `seal_key`; cryptography's InvalidTag if anything differs."""
    if len(wrapped) != WRAPPED_SIZE:
        raise InvalidTag
    return aead.decrypt(wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], context)


def _split(wrapped: bytes) -> tuple[str, bytes]:
    data = bytes(wrapped)
    end = 5 + (data[4] if len(data) > 4 else 0)
    key_id = data[5:end].decode("latin-1")
    if data[:4] != _MAGIC or len(data) <= end or not _KEY_ID.fullmatch(key_id):
        raise KeyFailure("wrapped_malformed")
    return key_id, data[end:]


def _context(key_id: str, ref: str) -> bytes:
    return b"kicc-vault subject key 1\0" + key_id.encode("ascii") + b"\0" + ref.encode()


def _parse(text: bytes, where: str) -> bytes:
    stripped = text.strip()
    if re.fullmatch(rb"[0-9a-fA-F]{64}", stripped):
        return bytes.fromhex(stripped.decode("ascii"))
    try:
        key = base64.b64decode(stripped, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_SIZE:
        raise KeyFailure("key_malformed", where)
    return key
