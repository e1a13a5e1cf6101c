"""``kicc-fetch``: a release, as an approved access gives it, into a folder."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from kicc_fetch import VERSION
from kicc_fetch.fetch import Misnamed, Wanted, fetch, of_file, of_series
from kicc_fetch.registry import NotARegistry, Refusal, Registry, Unreachable, safe
from kicc_fetch.words import own_language, say

MANIFEST = "manifest.json"
IMAGES = "images"
GONE = {"not_found", "subject_withdrawn", "series_withdrawn", "series_lost"}


class Exit(IntEnum):
    """What the command ends with."""

    COMPLETE = 0
    DIFFERS = 1
    USAGE = 2
    UNFINISHED = 3
    REFUSED = 4


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        prog="kicc-fetch",
        description="Take a release: its files and images, each checked; run again to go on.",
        epilog="Ends with 0: complete; 1: something did not come as promised; 2: wrong call; "
        "3: not finished, run again; 4: the registry refused.",
    )
    command.add_argument("access", type=int, metavar="ACCESS", help="number of the access, as its page says")
    command.add_argument("folder", type=Path, metavar="FOLDER", help="where it goes")
    command.add_argument("--server", default=os.environ.get("KICC_SERVER", ""), metavar="https://…")
    command.add_argument("--token-file", type=Path, metavar="FILE", help="your token (or KICC_TOKEN)")
    command.add_argument("--no-images", action="store_true", help="the files alone")
    command.add_argument("--ca", type=Path, metavar="FILE", help="certificate authorities to trust")
    command.add_argument(
        "--patience", type=float, default=15, metavar="MIN", help="how long to try without an answer (15)"
    )
    command.add_argument("--language", choices=["en", "ko"], default=own_language())
    command.add_argument("--version", action="version", version=f"kicc-fetch {VERSION}")
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    command = parser()
    options = command.parse_args(arguments)
    language = options.language
    if not safe(options.server):
        command.error(say("not_https", language))
    token = _token(options, command)
    with Registry(
        options.server,
        token,
        language=language,
        patience=60 * options.patience,
        authorities=str(options.ca) if options.ca else True,
        tell=lambda seconds: print(say("retry", language, seconds=seconds), file=sys.stderr),
    ) as registry:
        try:
            return _take(registry, options)
        except Refusal as refusal:
            print(str(refusal), file=sys.stderr)
            return Exit.REFUSED
        except (NotARegistry, Misnamed, KeyError, ValueError) as error:
            print(say("odd_answer", language, status=getattr(error, "status", 200)), file=sys.stderr)
            return Exit.REFUSED
        except Unreachable:
            print(say("unreachable", language, minutes=options.patience), file=sys.stderr)
        except OSError:
            print(say("not_a_folder", language, path=options.folder), file=sys.stderr)
            return Exit.USAGE
        except KeyboardInterrupt:
            print(say("interrupted", language), file=sys.stderr)
        return Exit.UNFINISHED


def _take(registry: Registry, options: argparse.Namespace) -> int:
    access, place, language = options.access, options.folder, options.language
    manifest = registry.get(f"/api/v1/accesses/{access}/files/{MANIFEST}")
    if other := _other(place, manifest):
        print(say("other_access", language, path=place, **other), file=sys.stderr)
        return Exit.USAGE
    place.mkdir(parents=True, exist_ok=True)
    files = [of_file(access, told, place) for told in manifest["files"]]
    series: list[Wanted] = []
    if manifest["level"] == IMAGES and not options.no_images:
        listed = registry.get(f"/api/v1/accesses/{access}/images/")
        series = [of_series(access, told, place) for told in listed["series"]]
    (place / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    wrong = sum(not _bring(registry, one, place, language) for one in (*files, *series))
    if wrong:
        print(say("incomplete", language, count=wrong), file=sys.stderr)
        return Exit.DIFFERS
    size = _megabytes((*files, *series))
    print(
        say(
            "complete",
            language,
            release=manifest["release"],
            files=len(files),
            series=len(series),
            mega=size,
        )
    )
    return Exit.COMPLETE


def _bring(registry: Registry, wanted: Wanted, place: Path, language: str) -> bool:
    """Fetch one thing and say what became of it; whether it is there now."""
    name = wanted.target.relative_to(place).as_posix()
    try:
        ended = fetch(registry, wanted)
        what = say(ended, language)
    except Refusal as refusal:
        if refusal.code not in GONE and refusal.code != "other_length":
            raise
        ended, what = "gone", say("gone", language, why=refusal)
    print(say("file", language, name=name, what=what), flush=True)
    return ended in ("there", "fetched")


def _other(place: Path, manifest: dict[str, Any]) -> dict[str, Any] | None:
    """What the folder holds, where that is another access or release; None where it fits."""
    try:
        there = json.loads((place / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    told = {name: there.get(name) for name in ("release", "access")} if isinstance(there, dict) else {}
    same = told == {"release": manifest["release"], "access": manifest["access"]}
    return None if same else {"release": told.get("release"), "access": told.get("access")}


def _megabytes(all_of: Iterable[Wanted]) -> float:
    return sum(one.bytes for one in all_of) / 1_000_000


def _token(options: argparse.Namespace, command: argparse.ArgumentParser) -> str:
    try:
        given = options.token_file.read_text("utf-8") if options.token_file else os.environ["KICC_TOKEN"]
    except (OSError, ValueError, KeyError):
        given = ""
    token: str = given.strip()
    if not token or not token.isascii() or not token.isprintable():
        command.error(say("no_token", options.language))
    return token
