"""Signatures under receipts: Ed25519 (RFC 8032) over the canonical bytes of the content.

``cryptography`` is asked for where a signature is made or checked and nowhere else, so that the engine needs
pydicom alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from deid.receipt import Content, canonical

ALGORITHM = "Ed25519"
KEY_BYTES = 32
_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)
_HEX_KEY = re.compile(r"[0-9a-fA-F]{64}")
Document = dict[str, Any]
Keys = Mapping[str, bytes]


class BadKey(ValueError):
    """The file holds no Ed25519 key; the text says what it should hold."""


def key_id(public: bytes) -> str:
    """Name of a key: the first 16 hex digits of the SHA-256 of the 32 bytes of its public half."""
    return hashlib.sha256(public).hexdigest()[:16]


def public_of(private: bytes) -> bytes:
    """The 32 public bytes that belong to 32 private ones."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(content: Content, private: bytes) -> Document:
    """The signed receipt; the name of the key is put into what is signed."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    name = key_id(public_of(private))
    signed = {**content, "key": name}
    value = Ed25519PrivateKey.from_private_bytes(private).sign(canonical(signed)).hex()
    return {"receipt": signed, "signature": {"algorithm": ALGORITHM, "key": name, "value": value}}


def holds(document: Document, public: bytes) -> bool:
    """Whether the signature of a receipt is by this key and over this content."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature = document["signature"]
    if signature.get("algorithm") != ALGORITHM or document["receipt"].get("key") != signature.get("key"):
        return False
    try:
        value = bytes.fromhex(str(signature.get("value")))
        Ed25519PublicKey.from_public_bytes(public).verify(value, canonical(document["receipt"]))
    except (InvalidSignature, ValueError):
        return False
    return True


def pem(public: bytes) -> str:
    """The public key as other programs read it (SubjectPublicKeyInfo, RFC 8410)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def read_keys(data: bytes) -> dict[str, bytes]:
    """Public keys by name, from PEM (one key after another) or from the JSON of ``/api/v1/receipt-keys/``.

    Raises BadKey.
    """
    is_json = data.lstrip().startswith(b"{")
    found = _from_json(data) if is_json else [_from_pem(part) for part in _PEM.findall(data)]
    if not found:
        raise BadKey("holds no public key; give PEM, or the JSON of the registry's receipt-keys")
    return {key_id(public): public for public in found}


def read_private(data: bytes) -> bytes:
    """The 32 bytes of a private key: 64 hex digits, or PEM without a password. Raises BadKey."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = data.decode("ascii", "replace").strip()
    if _HEX_KEY.fullmatch(text):
        return bytes.fromhex(text)
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("holds no Ed25519 key; make one with: openssl genpkey -algorithm ed25519")
    return key.private_bytes_raw()


def _from_pem(part: bytes) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(part)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey("holds a key that is not Ed25519")
    return key.public_bytes_raw()


def _from_json(data: bytes) -> list[bytes]:
    try:
        listed = json.loads(data)["keys"]
        texts = [str(row["public_key"]) for row in listed]
    except (ValueError, KeyError, TypeError):
        raise BadKey("is not the JSON of the registry's receipt-keys") from None
    if not all(_HEX_KEY.fullmatch(text) for text in texts):
        raise BadKey("lists a key that is not 64 hexadecimal digits")
    return [bytes.fromhex(text) for text in texts]
