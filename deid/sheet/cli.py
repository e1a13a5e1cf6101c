"""``python -m deid sheet``: a hospital's sheet, made fit to leave, and what was done with it."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from deid.sheet.codes import read_codes
from deid.sheet.columns import Catalogue
from deid.sheet.refusals import SheetRefused, message
from deid.sheet.strip import Stripped, Wishes, strip_sheet
from deid.sheet.template import catalogue_of

NAME = "sheet"
SHOWN = 50


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of ``python -m deid``."""
    sheet = commands.add_parser(
        NAME, help="make a hospital's Excel sheet fit to leave: dates to days, names and numbers stay"
    )
    sheet.add_argument("source", type=Path, metavar="IN.xlsx")
    sheet.add_argument("target", type=Path, metavar="OUT.xlsx")
    sheet.add_argument(
        "--template",
        type=Path,
        metavar="FILE.xlsx",
        help="the registry's template; not needed when IN is one",
    )
    sheet.add_argument(
        "--admission-column", default="", metavar="HEADING", help="column with the admission date"
    )
    sheet.add_argument(
        "--number-column", default="", metavar="HEADING", help="column with the hospital number"
    )
    sheet.add_argument(
        "--codes",
        type=Path,
        metavar="FILE.csv",
        help="your list: hospital number, registry code; it stays here",
    )
    sheet.add_argument(
        "--new",
        type=Path,
        metavar="FILE.csv",
        help="numbers not in the list are new patients; noted in this file",
    )
    sheet.add_argument("--report", type=Path, metavar="FILE.json")
    sheet.add_argument("--language", choices=["en", "ko"], default="en", help="of the messages")


def run(commands: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Exit code: 0 when OUT was written, 1 when something must be mended first, 2 on usage errors."""
    if options.target.resolve() == options.source.resolve():
        commands.error("OUT must not be IN; the original stays as it is")
    try:
        codes = _codes(options.codes)
        wishes = Wishes(options.admission_column, options.number_column, codes, bool(options.new))
        data = options.source.read_bytes()
        catalogue = _catalogue(commands, options, data)
        done = strip_sheet(data, catalogue, wishes)
        _write(options, done)
    except SheetRefused as refused:
        print(message(refused.code, refused.values, options.language), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot read or write: {error.strerror}. Check the names and rights.", file=sys.stderr)
        return 1
    _say(done, options.language)
    return 1 if done.problems else 0


def _catalogue(commands: argparse.ArgumentParser, options: argparse.Namespace, data: bytes) -> Catalogue:
    try:
        return catalogue_of(options.template.read_bytes() if options.template else data)
    except SheetRefused as refused:
        if options.template or refused.code != "template_lacks_columns":
            raise
        commands.error(
            "--template: IN is not a template; give the one that the registry's import page offers"
        )


def _codes(path: Path | None) -> Mapping[str, str]:
    return read_codes(path.read_bytes()) if path else {}


def _write(options: argparse.Namespace, done: Stripped) -> None:
    if done.data:
        options.target.write_bytes(done.data)
        if options.new:
            with options.new.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(done.new.items())
    if options.report:
        report = as_report(done, options.language)
        options.report.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def as_report(done: Stripped, language: str) -> dict[str, object]:
    """What was done, for a program or a page at the hospital; headings are told, values are not."""
    korean = language.startswith("ko")
    return {
        "rows": done.rows,
        "dates": done.dates,
        "new": len(done.new),
        "left_out": list(done.left_out),
        "dropped": [
            {"sheet": drop.sheet[korean], "cell": drop.cell, "heading": drop.heading} for drop in done.dropped
        ],
        "problems": [
            {"code": problem.code, "message": problem.message(language)} for problem in done.problems
        ],
    }


def _say(done: Stripped, language: str) -> None:
    for drop in done.dropped:
        print(f"stays here: {drop.sheet[language == 'ko']} {drop.cell} {drop.heading}".rstrip())
    for code in done.left_out:
        print(f"left out: {code}")
    for problem in done.problems[:SHOWN]:
        print(problem.message(language))
    if len(done.problems) > SHOWN:
        print(f"… and {len(done.problems) - SHOWN} more")
    if done.problems:
        print(f"{len(done.problems)} cells to mend first; nothing was written.")
    else:
        print(f"{done.rows} rows written, {done.dates} dates turned into days.")
