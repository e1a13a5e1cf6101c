"""Receiving: a manifest, the files it lists, and the word that all are there."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from imaging.selectors import stored_sources
from imaging.signals import images_wanted
from registry import vaults
from registry.errors import Problem
from registry.models import AuditEvent, Site, Subject, User
from registry.services import audit
from registry.services.subjects import subject_key
from uploads.models import Job, Upload, UploadFile
from uploads.services import choices, engines, queue, quotas, staging
from uploads.services.keys import staged_name
from uploads.services.states import advance
from vault import create

MAX_FILES = 20_000
PIECE = 1 << 18
TRIES = 3
SHA256 = re.compile(r"[0-9a-f]{64}")
PROGRAM = re.compile(r"[A-Za-z0-9 ._/+()-]*")
ENDED = ("discarded", "expired")
RESUMABLE = (Upload.State.OPEN, Upload.State.PROCESSING)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _WrongBytes(Exception):
    """Leaves the writer, so that nothing is kept."""


def start(
    *,
    actor: User,
    subject: Subject,
    files: Iterable[Mapping[str, Any]],
    stripped_by: str | None,
    client: str = "",
    overruled: Any = None,
) -> Upload:
    """Open an upload, or find the unfinished one with the same list; what it overrules is then as said last.

    stripped_by, client: names of programs, with letters, digits, spaces and ._/+()- only.

    files: {"sha256": 64 hexadecimal digits, "size": bytes}. Those whose bytes the subject already has are
    answered at once. overruled: as `choices.checked` takes it, whose Problems it raises. Problem:
    not_at_a_site, no_irb_approval, subject_withdrawn, bad_program_name, old_engine, empty_manifest,
    too_many_files, bad_manifest, file_too_large, quota_open, quota_bytes.
    """
    check_may_upload(actor=actor, subject=subject)
    for field, text in (("stripped_by", stripped_by or ""), ("client", client)):
        if not PROGRAM.fullmatch(text):
            raise Problem("bad_program_name", field=field, extra={"field": field})
    engines.check(stripped_by or "")
    wanted = _manifest(files)
    chosen = choices.checked(overruled or (), files=wanted)
    subject_key(subject)
    digest = hashlib.sha256(
        "".join(f"{sha}:{size}\n" for sha, size in sorted(wanted.items())).encode()
    ).hexdigest()
    same = Upload.objects.filter(
        subject=subject, manifest_digest=digest, stripped_by=stripped_by or "", state__in=RESUMABLE
    ).order_by("created_at")
    for tries_left in reversed(range(TRIES)):
        if known := same.first():
            if overruled is not None:
                Upload.objects.filter(pk=known.pk, state=Upload.State.OPEN).update(overruled=chosen)
            return known
        try:
            with transaction.atomic():
                return _make(actor, subject, wanted, digest, stripped_by or "", client, chosen)
        except IntegrityError:  # the same list was sent at the same moment, and may be finished already
            if not tries_left:
                raise
    raise AssertionError


def _make(
    actor: User,
    subject: Subject,
    wanted: dict[str, int],
    digest: str,
    stripped_by: str,
    client: str,
    chosen: list[dict[str, Any]],
) -> Upload:
    stored = stored_sources(subject=subject, digests=wanted)
    quotas.check(site=subject.site, new={sha: size for sha, size in wanted.items() if sha not in stored})
    upload = Upload.objects.create(
        subject=subject,
        created_by=actor,
        client=client[:80],
        stripped_by=stripped_by[:120],
        manifest_digest=digest,
        overruled=chosen,
    )
    duplicate = {"verdict": UploadFile.Verdict.DUPLICATE, "code": "already_stored"}
    known: dict[str, dict[str, Any]] = dict.fromkeys(stored, duplicate)
    kept = staging.adopt(subject=subject, digests=[sha for sha in wanted if sha not in stored])
    known |= {sha: {"staged_name": name, "received_at": timezone.now()} for sha, name in kept.items()}
    UploadFile.objects.bulk_create(
        UploadFile(upload=upload, sha256=sha, size=size, **known.get(sha, {})) for sha, size in wanted.items()
    )
    audit.record(
        verb=AuditEvent.Verb.UPLOAD_STARTED,
        actor=actor,
        subject_code=subject.code,
        target=str(upload.id),
        detail={
            "files": len(wanted),
            "already_stored": len(stored),
            "stripped_by": upload.stripped_by,
            **({"overruled": len(chosen)} if chosen else {}),
        },
    )
    return upload


def check_site(*, actor: User) -> None:
    """Problem unless the actor is of a site whose approval is in force."""
    if not actor.at_site or actor.site is None:
        raise Problem("not_at_a_site")
    _check_approval(actor.site)


def _check_approval(site: Site) -> None:
    if site.approval_on() is None:
        raise Problem("no_irb_approval", site=site.code)


def check_may_upload(*, actor: User, subject: Subject) -> None:
    """Problem unless the actor is of the subject's site, its approval is in force, and no room objects."""
    if not actor.at_site or actor.site_id != subject.site_id:
        raise Problem("not_at_a_site")
    _check_approval(subject.site)
    images_wanted.send(sender=Upload, subject=subject)


def _manifest(files: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    listed = list(files)
    if not listed:
        raise Problem("empty_manifest")
    if len(listed) > MAX_FILES:
        raise Problem("too_many_files", count=len(listed), limit=MAX_FILES)
    wanted: dict[str, int] = {}
    for number, item in enumerate(listed, start=1):
        sha, size = str(item.get("sha256", "")).lower(), item.get("size")
        if not SHA256.fullmatch(sha) or not isinstance(size, int) or isinstance(size, bool) or size <= 0:
            raise Problem("bad_manifest", number=number, extra={"number": number})
        if size > settings.MAX_FILE_BYTES:
            raise Problem("file_too_large", size=size, limit=settings.MAX_FILE_BYTES, extra={"sha256": sha})
        if wanted.setdefault(sha, size) != size:
            raise Problem("bad_manifest", number=number, extra={"number": number})
    return wanted


def receive(*, actor: User, upload: Upload, sha256: str, stream: Readable, length: int | None) -> bool:
    """Stage one file while hashing it, in constant memory. True when it is new, False when it was there.

    length: bytes announced, None when the stream ends by itself. Problem: file_too_large (before a byte is
    read), wrong_bytes (nothing is kept), cut_off, not_in_manifest, upload_closed; those of
    `check_may_upload`.
    """
    check_may_upload(actor=actor, subject=upload.subject)
    file = upload.files.filter(sha256=sha256.lower()).first() if SHA256.fullmatch(sha256.lower()) else None
    if file is None:
        raise Problem("not_in_manifest")
    size = file.size if length is None else length
    if size > settings.MAX_FILE_BYTES:
        raise Problem("file_too_large", size=size, limit=settings.MAX_FILE_BYTES)
    if size != file.size:
        raise Problem("wrong_bytes", extra={"size": file.size})
    if file.code in ENDED:
        raise Problem("upload_closed")
    if file.received_at or file.verdict:
        return False
    if upload.state != Upload.State.OPEN:
        raise Problem("upload_closed")
    name = staged_name(upload.id, file.sha256)
    UploadFile.objects.filter(pk=file.pk).update(staged_name=name)
    _stage(name, subject_key(upload.subject), file, stream, announced=length is not None)
    return _received(file)


def _stage(name: str, key: bytes, file: UploadFile, stream: Readable, *, announced: bool) -> None:
    digest, left = hashlib.sha256(), file.size
    try:
        with create(vaults.store(), name, subject_key=key, kind="staged") as sealed:
            while left:
                piece = _piece(stream, min(PIECE, left))
                digest.update(piece)
                sealed.write(piece)
                left -= len(piece)
            if digest.hexdigest() != file.sha256 or (not announced and _more(stream)):
                raise _WrongBytes
    except _WrongBytes:
        raise Problem("wrong_bytes", extra={"size": file.size}) from None


def _piece(stream: Readable, size: int) -> bytes:
    try:
        piece = stream.read(size)
    except OSError:  # Django's UnreadablePostError: the sender went away
        piece = b""
    if not piece:
        raise Problem("cut_off")
    return piece


def _more(stream: Readable) -> bool:
    try:
        return bool(stream.read(1))
    except OSError:
        return False


def _received(file: UploadFile) -> bool:
    """Record the arrival. When the same file was finished meanwhile by another sender, take our copy away."""
    expected = UploadFile.objects.filter(pk=file.pk, received_at=None, verdict="")
    if expected.update(received_at=timezone.now()):
        return True
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=file.upload_id)
        fresh = UploadFile.objects.filter(pk=file.pk, received_at=None).update(received_at=timezone.now())
        done = UploadFile.objects.filter(pk=file.pk).exclude(verdict="").exists()
        if done:
            UploadFile.objects.filter(pk=file.pk).update(staged_name=staged_name(upload.id, file.sha256))
    if done and upload.state != Upload.State.OPEN:
        staging.clear(upload_id=upload.id)
    return bool(fresh)


def missing(*, upload: Upload) -> list[str]:
    """Digests of files that have neither arrived nor an answer, in the order of the list."""
    files = upload.files.filter(received_at=None, verdict="").order_by("id")
    return list(files.values_list("sha256", flat=True))


def complete(*, actor: User, upload_id: uuid.UUID) -> Upload:
    """Close the upload and hand it to the workers; once, however often it is asked.

    Problem: files_missing; those of `check_may_upload`, asked with the subject's row locked.
    """
    with transaction.atomic():
        Subject.objects.select_for_update(no_key=True).get(uploads=upload_id)
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        check_may_upload(actor=actor, subject=upload.subject)
        if upload.state != Upload.State.OPEN:
            return upload
        lacking = missing(upload=upload)
        if lacking:
            raise Problem("files_missing", count=len(lacking), extra={"missing": lacking})
        to_sort = upload.files.filter(verdict="").count()
        if to_sort:
            job = Job.objects.create(upload=upload, kind=Job.Kind.SORT, files_total=to_sort)
            queue.send_on_commit(job.id)
        audit.record(
            verb=AuditEvent.Verb.UPLOAD_COMPLETED,
            actor=actor,
            subject_code=upload.subject.code,
            target=str(upload.id),
            detail={"files": upload.files.count(), "to_sort": to_sort},
        )
        return advance(upload_id=upload.id, complete=True)
