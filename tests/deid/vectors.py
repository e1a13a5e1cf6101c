"""Makes docs/vectors/receipts-v1.json: `python -m tests.deid.vectors` from the top of the project."""

import json
from pathlib import Path
from typing import Any

from deid import signing
from deid.receipt import bundle, canonical, digest

PATH = Path(__file__).parents[2] / "docs/vectors/receipts-v1.json"
PRIVATE = {"first": bytes(range(32)), "second": bytes(range(64, 96))}
NOTE = (
    "Two receipts of one series, the second after the key was changed. Private keys are 32 bytes in "
    "hexadecimal, for these vectors alone. canonical is the text that is hashed and signed, as UTF-8."
)


def content(number: int, previous: str, earlier: str) -> dict[str, Any]:
    """Values in which writers of JSON differ: order, blanks, Korean, quotes, control signs."""
    return {
        "format": "kicc-receipt/1",
        "sequence": number,
        "previous": previous,
        "earlier": earlier,
        "at": f"2026-11-25T03:30:0{number}Z",
        "upload": f"00000000-0000-4000-8000-00000000000{number}",
        "series": "101c2730-d328-4f44-98d9-e83ea9385c95",
        "outcome": "stored",
        "engine": "kicc-deid/1.0.0",
        "profile": "2025b.1",
        "stripped_by": "",
        "dates": "keyed",
        "series_uid": "2.25.329800735698586629295641978511506172918",
        "files": 1,
        "same_pixels": 1,
        "actions": [
            {
                "element": "(0010,0010)",
                "action": "Z",
                "reason": 'May identify; "left empty" / 비움\t\u0001',
                "files": 1,
            }
        ],
        "findings": [],
        "instances": [
            {
                "uid": f"2.25.1000{number}",
                "sent": f"{number}" * 64,
                "stored": f"{number + 2}" * 64,
                "pixels_before": "a" * 64,
                "pixels_after": "a" * 64,
            }
        ],
    }


def build() -> dict[str, Any]:
    documents, previous = [], "0" * 64
    for number, private in enumerate(PRIVATE.values(), start=1):
        earlier = previous if number > 1 else ""
        documents.append(signing.sign(content(number, previous, earlier), private))
        previous = digest(documents[-1]["receipt"])
    return {
        "note": NOTE,
        "keys": [
            {
                "id": signing.key_id(signing.public_of(private)),
                "algorithm": signing.ALGORITHM,
                "private_key": private.hex(),
                "public_key": signing.public_of(private).hex(),
                "pem": signing.pem(signing.public_of(private)),
            }
            for private in PRIVATE.values()
        ],
        "canonical": [canonical(document["receipt"]).decode() for document in documents],
        "digests": [digest(document["receipt"]) for document in documents],
        "file": bundle(documents),
    }


def text(vectors: dict[str, Any]) -> str:
    return json.dumps(vectors, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(build()), encoding="utf-8")
