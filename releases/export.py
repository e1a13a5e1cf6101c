"""The files of a release at one level, made of what is frozen; the manifest hashes them."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Self

from cohort.exports import files
from releases import writing
from releases.frozen import Record
from releases.layouts import IMAGES, LEVELS, LIMITED, SUMMARY
from releases.tables import Table

SPILL_BYTES = 8 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "xlsx": XLSX,
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
MANIFEST, ARCHIVE = "manifest.json", "release.zip"
OF_EVERY_LEVEL = (
    "table.csv",
    "table.xlsx",
    "table.parquet",
    "codebook.csv",
    "contributors.csv",
    "CITATION.txt",
)
FURTHER = {SUMMARY: (), LIMITED: ("dictionary.csv", "cases.csv")}


def names(level: str) -> tuple[str, ...]:
    """The files of a level: tables first, then the manifest, then the ZIP of them all."""
    if level == IMAGES:
        more: tuple[str, ...] = (*FURTHER[LIMITED], "series.csv")
    else:
        more = FURTHER.get(level, ("dictionary.csv",))
    return (*OF_EVERY_LEVEL, *more, MANIFEST, ARCHIVE)


def content_type(name: str) -> str:
    return TYPES[name.rsplit(".", 1)[1]]


@dataclass(frozen=True)
class Made:
    """One file, read from its beginning by `content`."""

    name: str
    content: IO[bytes]
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Slip:
    """What an export says of itself beside the release: under which access, which filters, who is left out.

    `keep` says which records become rows, `credit` (else `keep`) whose contributors are told;
    `withdrawn` counts people of the release who are not handed out.
    """

    access: int | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    withdrawn: int = 0
    keep: Callable[[Record], bool] = lambda record: True
    credit: Callable[[Record], bool] | None = None


class Export:
    """A context manager: on leaving, files that were not handed out are closed.

    `frame` is the release's, parsed; `records(order)` gives its records by "code" or "number".
    """

    def __init__(
        self,
        frame: Mapping[str, Any],
        digest: str,
        records: Callable[[str], Iterator[Record]],
        level: str,
        slip: Slip | None = None,
    ) -> None:
        self.frame, self.digest, self.level = frame, digest, level
        self.slip = slip or Slip()
        self._records = records
        self.table = Table(frame, level, records, self.slip.keep)
        self.made: dict[str, Made] = {}
        self.handed_out: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        for name, made in self.made.items():
            if name not in self.handed_out:
                made.content.close()

    def records(self, order: str = "code") -> Iterator[Record]:
        """The records that leave."""
        return (record for record in self._records(order) if self.slip.keep(record))

    def credited(self) -> Iterator[Record]:
        """The records whose contributors are told."""
        credit = self.slip.credit or self.slip.keep
        return (record for record in self._records("code") if credit(record))

    def hand_out(self, name: str) -> Made:
        """The file `name`, which the caller closes."""
        made = self.make(name)
        made.content.seek(0)
        self.handed_out.add(name)
        return made

    def make(self, name: str) -> Made:
        """The file `name`, one of `names(level)`."""
        if name not in self.made:
            out = tempfile.SpooledTemporaryFile(max_size=SPILL_BYTES)  # noqa: SIM115 - closed on leaving
            if name == MANIFEST:
                rows = self._manifest(out)
            elif name == ARCHIVE:
                rows = self._archive(out)
            else:
                rows = writing.WRITERS[name](self, out)
            sha256, size = hashlib.sha256(), 0
            for block in files.blocks(out):
                sha256.update(block)
                size += len(block)
            out.seek(0)
            self.made[name] = Made(name, out, rows, size, sha256.hexdigest())
        return self.made[name]

    def _parts(self) -> list[Made]:
        return [self.make(name) for name in names(self.level) if name not in (MANIFEST, ARCHIVE)]

    def _manifest(self, out: IO[bytes]) -> int:
        parts = self._parts()
        manifest = {
            "schema": "kicc-release-export/1",
            "release": self.frame["number"],
            "release_sha256": self.digest,
            "made_at": self.frame["made_at"],
            "software": self.frame["software"],
            "dictionary": {name: self.frame["dictionary"][name] for name in ("id", "sha256")},
            "level": self.level,
            "access": self.slip.access,
            "filters": dict(self.slip.filters),
            "withdrawn_left_out": self.slip.withdrawn,
            "rows": parts[0].rows,
            "files": [{"name": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in parts],
        }
        out.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
        return parts[0].rows

    def _archive(self, out: IO[bytes]) -> int:
        parts = [*self._parts(), self.make(MANIFEST)]
        files.write_zip(out, [(one.name, one.content) for one in parts])
        return parts[0].rows


def whole(
    frame: Mapping[str, Any], digest: str, records: Callable[[str], Iterator[Record]]
) -> Iterator[tuple[str, Made]]:
    """Every file of a release: those of each level under the level's name. Each is closed after its turn."""
    for level in LEVELS:
        with Export(frame, digest, records, level) as export:
            for name in names(level):
                if name != ARCHIVE:
                    yield f"{level}/{name}", export.make(name)
