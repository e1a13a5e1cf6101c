"""``python -m deid``: strip a tree, check one, verify receipts, or sit the exam."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

from deid import signing, verify
from deid.check import still_identifying
from deid.codes import Refused, message
from deid.dates import Dates
from deid.engine import MIN_KEY, check_subject
from deid.exam import cli as exam
from deid.model import ENGINE
from deid.profile import PROFILE_VERSION
from deid.receipt import Receipts
from deid.sheet import cli as sheets
from deid.tree import Row, files, load, strip_tree

# A file name of any bytes can be told; read back from JSON, it names the same file.
ANY_NAME = "backslashreplace"
Parsed = TypeVar("Parsed")
NO_CRYPTOGRAPHY = "signatures need the package cryptography: pip install cryptography"


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="python -m deid", description="De-identify chest CT and radiographs.")
    main.add_argument("--version", action="version", version=f"{ENGINE}, profile {PROFILE_VERSION}")
    commands = main.add_subparsers(dest="command", required=True)
    strip = commands.add_parser("strip", help="strip a file or a tree of files")
    strip.add_argument("source", type=Path, metavar="SRC")
    strip.add_argument("target", type=Path, metavar="DST")
    strip.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help=f"secret of {MIN_KEY} bytes or more"
    )
    strip.add_argument("--day-zero", type=date.fromisoformat, metavar="YYYY-MM-DD", help="date of admission")
    strip.add_argument(
        "--subject", default="", metavar="CODE", help="written to Patient ID and Patient's Name"
    )
    strip.add_argument(
        "--many-patients", action="store_true", help="one code and one date for files of several patients"
    )
    strip.add_argument("--report", type=Path, metavar="FILE.json")
    strip.add_argument("--language", choices=["en", "ko"], default="en", help="of the messages")
    strip.add_argument(
        "--receipt", type=Path, metavar="FILE.json", help="write what was done, without values"
    )
    strip.add_argument(
        "--sign-key", type=Path, metavar="FILE", help="sign it with this Ed25519 key (PEM or 64 hex digits)"
    )
    check = commands.add_parser("check", help="name what still identifies")
    check.add_argument("source", type=Path, metavar="PATH")
    check.add_argument("--json", action="store_true")
    check.add_argument("--language", choices=["en", "ko"], default="en", help="of the messages")
    receipts = commands.add_parser("verify", help="check receipts, and images against them")
    receipts.add_argument("receipts", type=Path, nargs="+", metavar="RECEIPT", help="receipts as JSON")
    known = receipts.add_mutually_exclusive_group()
    known.add_argument("--key", type=Path, metavar="PUBLIC.pem", help="public key of who signed")
    known.add_argument("--keys", type=Path, metavar="KEYS.json", help="the registry's receipt-keys")
    receipts.add_argument("--series", type=Path, metavar="PATH", help="images: a file, a folder, or the ZIP")
    receipts.add_argument("--language", choices=["en", "ko"], default="en", help="of the messages")
    exam.add_parser(commands)
    sheets.add_to(commands)
    return main


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 when all was handled, 1 when something identifies or a disk failed, 2 on usage errors."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors=ANY_NAME)
    commands = parser()
    options = commands.parse_args(arguments)
    if options.command == "verify":
        return _verify(commands, options)
    if options.command == "exam":
        return exam.examine(commands, options)
    if not options.source.exists():
        commands.error("SRC does not exist; give a file or a folder")
    if options.command == sheets.NAME:
        return sheets.run(commands, options)
    return _strip(commands, options) if options.command == "strip" else _check(options)


def _strip(commands: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    key = _key(commands, options.key)
    try:
        check_subject(options.subject)
    except ValueError as error:
        commands.error(f"--subject: {error}")
    if options.target.resolve() == options.source.resolve():
        commands.error("DST must not be SRC; the originals stay untouched")
    if options.target.exists() and not options.target.is_dir():
        commands.error("DST is a file; give a folder")
    dates = Dates.day_zero(options.day_zero) if options.day_zero else None
    signer = _signer(commands, options)
    receipts = Receipts("admission" if dates else "keyed")
    try:
        rows = list(
            strip_tree(
                options.source,
                options.target,
                key=key,
                dates=dates,
                subject=options.subject,
                language=options.language,
                keep=receipts.add if options.receipt else None,
                many_patients=options.many_patients,
            )
        )
        if options.report:
            _write(options.report, rows)
        if options.receipt:
            _write(options.receipt, receipts.bundle(signer))
    except OSError as error:
        print(
            f"Cannot write to DST, the report or the receipt: {error.strerror}. Free space or change rights.",
            file=sys.stderr,
        )
        return 1
    _summary(rows)
    return 0


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", errors=ANY_NAME)


def _signer(commands: argparse.ArgumentParser, options: argparse.Namespace) -> bytes | None:
    if options.sign_key and not options.receipt:
        commands.error("--sign-key signs a receipt; add --receipt FILE.json")
    return _file(commands, "--sign-key", options.sign_key, signing.read_private) if options.sign_key else None


def _file(
    commands: argparse.ArgumentParser, name: str, path: Path, parse: Callable[[bytes], Parsed]
) -> Parsed:
    """What a key file holds; ends with exit code 2 where it cannot be read or holds something else."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        commands.error(f"{name}: cannot be read: {error.strerror}")
    except signing.BadKey as error:
        commands.error(f"{name}: {error}")
    except ImportError:
        commands.error(NO_CRYPTOGRAPHY)


def _verify(commands: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    for path in [*options.receipts, *([options.series] if options.series else [])]:
        if not path.exists():
            commands.error(f"{path} does not exist; give receipts, and images after --series")
    given = options.key or options.keys
    name = "--key" if options.key else "--keys"
    keys = _file(commands, name, given, signing.read_keys) if given else None
    report = verify.Report(language=options.language)
    documents: list[tuple[str, signing.Document]] = []
    for path in options.receipts:
        try:
            documents += [(path.name, document) for document in verify.read(path.read_bytes())]
        except OSError as error:
            report.bad(path.name, "unreadable", why=error.strerror)
        except verify.Unreadable as error:
            report.bad(path.name, "unreadable", why=error)
    if keys is None and any("signature" in document for _, document in documents):
        commands.error("the receipts are signed; give --keys KEYS.json or --key PUBLIC.pem to check by")
    try:
        verify.verify(documents, keys=keys, report=report)
    except ImportError:
        commands.error(NO_CRYPTOGRAPHY)
    if options.series and documents:
        verify.compare(documents, options.series, report=report)
    for line in report.lines():
        print(line)
    return 1 if report.wrong else 0


def _key(commands: argparse.ArgumentParser, path: Path) -> bytes:
    """A key file holds raw bytes, or hex digits on one line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        commands.error(f"--key: cannot be read: {error.strerror}")
    text = raw.strip()
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = text
    if len(key) < MIN_KEY:
        commands.error(f"--key: holds fewer than {MIN_KEY} bytes; make one with: openssl rand -hex 32")
    return key


def _summary(rows: list[Row]) -> None:
    refused: dict[str, int] = {}
    for row in rows:
        if row["verdict"] == "refused":
            code = str(row["code"])
            refused[code] = refused.get(code, 0) + 1
    print(f"{len(rows) - sum(refused.values())} stripped, {sum(refused.values())} refused")
    for code, count in sorted(refused.items()):
        print(f"  {count} × {code}: {message(code)}")


def _check(options: argparse.Namespace) -> int:
    rows: list[dict[str, Any]] = []
    for path in files(options.source):
        name = path.relative_to(options.source).as_posix() if options.source.is_dir() else path.name
        row: dict[str, Any] = {
            "input": name,
            "verdict": "clean",
            "code": "",
            "message": "",
            "elements": [],
        }
        try:
            changed = still_identifying(load(path))
            row["elements"] = [{"path": a.path, "action": a.action, "reason": a.reason} for a in changed]
            row["verdict"] = "identifies" if changed else "clean"
        except Refused as error:
            row |= {
                "verdict": "refused",
                "code": error.code,
                "message": message(error.code, where=error.where, language=options.language),
            }
        rows.append(row)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            _say(row)
    return 0 if all(row["verdict"] == "clean" for row in rows) else 1


def _say(row: dict[str, Any]) -> None:
    print(f"{row['input']}: {row['verdict']}" + (f" ({row['message']})" if row["message"] else ""))
    for element in row["elements"]:
        print(f"  {element['path']} {element['action']} {element['reason']}")
