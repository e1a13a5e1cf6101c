"""Reads sealed objects by docs/sealed-object-format.md alone: nothing of vault/ is used here."""

import hashlib
import hmac
import struct
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1_048_576


class Refuse(Exception):
    """The object is not what the format allows."""


class Instance(NamedTuple):
    name: str
    offset: int
    length: int
    sha256: str


def read_object(sealed: bytes, name: str, subject_key: bytes) -> tuple[str, bytes]:
    """Kind and plain bytes; Refuse for a malformed object, InvalidTag for one not authentic."""
    if sealed[:11] != b"KICCSEAL" + bytes([1, 1, 20]) or len(sealed) < 96:
        raise Refuse
    header, body = sealed[:96], sealed[96:]
    count = -(-len(body) // (PIECE + 16))
    rest = len(body) - (count - 1) * (PIECE + 16)
    if count < 1 or rest < (17 if count > 1 else 16):
        raise Refuse
    wrapping = b"kicc-vault object key 1\0" + header[:36] + name.encode()
    object_key = AESGCM(AESGCM(subject_key).decrypt(header[36:48], header[48:96], wrapping))
    plain = []
    for i in range(count):
        nonce = header[11:18] + i.to_bytes(4, "big") + (b"\1" if i == count - 1 else b"\0")
        segment = body[i * (PIECE + 16) : (i + 1) * (PIECE + 16)]
        plain.append(object_key.decrypt(nonce, segment, header + name.encode()))
    return header[18:36].rstrip(b"\0").decode("ascii"), b"".join(plain)


def read_directory(plain: bytes) -> list[Instance]:
    """Index of an archive without ZIP64, from its central directory."""
    count, size, start = struct.unpack_from("<HII", plain, len(plain) - 12)
    assert plain[-22:-18] == b"PK\5\6"
    instances, position = [], start
    for _ in range(count):
        length, name_size, extra_size = struct.unpack_from("<IHH", plain, position + 24)
        name = plain[position + 46 : position + 46 + name_size].decode("ascii")
        identifier, extra_length, offset, digest = struct.unpack_from(
            "<2sHQ32s", plain, position + 46 + name_size
        )
        assert (identifier, extra_length, extra_size) == (b"KI", 40, 44)
        instances.append(Instance(name, offset, length, digest.hex()))
        position += 46 + name_size + extra_size
    assert position == start + size
    return instances


def master_key_id(master_key: bytes) -> str:
    return hmac.new(master_key, b"kicc-vault master key id", hashlib.sha256).digest()[:8].hex()


def read_subject_key(wrapped: bytes, master_key: bytes, ref: str) -> bytes:
    if wrapped[:4] != b"KSK1":
        raise Refuse
    identifier, rest = wrapped[5 : 5 + wrapped[4]], wrapped[5 + wrapped[4] :]
    if identifier.decode("ascii") != master_key_id(master_key):
        raise Refuse
    context = b"kicc-vault subject key 1\0" + identifier + b"\0" + ref.encode()
    return AESGCM(master_key).decrypt(rest[:12], rest[12:], context)
