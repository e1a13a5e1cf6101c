"""The vectors of docs/receipts.md: the software makes them, a reader written from that page reads them."""

import hashlib
import json
import re
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.deid import vectors

VECTORS = json.loads(vectors.PATH.read_text("utf-8"))
ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plain(value: Any) -> str:
    """JSON as the page describes it, without the software and without Python's json."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{plain(name)}:{plain(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(plain(item) for item in value) + "]"
    if isinstance(value, int):
        return str(value)
    escaped = re.sub(r'[\\"\x00-\x1f]', lambda m: ESCAPES.get(m[0], f"\\u{ord(m[0]):04x}"), value)
    return f'"{escaped}"'


def test_the_committed_vectors_are_what_the_software_makes() -> None:
    assert vectors.PATH.read_text("utf-8") == vectors.text(vectors.build())


def test_a_reader_written_from_the_page_verifies_them() -> None:
    keys = {}
    for key in VECTORS["keys"]:
        public = bytes.fromhex(key["public_key"])
        assert key["id"] == hashlib.sha256(public).hexdigest()[:16]
        keys[key["id"]] = load_pem_public_key(key["pem"].encode())
        assert keys[key["id"]].public_bytes_raw() == public
    previous = "0" * 64
    documents = VECTORS["file"]["receipts"]
    assert len(documents) == 2
    for document, text, digest in zip(documents, VECTORS["canonical"], VECTORS["digests"], strict=True):
        content, signature = document["receipt"], document["signature"]
        signed = plain(content).encode()
        assert signed == text.encode()
        assert hashlib.sha256(signed).hexdigest() == digest
        assert content["previous"] == previous
        assert content["key"] == signature["key"]
        keys[signature["key"]].verify(bytes.fromhex(signature["value"]), signed)
        previous = digest
    assert documents[1]["receipt"]["earlier"] == VECTORS["digests"][0]
