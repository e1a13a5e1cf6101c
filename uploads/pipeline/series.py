"""The job of one series: strip, look, check, seal, prove, record; then, and only then, staged bytes may go.

Nothing lasting is written without the lease. Every attempt writes objects of its own names, so nothing that
is on record is ever written over; what no attempt claims is listed as unclaimed and deleted.
"""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

from django.conf import settings
from pydicom import dcmread

from deid import Dates, Result, strip
from imaging import pixels
from imaging.models import Instance
from imaging.services.recording import Archive, Stored
from imaging.validation import facts
from registry import vaults
from uploads.models import UploadFile
from uploads.pipeline import faults, leaks
from uploads.pipeline.answers import Verdict
from uploads.pipeline.looking import BURNED_IN, TextFound
from uploads.pipeline.outcome import record, record_held, record_leak, record_nothing
from uploads.pipeline.work import Leak, New, NothingNew, Work, begin, order
from uploads.services import staging, unclaimed
from uploads.services.keys import object_names
from uploads.services.leases import Lease
from vault import ArchiveWriter, IndexEntry, SealedReader, create, open_sealed, verify_archive

SEVERITY = {"review": "waiver"}
SAID_ELSEWHERE = (BURNED_IN, "multiframe", "overlay_in_pixels")
"""Findings of the engine that the looking, and the rules of `imaging`, make themselves."""
Maker = Callable[[IndexEntry], Stored]


def store_series(lease: Lease) -> None:
    """Run a series job under its lease. StoreError, LostLease."""
    work = begin(lease)
    try:
        if not work.new:
            raise NothingNew
        names = object_names(work.identifier, lease.owner)
        unclaimed.intend(lease=lease, names=names)
        archive = _seal_or_hold(work, *names)
    except NothingNew:
        record_nothing(work)
    except Leak:
        record_leak(work, leaks.look(work, _strip))
    else:
        if archive is None:
            record_held(work)
        else:
            record(work, archive)


def _seal_or_hold(work: Work, *names: str) -> Archive | None:
    """The sealed series; None when a person has to look first, after every picture was looked at."""
    try:
        return _seal(work, *names)
    except TextFound:
        _look_at_all(work)
        return None


def _seal(work: Work, archive_name: str, preview_name: str) -> Archive:
    store = vaults.store()
    with ArchiveWriter(store, archive_name, subject_key=work.key) as archive:
        for data, make in _instances(work):
            entry = archive.add(f"{len(archive.entries) + 1:06d}.dcm", data)
            work.stored.append(make(entry))
            del data, make
        if all(file in work.answers for file in work.new):
            raise NothingNew
        work.lease.prove(step="proving")
    verify_archive(store, archive_name, subject_key=work.key, entries=archive.entries)
    work.lease.renew(step="previewing")
    if not _preview(work, open_sealed(store, archive_name, subject_key=work.key), preview_name):
        preview_name = ""
    return Archive(archive_name, preview_name, archive.plain_bytes, archive.sealed_bytes)


def _instances(work: Work) -> Iterator[tuple[bytes, Maker]]:
    """Bytes to be archived, and what makes a `Stored` of their entry, in the order of positions."""
    old: dict[str, Instance] = {i.sop_uid: i for i in work.existing.instances.all()} if work.existing else {}
    reader = _reader(work)
    decoded = {uid: instance.decoded_sha256 for uid, instance in old.items()}
    plan: list[Instance | UploadFile] = [*old.values(), *work.new]
    for done, item in enumerate(sorted(plan, key=order)):
        work.lease.renew(done=min(done, len(work.new)), step="sealing")
        if isinstance(item, Instance) and reader is not None:
            yield _kept(item, reader)
        elif isinstance(item, UploadFile):
            yield from _new(work, item, decoded)
    _look_at(work, work.looking.odd_ones())


def _new(work: Work, file: UploadFile, decoded: dict[str, str]) -> Iterator[tuple[bytes, Maker]]:
    new = _stripped(work, file)
    if new is not None and not _is_double(work, file, new, decoded.get(new.facts.sop_uid)):
        decoded[new.facts.sop_uid] = new.decoded
        yield _added(work, file, new)


def _reader(work: Work) -> SealedReader | None:
    if work.existing is None or work.existing.object_name is None:
        return None
    return open_sealed(vaults.store(), work.existing.object_name, subject_key=work.key)


def _kept(instance: Instance, reader: SealedReader) -> tuple[bytes, Maker]:
    data = reader.read_range(instance.offset, instance.length)
    seen = facts(dcmread(BytesIO(data), stop_before_pixels=True))

    def made(entry: IndexEntry) -> Stored:
        return Stored(seen, entry, instance.pixel_sha256, instance.decoded_sha256, instance.source_sha256)

    return data, made


def _added(work: Work, file: UploadFile, new: New) -> tuple[bytes, Maker]:
    result = new.result
    after = new.masked.pixel_sha256 if new.masked else result.pixel_sha256_after

    def made(entry: IndexEntry) -> Stored:
        work.tally.add(result, stored=entry.sha256, sent=file.sha256, pixels_after=after)
        return Stored(new.facts, entry, after, new.decoded, file.sha256)

    work.anchored = result.anchored
    work.add_findings(
        *(
            {
                "code": found.code,
                "severity": SEVERITY.get(found.severity, found.severity),
                "values": {"where": found.where} if found.where else {},
            }
            for found in result.findings
            if found.code not in SAID_ELSEWHERE
        )
    )
    return new.data, made


def _stripped(work: Work, file: UploadFile) -> New | None:
    """The stripped file with decodable pixels, or None after its refusal. Raises Leak."""
    try:
        result = _clean(work, file)
        data, dataset, masked = work.looking.take(file, result)
        work.facts = seen = facts(dataset)
        decoded = pixels.check(dataset, partial(work.looking.see, file, result, dataset))
    except Exception as error:
        work.answers.refuse(file, *faults.refusal(error, work.lease))
        return None
    if work.existing and (seen.study_uid, seen.kind) != (
        work.existing.exam.study_uid,
        work.existing.exam.kind,
    ):
        work.answers.refuse(file, "mixed_studies")
        return None
    return New(result, seen, decoded, data, masked)


def _clean(work: Work, file: UploadFile) -> Result:
    """The stripped file. Raises Leak when something went that should not have been there."""
    result = _strip(work, file)
    if work.lease.job.upload.stripped_by and result.changed:
        work.leaking = facts(result.dataset)
        raise Leak
    return result


def _look_at_all(work: Work) -> None:
    """Look at every frame of every new file, so that a person is shown all that holds text. Raises Leak."""
    for done, file in enumerate(work.new):
        work.lease.renew(done=done, step="looking")
        if file not in work.answers:
            _look_at_file(work, file)


def _look_at(work: Work, frames: list[tuple[UploadFile, int]]) -> None:
    """Look at these frames. Raises TextFound."""
    for file, number in frames:
        _look_at_file(work, file, [number])
    if work.looking.found:
        raise TextFound


def _look_at_file(work: Work, file: UploadFile, numbers: list[int] | None = None) -> None:
    try:
        _, dataset, _ = work.looking.take(file, _clean(work, file))
        for place, frame in enumerate(pixels.frames(dataset, numbers)):
            work.looking.look(file, dataset, numbers[place] if numbers else place, frame)
    except Exception as error:
        work.answers.refuse(file, *faults.refusal(error, work.lease))


def _strip(work: Work, file: UploadFile) -> Result:
    dates = Dates.keep()
    if not work.lease.job.upload.stripped_by:
        dates = Dates.keyed(settings.UID_KEY, work.subject.code)
    data = staging.read(file=file, subject_key=work.key)
    return strip(data, uid_key=settings.UID_KEY, dates=dates, subject=work.subject.code)


def _is_double(work: Work, file: UploadFile, new: New, known: str | None) -> bool:
    """Whether the image is here already, with these pixels (in any encoding) or, wrongly, with others."""
    if known is None:
        return False
    if known == new.decoded:
        work.answers.give(file, Verdict.DUPLICATE, "same_instance")
    else:
        work.answers.refuse(file, "duplicate_uid_other_pixels")
    return True


def _preview(work: Work, reader: SealedReader, name: str) -> bool:
    """A picture of the middle instance, made from what was stored; False when none can be made."""
    entry = work.stored[len(work.stored) // 2].entry
    try:
        png = pixels.preview(dcmread(BytesIO(reader.read_range(entry.offset, entry.length))))
    except pixels.Undecodable:
        return False
    with create(vaults.store(), name, subject_key=work.key, kind="preview") as sealed:
        sealed.write(png)
        work.lease.prove()
    return True
