"""Does the chain of receipts hold, and do the series on record agree with it?"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from deid import signing
from imaging.models import Series
from uploads.evidence import Receipt, ReceiptHead
from uploads.services import receipts

FIRST = "0" * 64


def breaks() -> Iterator[str]:
    """Sentences on every place where the chain does not hold, or a series is not what its receipts say."""
    yield from _links()
    for series in Series.objects.sealed().defer("header", "findings").iterator(chunk_size=100):
        yield from _series(series)


def _links() -> Iterator[str]:
    keys = receipts.public_keys()
    previous, sequence = FIRST, 0
    for receipt in Receipt.objects.order_by("sequence").iterator(chunk_size=100):
        if receipt.sequence != sequence + 1:
            yield f"Receipt {sequence + 1} is missing before receipt {receipt.sequence}."
        yield from _link(receipt, previous, keys)
        previous, sequence = receipt.digest, receipt.sequence
    head = ReceiptHead.objects.filter(id=1).first()
    if (head.sequence, head.digest) != (sequence, previous) if head else sequence:
        told = head.sequence if head else "nothing"
        yield f"The last receipts are missing: the chain ends at {sequence}, its head says {told}."


def _link(receipt: Receipt, previous: str, keys: dict[str, bytes]) -> Iterator[str]:
    name = f"Receipt {receipt.sequence}"
    signed = receipt.body.encode()
    if hashlib.sha256(signed).hexdigest() != receipt.digest:
        yield f"{name} was changed after it was written."
        return
    content = json.loads(signed)
    columns = (receipt.sequence, str(receipt.series), str(receipt.upload_id), receipt.key)
    if columns != tuple(content.get(field) for field in ("sequence", "series", "upload", "key")):
        yield f"{name} is filed under another number, series, upload or key than it was signed for."
    if content.get("previous") != previous:
        yield f"{name} does not follow the receipt before it."
    if receipt.key not in keys:
        yield f"{name} is signed with key {receipt.key}, which is neither in use nor among the retired ones."
    elif not signing.holds(receipts.document(receipt), keys[receipt.key]):
        yield f"{name} is not signed by key {receipt.key}."


def _series(series: Series) -> Iterator[str]:
    """A series of before receipts were signed has passes without a number, and is left out."""
    passes = series.receipt.get("passes", [])
    if not passes or not all("sequence" in item for item in passes):
        return
    rows: dict[str, dict[str, Any]] = {}
    mine = {}
    for receipt in Receipt.objects.filter(series=series.pk).order_by("sequence"):
        mine[receipt.sequence] = receipt.digest
        rows |= {row["uid"]: row for row in json.loads(receipt.body)["instances"]}
    if any(mine.get(item["sequence"]) != item["digest"] for item in passes):
        yield f"Series {series.pk} names a receipt that is not its own."
    wrong = 0
    for instance in series.instances.iterator():
        row = rows.get(instance.sop_uid, {})
        told = (row.get("stored"), row.get("pixels_after"))
        wrong += told != (instance.sha256, instance.pixel_sha256)
    if wrong:
        yield f"Series {series.pk}: {wrong} of its images are not what its receipts say."
