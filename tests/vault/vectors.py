"""Makes docs/vectors/sealed-object-v1.json: `python -m tests.vault.vectors` from the top of the project."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import ArchiveWriter, DirectoryStore, LocalMasterKey, open_sealed, read_index, wrap_subject_key
from vault.header import HEADER, SEGMENT, TAG, seal_header
from vault.keys import seal_key
from vault.seal import SealedWriter

PATH = Path(__file__).parents[2] / "docs/vectors/sealed-object-v1.json"
SUBJECT_KEY = bytes(range(32))
MASTER_KEY = bytes(range(64, 96))
LENGTHS = {
    "empty": 0,
    "one-byte": 1,
    "one-segment": SEGMENT,
    "two-segments": SEGMENT + 1,
    "three": 2 * SEGMENT + 777,
}
INSTANCES = {"000001.dcm": b"first instance", "000002.dcm": b"", "000003.dcm": bytes(range(256))}


class FixedNonce(LocalMasterKey):
    """A local master key whose wrapping can be repeated; for vectors alone."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        nonce = hashlib.sha256(b"nonce of the subject key").digest()[:12]
        return seal_key(AESGCM(MASTER_KEY), key, context, nonce)


def pattern(length: int) -> bytes:
    """Byte i is i mod 251."""
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def seal(name: str, kind: str, plain: bytes, number: int) -> tuple[bytes, dict[str, str]]:
    """The sealed bytes with fixed secrets, and these secrets."""
    secrets = {
        "object_key": hashlib.sha256(b"object key %d" % number).digest(),
        "prefix": hashlib.sha256(b"prefix %d" % number).digest()[:7],
        "nonce": hashlib.sha256(b"nonce %d" % number).digest()[:12],
    }
    sink = io.BytesIO()
    writer = SealedWriter(sink, seal_header(SUBJECT_KEY, name=name, kind=kind, **secrets))
    writer.write(plain)
    writer.finish()
    return sink.getvalue(), {key: value.hex() for key, value in secrets.items()}


def describe(name: str, kind: str, plain: bytes, number: int) -> dict[str, Any]:
    sealed, secrets = seal(name, kind, plain, number)
    width = SEGMENT + TAG
    segments = [sealed[start : start + width] for start in range(HEADER, len(sealed), width)]
    vector: dict[str, Any] = {"name": name, "kind": kind, "subject_key": SUBJECT_KEY.hex(), **secrets}
    vector |= {"plain_length": len(plain), "plain_sha256": hashlib.sha256(plain).hexdigest()}
    vector |= {"header": sealed[:HEADER].hex(), "tags": [segment[-TAG:].hex() for segment in segments]}
    vector |= {"sealed_length": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}
    if len(sealed) < 4096:
        vector |= {"plain": plain.hex(), "sealed": sealed.hex()}
    return vector


def archive(folder: Path) -> tuple[bytes, list[dict[str, Any]]]:
    store = DirectoryStore(folder)
    with ArchiveWriter(store, "vectors/archive", subject_key=SUBJECT_KEY) as writer:
        for name, data in INSTANCES.items():
            writer.add(name, data)
    reader = open_sealed(store, "vectors/archive", subject_key=SUBJECT_KEY)
    return reader.read(), [entry._asdict() for entry in read_index(reader)]


def wrapped_key() -> dict[str, str]:
    wrapped = wrap_subject_key(FixedNonce(MASTER_KEY), SUBJECT_KEY, "S03-0042-K")
    return {
        "master_key": MASTER_KEY.hex(),
        "master_key_id": LocalMasterKey(MASTER_KEY).key_id,
        "ref": "S03-0042-K",
        "subject_key": SUBJECT_KEY.hex(),
        "wrapped": wrapped.hex(),
    }


def build(folder: Path) -> dict[str, Any]:
    """All vectors; `folder` is an empty directory to work in."""
    plain, index = archive(folder)
    objects = [
        describe(f"vectors/{label}", "file", pattern(length), number)
        for number, (label, length) in enumerate(LENGTHS.items())
    ]
    return {
        "format": "sealed object, version 1",
        "note": "Bytes are hexadecimal. Byte i of the plain bytes is i mod 251 where they are not given.",
        "objects": [*objects, describe("vectors/archive", "series", plain, len(objects))],
        "archive": {"object": "vectors/archive", "index": index},
        "subject_key": wrapped_key(),
    }


def text(vectors: dict[str, Any]) -> str:
    return json.dumps(vectors, indent=2) + "\n"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        PATH.write_text(text(build(Path(temporary))))
