"""Bytes whose digest is known only when all have arrived: sealed into staging first, then given to an upload.

Until an upload takes it, a deposit is named in the table of unclaimed objects, so that it goes by itself
when its sender does.
"""

import hashlib
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry import vaults
from registry.errors import Problem
from uploads.models import UnclaimedObject, Upload, UploadFile
from uploads.services.unclaimed import GRACE
from vault import create

RENEW_SECONDS = GRACE.total_seconds() / 6


@dataclass(frozen=True)
class Deposit:
    """A sealed object in staging, and what it holds."""

    name: str
    sha256: str
    size: int


class Deposits:
    """The deposits of one request."""

    def __init__(self) -> None:
        self._prefix = f"staging/deposit-{uuid.uuid4().hex}"
        self._count = 0
        self._renewed = time.monotonic()

    def put(self, pieces: Iterable[bytes], *, key: bytes) -> Deposit:
        """Seal the pieces under a subject's key while hashing. Problem: file_too_large. StoreError."""
        name = f"{self._prefix}/{self._count}"
        self._count += 1
        UnclaimedObject.objects.create(name=name, until=timezone.now() + GRACE)
        digest, size = hashlib.sha256(), 0
        with create(vaults.store(), name, subject_key=key, kind="staged") as sealed:
            for piece in pieces:
                size += len(piece)
                if size > settings.MAX_FILE_BYTES:
                    raise Problem("file_too_large", size=size, limit=settings.MAX_FILE_BYTES)
                digest.update(piece)
                sealed.write(piece)
                self._renew()
        return Deposit(name, digest.hexdigest(), size)

    def let_go(self) -> None:
        """What no upload took may be deleted now."""
        UnclaimedObject.objects.filter(name__startswith=f"{self._prefix}/").update(until=timezone.now())

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            mine = UnclaimedObject.objects.filter(name__startswith=f"{self._prefix}/")
            mine.update(until=timezone.now() + GRACE)
            self._renewed = time.monotonic()


@contextmanager
def deposits() -> Iterator[Deposits]:
    made = Deposits()
    try:
        yield made
    finally:
        made.let_go()


@transaction.atomic
def hand_in(*, upload_id: uuid.UUID, given: Iterable[Deposit]) -> int:
    """Let an open upload have the deposits it still lacks; returns how many it took."""
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    if upload.state != Upload.State.OPEN:
        return 0
    lacking = {file.sha256: file for file in upload.files.filter(received_at=None, verdict="")}
    taken = []
    for deposit in given:
        if file := lacking.pop(deposit.sha256, None):
            file.staged_name, file.received_at = deposit.name, timezone.now()
            taken.append(file)
    UploadFile.objects.bulk_update(taken, ["staged_name", "received_at"], batch_size=500)
    UnclaimedObject.objects.filter(name__in=[file.staged_name for file in taken]).delete()
    return len(taken)
