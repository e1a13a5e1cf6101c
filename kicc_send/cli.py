"""``kicc-send``: folders of a hospital to the registry, many patients at once, with nobody at a browser."""

from __future__ import annotations

import argparse
import io
import multiprocessing
import multiprocessing.connection
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from deid import ENGINE, PROFILE_VERSION
from kicc_send import VERSION, sheet
from kicc_send.registry import NotARegistry, Refusal, Registry, Unreachable, safe
from kicc_send.run import Exit, Run, dry_run
from kicc_send.sheet import BadSheet, Row
from kicc_send.state import State, StateError, held
from kicc_send.words import own_language, say

MOST_JOBS = 4


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        prog="kicc-send",
        description="Send chest CT and radiographs to the registry. Identity and names stay here.",
        epilog="Ends with 0: all is settled; 1: a person should look; 2: wrong call or sheet; "
        "3: not finished, run again; 4: the registry refused.",
    )
    command.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="images of one patient")
    command.add_argument("--subject", metavar="CODE", help='code of the patient, or "new"')
    command.add_argument("--admission", metavar="YYYY-MM-DD", help="date of admission; it stays here")
    command.add_argument(
        "--one-patient", action="store_true", help="the folder is one person's, under several numbers"
    )
    command.add_argument("--sheet", type=Path, help="XLSX or CSV with the columns folder, subject, admission")
    command.add_argument("--dry-run", action="store_true", help="say what would be sent; connect to nothing")
    command.add_argument("--server", default=os.environ.get("KICC_SERVER", ""), metavar="https://…")
    command.add_argument("--token-file", type=Path, metavar="FILE", help="site token (or KICC_TOKEN)")
    command.add_argument("--key", type=Path, metavar="FILE", help="the site's key, instead of asking for it")
    command.add_argument("--state", type=Path, metavar="DIR", help="what a run remembers, and its report")
    command.add_argument("--ca", type=Path, metavar="FILE", help="certificate authorities of the hospital")
    command.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, MOST_JOBS), metavar="N")
    command.add_argument(
        "--patience", type=float, default=15, metavar="MIN", help="how long to try without an answer (15)"
    )
    command.add_argument(
        "--wait", type=float, default=60, metavar="MIN", help="how long to wait for verdicts (60)"
    )
    command.add_argument("--language", choices=["en", "ko"], default=own_language())
    command.add_argument(
        "--version", action="version", version=f"kicc-send {VERSION}, {ENGINE}, profile {PROFILE_VERSION}"
    )
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    command = parser()
    options = command.parse_args(arguments)
    language = options.language
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a folder's name may be no text
    try:
        rows = _rows(options, command)
        with _pool(options.jobs) as pool:
            if options.dry_run:
                return dry_run(pool, rows, language, print)
            return _send(options, command, rows, pool)
    except BadSheet as error:
        print("\n".join(error.sentences), file=sys.stderr)
        return Exit.USAGE
    except KeyboardInterrupt:
        print(say("interrupted", language), file=sys.stderr)
        return Exit.UNFINISHED


def _send(
    options: argparse.Namespace,
    command: argparse.ArgumentParser,
    rows: list[Row],
    pool: ProcessPoolExecutor,
) -> int:
    language = options.language
    if not safe(options.server):
        command.error(say("not_https", language))
    token, key, place = _token(options, command), _key(options, command), _place(options, command, rows)
    registry = Registry(
        options.server,
        token,
        language=language,
        patience=60 * options.patience,
        authorities=str(options.ca) if options.ca else True,
        tell=lambda seconds: print(say("retry", language, seconds=seconds), file=sys.stderr),
    )
    try:
        with held(place), registry:
            state = State(place, options.server.rstrip("/"))
            run = Run(registry, state, pool, language, _tell, key, wait=60 * options.wait)
            try:
                return _ended(run, rows)
            finally:
                registry.stop()
                print(say("report", language, path=state.report()))
    except StateError as error:
        print(say(str(error), language, path=place), file=sys.stderr)
        return Exit.USAGE


def _ended(run: Run, rows: list[Row]) -> int:
    language = run.language
    try:
        return run.go(rows)
    except Refusal as refusal:
        print(str(refusal), file=sys.stderr)
        return Exit.REFUSED
    except NotARegistry as error:
        print(say("odd_answer", language, status=error.status), file=sys.stderr)
        return Exit.REFUSED
    except Unreachable:
        print(say("unreachable", language, minutes=run.registry.patience / 60), file=sys.stderr)
        return Exit.UNFINISHED


def _rows(options: argparse.Namespace, command: argparse.ArgumentParser) -> list[Row]:
    if bool(options.sheet) == bool(options.folder):
        command.error(say("give_one", options.language))
    if options.sheet:
        return sheet.read(options.sheet, options.language)
    values = {
        "folder": options.folder,
        "subject": options.subject,
        "admission": options.admission,
        "one_patient": "yes" if options.one_patient else "",
    }
    row, wrong = sheet.make_row(1, values, Path(), options.language)
    if wrong:
        raise BadSheet(wrong)
    return [row]


def _token(options: argparse.Namespace, command: argparse.ArgumentParser) -> str:
    try:
        given = options.token_file.read_text("utf-8") if options.token_file else os.environ["KICC_TOKEN"]
    except (OSError, ValueError, KeyError):
        given = ""
    token: str = given.strip()
    if not token or not token.isascii() or not token.isprintable():
        command.error(say("no_token", options.language))
    return token


def _key(options: argparse.Namespace, command: argparse.ArgumentParser) -> bytes | None:
    if not options.key:
        return None
    try:
        key = bytes.fromhex(options.key.read_text("ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        command.error(say("bad_key", options.language))
    return key


def _place(options: argparse.Namespace, command: argparse.ArgumentParser, rows: list[Row]) -> Path:
    """Where the run remembers: beside the sheet or the folder, never inside what is sent."""
    source: Path = (options.sheet or options.folder).resolve()
    place: Path = (options.state or source.with_name(f"{source.name}.kicc-send")).resolve()
    if any(row.folder == place or row.folder in place.parents for row in rows):
        command.error(say("state_inside", options.language))
    return place


def _tell(text: str) -> None:
    print(text, flush=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Worker processes for stripping, which end with this one however it ends."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max(1, jobs), mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            multiprocessing.connection.wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
