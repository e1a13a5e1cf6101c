"""The files that a researcher takes, made on request and hashed."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Self

from cohort import dictionary as dictionaries
from cohort.exports import codebook, files
from cohort.exports.columns import LEVEL, PLACES, RARE_BELOW, Column, Rare, columns
from cohort.models import Answer, Case
from cohort.selectors_people import people

SPILL_BYTES = 8 * 1024 * 1024
TYPES = {
    "table.csv": "text/csv; charset=utf-8",
    "table.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "codebook.csv": "text/csv; charset=utf-8",
    "manifest.json": "application/json",
    "table.zip": "application/zip",
}


@dataclass(frozen=True)
class Made:
    """One file, read from its beginning by `content`; `rows` counts the people in it."""

    name: str
    content: IO[bytes]
    rows: int
    bytes: int
    sha256: str

    @property
    def type(self) -> str:
        return TYPES[self.name]


class Package:
    """The cohort's table as it is now. Each file is made once; manifest and ZIP are made of the others.

    A context manager: on leaving, files that were not handed out are closed.
    """

    def __init__(self) -> None:
        self.dictionary = dictionaries.get()
        self.columns: list[Column] = columns(self.dictionary, rare_places())
        self.made: dict[str, Made] = {}
        self.handed_out: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        for name, made in self.made.items():
            if name not in self.handed_out:
                made.content.close()

    def hand_out(self, name: str) -> Made:
        """The file `name`, which the caller closes."""
        made = self.make(name)
        made.content.seek(0)
        self.handed_out.add(name)
        return made

    def make(self, name: str) -> Made:
        """The file `name`, one of `TYPES`."""
        if name not in self.made:
            makers: dict[str, Callable[[IO[bytes]], int]] = {
                "table.csv": self._csv,
                "table.xlsx": self._xlsx,
                "codebook.csv": self._codebook,
                "manifest.json": self._manifest,
                "table.zip": self._zip,
            }
            out = tempfile.SpooledTemporaryFile(max_size=SPILL_BYTES)  # noqa: SIM115 - closed on leaving
            rows = makers[name](out)
            digest, size = hashlib.sha256(), 0
            for block in files.blocks(out):
                digest.update(block)
                size += len(block)
            out.seek(0)
            self.made[name] = Made(name, out, rows, size, digest.hexdigest())
        return self.made[name]

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def _rows(self) -> Iterator[list[Any]]:
        for person in people():
            yield [column.value(person) for column in self.columns]

    def _csv(self, out: IO[bytes]) -> int:
        return files.write_csv(out, self.header, self._rows())

    def _xlsx(self, out: IO[bytes]) -> int:
        counted = 0

        def rows() -> Iterator[list[Any]]:
            nonlocal counted
            for row in self._rows():
                counted += 1
                yield row

        about = [
            ["level", LEVEL],
            ["dictionary", self.dictionary.id],
            ["dictionary sha256", self.dictionary.digest],
            ["days", "counted from admission, which is day 0"],
            ["several choices", "joined by |"],
            ["rows of invented people (column synthetic)", invented()],
        ]
        files.write_xlsx(
            out,
            [
                ("cohort", self.header, rows()),
                ("codebook", codebook.HEADER, codebook.rows(self.columns)),
                ("about", ["fact", "value"], about),
            ],
        )
        return counted

    def _codebook(self, out: IO[bytes]) -> int:
        files.write_csv(out, codebook.HEADER, codebook.rows(self.columns))
        return 0

    def _manifest(self, out: IO[bytes]) -> int:
        parts = [self.make(name) for name in ("table.csv", "table.xlsx", "codebook.csv")]
        manifest = {
            "schema": "kicc-table/1",
            "level": LEVEL,
            "rows": parts[0].rows,
            "synthetic_rows": invented(),
            "columns": len(self.columns),
            "dictionary": {"id": self.dictionary.id, "sha256": self.dictionary.digest},
            "files": [{"name": part.name, "bytes": part.bytes, "sha256": part.sha256} for part in parts],
        }
        out.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
        return parts[0].rows

    def _zip(self, out: IO[bytes]) -> int:
        manifest = self.make("manifest.json")
        names = ("table.csv", "table.xlsx", "codebook.csv", "manifest.json")
        files.write_zip(out, [(name, self.make(name).content) for name in names])
        return manifest.rows


def invented() -> int:
    """How many of the rows are of invented people."""
    return Case.objects.filter(state=Case.State.ACCEPTED, synthetic=True).count()


def rare_places() -> Rare:
    """Places in which fewer than five people of the cohort live."""
    counts: dict[str, dict[str, int]] = {}
    answers = Answer.objects.filter(case__state=Case.State.ACCEPTED, item__in=PLACES).values_list(
        "item", "value"
    )
    for item, value in answers.iterator(chunk_size=5000):
        of_item = counts.setdefault(item, {})
        of_item[value] = of_item.get(value, 0) + 1
    return Rare(
        {
            item: frozenset(value for value, n in found.items() if n < RARE_BELOW)
            for item, found in counts.items()
        }
    )
