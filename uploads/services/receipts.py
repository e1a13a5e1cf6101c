"""Receipts of series: signed, chained to the one before, never changed (docs/receipts.md)."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from deid import signing
from deid.receipt import Content, bundle, canonical
from uploads.evidence import Receipt, ReceiptHead
from uploads.models import Upload

LONG = frozenset({"instances", "findings", "format", "upload"})


def issue(*, upload: Upload, series: uuid.UUID, content: Content) -> tuple[Receipt, dict[str, Any]]:
    """Sign `content` as the next link of the chain, inside the caller's transaction.

    Gives the row, and the short form that a series carries. Other workers wait for the end of the
    transaction, so it is called late. Who takes this lock and the audit trail's takes this one first.
    """
    with transaction.atomic():
        ReceiptHead.objects.get_or_create(id=1)
        head = ReceiptHead.objects.select_for_update().get(id=1)
        now = timezone.now().replace(microsecond=0)
        earlier = Receipt.objects.filter(series=series).order_by("-sequence").first()
        document = signing.sign(
            {
                **content,
                "sequence": head.sequence + 1,
                "previous": head.digest,
                "earlier": earlier.digest if earlier else "",
                "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "upload": str(upload.pk),
                "series": str(series),
            },
            settings.RECEIPT_KEY,
        )
        signed = canonical(document["receipt"])
        receipt = Receipt.objects.create(
            sequence=head.sequence + 1,
            upload=upload,
            series=series,
            at=now,
            body=signed.decode(),
            digest=hashlib.sha256(signed).hexdigest(),
            key=document["signature"]["key"],
            signature=document["signature"]["value"],
        )
        ReceiptHead.objects.filter(id=1).update(sequence=receipt.sequence, digest=receipt.digest)
    return receipt, _short(document["receipt"], receipt.digest)


def _short(content: Content, digest: str) -> dict[str, Any]:
    """What the page and the API of a series show of a receipt."""
    return {**{name: value for name, value in content.items() if name not in LONG}, "digest": digest}


def document(receipt: Receipt) -> signing.Document:
    """The receipt as a file: what was signed, and the signature."""
    return {
        "receipt": json.loads(receipt.body),
        "signature": {"algorithm": signing.ALGORITHM, "key": receipt.key, "value": receipt.signature},
    }


def file_of(receipts: Iterable[Receipt]) -> dict[str, Any]:
    """Several receipts as one file."""
    return bundle(document(receipt) for receipt in receipts)


def public_keys() -> dict[str, bytes]:
    """Public keys by name, the one that signs now first, then those that signed before."""
    now = signing.public_of(settings.RECEIPT_KEY)
    return {signing.key_id(now): now, **_retired(settings.RECEIPT_RETIRED_KEYS_FILE)}


@cache
def _retired(path: str) -> dict[str, bytes]:
    """Raises ImproperlyConfigured when the file is there and holds no key."""
    if not path or not Path(path).exists():
        return {}
    try:
        return signing.read_keys(Path(path).read_bytes())
    except (OSError, signing.BadKey) as error:
        raise ImproperlyConfigured(
            f"Retired receipt keys {path}: {error}. Put back the right file."
        ) from None


def published() -> dict[str, Any]:
    """The public keys as others fetch them; one is in use."""
    found = public_keys()
    return {
        "keys": [
            {
                "id": name,
                "algorithm": signing.ALGORITHM,
                "public_key": public.hex(),
                "pem": signing.pem(public),
                "in_use": number == 0,
            }
            for number, (name, public) in enumerate(found.items())
        ]
    }
