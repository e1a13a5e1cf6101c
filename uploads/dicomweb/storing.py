"""STOW-RS: the instances of a request become uploads, one for each subject and engine, and are waited for."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.conf import settings

from registry.errors import Problem
from registry.models import Subject, User
from registry.services.subjects import subject_key
from uploads.dicomweb import front
from uploads.dicomweb.front import Front
from uploads.dicomweb.multipart import Malformed, Parts, Readable, boundary_of
from uploads.models import Upload, UploadFile
from uploads.services import receiving
from uploads.services.depositing import Deposit, Deposits, deposits, hand_in

CODE = re.compile(r"S[0-9]{2}-[0-9]{4}-[A-Z]")
CLIENT = "STOW-RS"
POLL_SECONDS = 0.25
MOST_WAITERS = 2
_waiters = threading.BoundedSemaphore(MOST_WAITERS)
"""Requests that may wait for verdicts at once; the others are answered as soon as their bytes are safe."""


@dataclass
class Item:
    """One instance of the request. `code`: why it is not stored, empty when it is or may yet be.

    `front` is None where the part is no instance. `pending`: its verdict comes later.
    """

    front: Front | None
    code: str = ""
    deposit: Deposit | None = None
    upload: Upload | None = None
    pending: bool = False

    @property
    def coerced(self) -> bool:
        """Whether the registry itself had to remove identity."""
        return self.upload is not None and not self.upload.stripped_by


def store(*, actor: User, study: str, content_type: str, stream: Readable) -> list[Item]:
    """Keep every part that can be kept, hand them to the workers, and say how each stands.

    study: Study Instance UID that all must have, or empty. Problem: not_at_a_site, no_irb_approval,
    not_multipart, and with nothing kept bad_multipart, cut_off, no_instances, too_many_files. StoreError.
    """
    receiving.check_site(actor=actor)
    boundary = boundary_of(content_type)
    if boundary is None:
        raise Problem("not_multipart")
    with deposits() as made:
        try:
            items = [_take(actor, study, pieces, made) for pieces in _counted(Parts(stream, boundary))]
        except Malformed:
            raise Problem("bad_multipart") from None
        except OSError:  # Django's UnreadablePostError: the sender went away
            raise Problem("cut_off") from None
        if not items:
            raise Problem("no_instances")
        _hand_over(actor, items)
    _wait(items)
    return items


def _counted(parts: Parts) -> Iterator[Iterator[bytes]]:
    for number, pieces in enumerate(parts, start=1):
        if number > receiving.MAX_FILES:
            raise Problem("too_many_files", count=number, limit=receiving.MAX_FILES)
        yield pieces


def _take(actor: User, study: str, pieces: Iterator[bytes], made: Deposits) -> Item:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= front.LENGTH:
            break
    try:
        seen = front.read(head)
    except front.Unreadable:
        return Item(None, "not_dicom")
    if study and seen.study != study:
        return Item(seen, "other_study")
    subject = _subject(actor, seen)
    if subject is None:
        return Item(seen, "no_subject")
    try:
        return Item(seen, deposit=made.put(chain([head], pieces), key=subject_key(subject)))
    except Problem as problem:
        return Item(seen, problem.code)


def _subject(actor: User, seen: Front) -> Subject | None:
    if not CODE.fullmatch(seen.patient_id):
        return None
    return Subject.objects.visible_to(actor).select_related("site").filter(code=seen.patient_id).first()


def _hand_over(actor: User, items: list[Item]) -> None:
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.front and item.deposit:
            groups[item.front.patient_id, item.front.stripped_by].append(item)
    for (code, stripped_by), members in groups.items():
        given = {item.deposit.sha256: item.deposit for item in members if item.deposit}
        try:
            upload = receiving.start(
                actor=actor,
                subject=Subject.objects.select_related("site").get(code=code),
                files=[{"sha256": one.sha256, "size": one.size} for one in given.values()],
                stripped_by=stripped_by,
                client=CLIENT,
            )
            hand_in(upload_id=upload.pk, given=given.values())
            upload = receiving.complete(actor=actor, upload_id=upload.pk)
        except Problem as problem:
            for item in members:
                item.code = problem.code
            continue
        for item in members:
            item.upload = upload


def _wait(items: list[Item]) -> None:
    """Give the workers time to answer; then write down what each instance has come to."""
    uploads = {item.upload.pk for item in items if item.upload}
    unfinished = (Upload.State.OPEN, Upload.State.PROCESSING)
    if uploads and _waiters.acquire(blocking=False):
        try:
            end = time.monotonic() + settings.STOW_WAIT_SECONDS
            while Upload.objects.filter(pk__in=uploads, state__in=unfinished).exists():
                if time.monotonic() >= end:
                    break
                time.sleep(POLL_SECONDS)
        finally:
            _waiters.release()
    rows = UploadFile.objects.filter(upload__in=uploads).values_list("upload_id", "sha256", "verdict", "code")
    verdicts = {(upload, sha256): (verdict, code) for upload, sha256, verdict, code in rows}
    for item in items:
        if item.upload and item.deposit:
            verdict, code = verdicts[item.upload.pk, item.deposit.sha256]
            item.pending = not verdict
            if verdict in (UploadFile.Verdict.REFUSED, UploadFile.Verdict.QUARANTINED):
                item.code = code
