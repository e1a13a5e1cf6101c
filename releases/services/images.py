"""The images of a release, decrypted as they stream, whole or from a byte on."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imaging.selectors import withdrawn
from registry import vaults
from registry.errors import Problem
from registry.models import Subject, User
from registry.services.subjects import subject_key
from releases.frozen import Record
from releases.layouts import IMAGES
from releases.models import Access
from releases.risk import risk
from releases.services.accessing import answered, chosen_of, export_of, keeper
from releases.services.taking import demand_open, note
from vault import MissingObject, open_sealed

RANGE = re.compile(r"bytes=(\d{1,15})?-(\d{1,15})?")


@dataclass(frozen=True)
class Part:
    """Bytes `start` to `end` (not included) of an archive of `size` bytes; `etag` names its content."""

    name: str
    etag: str
    size: int
    start: int
    end: int
    chunks: Iterator[bytes]

    @property
    def whole(self) -> bool:
        return (self.start, self.end) == (0, self.size)


def listed(*, actor: User, access: Access) -> list[Mapping[str, Any]]:
    """Every series of the access, in the release's order: {"subject", "id", "bytes", "instances", …}.

    Series withdrawn since are left out.

    Problem as taking.demand_open, no_images, risk_grew.
    """
    _demand(actor, access)
    with export_of(access) as export:
        if not answered(access, risk(export.table, access.level)):
            raise Problem("risk_grew")
        found = [(record, one) for record in export.records() for one in record.data["series"]]
        gone = withdrawn(identifiers=[uuid.UUID(one["id"]) for _record, one in found])
        return [
            {
                "subject": record.code,
                "id": one["id"],
                "kind": one["kind"],
                "slot": one["slot"],
                "bytes": one["plain_bytes"],
                "instances": one["instance_count"],
                "instances_sha256": one["instances_sha256"],
            }
            for record, one in found
            if uuid.UUID(one["id"]) not in gone
        ]


def read(
    *, actor: User, access: Access, series: str, wanted: str = "", known: str = "", asks_only: bool = False
) -> Part:
    """One series of the access as a ZIP. `wanted` is the Range header, `known` the If-Range header.

    Problem as `listed`, not_found, no_such_range, subject_withdrawn, series_withdrawn,
    series_lost; StoreError.
    """
    _demand(actor, access)
    subject, facts = _find(access, series)
    if withdrawn(identifiers=[uuid.UUID(series)]):
        raise Problem("series_withdrawn")
    try:
        reader = open_sealed(
            vaults.store(), facts["object_name"], subject_key=subject_key(subject), kind="series"
        )
    except MissingObject:
        raise Problem("series_lost") from None
    etag = f'"{facts["instances_sha256"]}"'
    start, end = span(wanted if known in ("", etag) else "", reader.size)
    if not asks_only:
        note(actor, access, name=f"series/{series}", size=end - start)
    chunks = _cut(reader.chunks(start), end - start) if not asks_only else iter(())
    return Part(f"{subject.code}_{series}.zip", etag, reader.size, start, end, chunks)


def span(header: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last that a Range header asks for; the whole where it is none of ours.

    RFC 9110, section 14: several ranges and other units are ignored. Problem no_such_range.
    """
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == (None, None):
        return 0, size
    first, last = (None if text is None else int(text) for text in found.groups())
    if first is None:
        first, last = max(size - (last or 0), 0), size - 1
    if first >= size or (last is not None and last < first):
        raise Problem("no_such_range", size=size)
    return first, size if last is None else min(last + 1, size)


def _demand(actor: User, access: Access) -> None:
    demand_open(actor, access)
    if access.level != IMAGES:
        raise Problem("no_images")


def _find(access: Access, series: str) -> tuple[Subject, Mapping[str, Any]]:
    """The subject and the frozen facts of a series that the access holds. Problem not_found."""
    keep, _gone = keeper(access.release, chosen_of(access.release, access.filters))
    for case in access.release.cases.select_related("subject").filter(content__contains=series):
        record = Record(case.subject.code, case.number, case.content)
        facts = next((one for one in record.data["series"] if one["id"] == series), None)
        if facts is not None and keep(record):
            return case.subject, facts
    raise Problem("not_found")


def _cut(chunks: Iterator[bytes], length: int) -> Iterator[bytes]:
    for chunk in chunks:
        if length <= 0:
            return
        yield chunk[:length]
        length -= len(chunk)
