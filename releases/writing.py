"""How each file of an export is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from cohort.exports import files
from cohort.exports.codebook import HEADER
from cohort.exports.columns import Value
from releases.contributors import CREDIT, Contributor, contributors
from releases.layouts import SUMMARY
from releases.parquet import write_parquet
from releases.tables import NUMBER_TYPE, TEXT, WHOLE_NUMBER

if TYPE_CHECKING:
    from releases.export import Export

SUMMARY_COLUMNS: tuple[tuple[str, str], ...] = (
    *((name, TEXT) for name in ("id", "section_en", "section_ko", "label_en", "label_ko", "kind", "unit")),
    *(("n", WHOLE_NUMBER), ("denominator", WHOLE_NUMBER), ("denominator_en", TEXT), ("denominator_ko", TEXT)),
    *((name, NUMBER_TYPE) for name in ("percent", "mean", "sd", "min", "max")),
    ("hidden", WHOLE_NUMBER),
)
SUMMARY_NOTES = {
    "n": "people or exams that count; of a mean, people with a value",
    "denominator": "what the percentage is of",
    "percent": "rounded half up to one decimal",
    "hidden": "1: a count below 5, or one that would give such a count away, is not told",
}
SERIES_COLUMNS = (
    *("id", "kind", "slot", "modality", "description", "vendor", "model", "kernel", "plane", "view_position"),
    *("thickness_mm", "spacing_mm", "rows", "columns", "instance_count", "plain_bytes", "instances_sha256"),
)
CONTRIBUTOR_HEADER = ("name", "site", "first_day", "last_day", "cases", *CREDIT, "credit_roles")


def _table(export: Export) -> tuple[list[tuple[str, str]], Iterable[Sequence[Value]]]:
    """Columns (name, kind) and rows of the level's table."""
    if export.level == SUMMARY:
        return list(SUMMARY_COLUMNS), map(_summary_row, export.frame["rows_shown"])
    return [(column.name, column.kind) for column in export.table.columns], export.table.rows()


def _summary_row(row: Mapping[str, Any]) -> list[Value]:
    texts = [row["section"]["en"], row["section"]["ko"], row["label"]["en"], row["label"]["ko"]]
    of = [row["of_label"]["en"], row["of_label"]["ko"]]
    numbers = [row.get(name) for name in ("pct", "mean", "sd", "min", "max")]
    n = None if row["hidden"] else row["n"]
    return [
        row["id"],
        *texts,
        row["kind"],
        row["unit"],
        n,
        row.get("denominator"),
        *of,
        *numbers,
        int(row["hidden"]),
    ]


def _csv(export: Export, out: IO[bytes]) -> int:
    columns, rows = _table(export)
    return files.write_csv(out, [name for name, _kind in columns], rows)


def _parquet(export: Export, out: IO[bytes]) -> int:
    columns, rows = _table(export)
    counter = _Counted(rows)
    facts = {
        "kicc-release": str(export.frame["number"]),
        "kicc-release-sha256": export.digest,
        "level": export.level,
    }
    write_parquet(out, columns, counter, facts)
    return counter.n


def _xlsx(export: Export, out: IO[bytes]) -> int:
    columns, rows = _table(export)
    counter = _Counted(rows)
    files.write_xlsx(
        out,
        [
            ("cohort", [name for name, _kind in columns], counter),
            ("codebook", HEADER, _codebook_rows(export)),
            ("contributors", CONTRIBUTOR_HEADER, _contributor_rows(export)),
            ("about", ["fact", "value"], _about(export)),
        ],
    )
    return counter.n


class _Counted:
    """Rows that count themselves as they pass."""

    def __init__(self, rows: Iterable[Sequence[Value]]) -> None:
        self.n, self._rows = 0, rows

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for row in self._rows:
            self.n += 1
            yield row


def _about(export: Export) -> list[list[Value]]:
    frame, slip = export.frame, export.slip
    software = ", ".join(f"{name} {version}" for name, version in sorted(frame["software"].items()))
    return [
        ["release", f"{frame['number']}: {frame['title']}"],
        ["release sha256", export.digest],
        ["made at", frame["made_at"]],
        ["software", software],
        ["dictionary", frame["dictionary"]["id"]],
        ["dictionary sha256", frame["dictionary"]["sha256"]],
        ["level", export.level],
        ["filters", ", ".join(f"{name}={value}" for name, value in slip.filters.items())],
        ["people left out because they withdrew since", slip.withdrawn],
        ["days", "counted from admission, which is day 0"],
        ["several choices", "joined by |"],
        ["citation", citation(export)],
    ]


def _codebook(export: Export, out: IO[bytes]) -> int:
    files.write_csv(out, HEADER, _codebook_rows(export))
    return 0


def _codebook_rows(export: Export) -> Iterator[list[Value]]:
    if export.level == SUMMARY:
        for name, kind in SUMMARY_COLUMNS:
            yield [name, "", "", name, name, kind, "", "", "", "", SUMMARY_NOTES.get(name, "")]
        return
    for column in export.table.columns:
        told = column.told
        yield [
            *(
                column.name,
                told["section"]["en"],
                told["section"]["ko"],
                told["label"]["en"],
                told["label"]["ko"],
            ),
            *(told["type"], told["unit"]),
            " | ".join(f"{code}, {en}" for code, en, _ko in told["choices"]),
            " | ".join(f"{code}, {ko}" for code, _en, ko in told["choices"]),
            told["answered_when"],
            column.note,
        ]


def _dictionary(export: Export, out: IO[bytes]) -> int:
    """The form's own dictionary, in REDCap's 18 columns."""
    header, *rows = csv.reader(io.StringIO(export.frame["data_dictionary"]))
    return files.write_csv(out, header, rows)


def _contributors(export: Export, out: IO[bytes]) -> int:
    return files.write_csv(out, CONTRIBUTOR_HEADER, _contributor_rows(export))


def people_of(export: Export) -> list[Contributor]:
    """Who contributed to the records that are credited."""
    return contributors(record.data["work"] for record in export.credited())


def _contributor_rows(export: Export) -> Iterator[list[Value]]:
    for one in people_of(export):
        done = [one.work.get(kind, 0) for kind in CREDIT]
        yield [one.name, one.site, one.first, one.last, one.cases, *done, "; ".join(one.credit)]


def _cases(export: Export, out: IO[bytes]) -> int:
    """Which form version of which case: revision, digest of the answers, digest of all that is frozen."""
    rows = (
        [data["code"], data["dictionary"], data["revision"], data["answers_sha256"], record.sha256]
        for record in export.records()
        for data in (record.data,)
    )
    return files.write_csv(
        out, ("subject_id", "dictionary", "revision", "answers_sha256", "case_sha256"), rows
    )


def _series(export: Export, out: IO[bytes]) -> int:
    rows = (
        [record.code, *(one[name] for name in SERIES_COLUMNS)]
        for record in export.records()
        for one in record.data["series"]
    )
    return files.write_csv(out, ("subject_id", *SERIES_COLUMNS), rows)


def _citation(export: Export, out: IO[bytes]) -> int:
    out.write((citation(export) + "\n").encode())
    return 0


def citation(export: Export) -> str:
    """How to cite what leaves."""
    frame = export.frame
    people, sites, collaborators = 0, set(), people_of(export)
    for record in export.records():
        people += 1
        sites.add(record.data["site"])
    names = "; ".join(one.name for one in collaborators)
    return (
        f"KICC registry. {frame['title']}. Release {frame['number']}, {frame['made_at'][:10]}; "
        f"{people} patients of {len(sites)} hospitals, level {export.level}. SHA-256 {export.digest}. "
        f"Collaborators: {names}."
    )


WRITERS: Mapping[str, Callable[[Export, IO[bytes]], int]] = {
    "table.csv": _csv,
    "table.xlsx": _xlsx,
    "table.parquet": _parquet,
    "codebook.csv": _codebook,
    "dictionary.csv": _dictionary,
    "contributors.csv": _contributors,
    "cases.csv": _cases,
    "series.csv": _series,
    "CITATION.txt": _citation,
}
