"""``python -m deid exam``: the score as a table, every miss by its element."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from deid.exam.answers import Demand, Miss, as_csv
from deid.exam.corpus import build
from deid.exam.external import KeyFault, read_key, read_outputs
from deid.exam.running import run
from deid.exam.scoring import Score, score
from deid.model import ENGINE
from deid.profile import PROFILE_VERSION

NO_OUTPUT = ("refused: ", "no output", "the output cannot be read")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its options."""
    exam = commands.add_parser(
        "exam", help="plant identifiers in generated files, strip them, score what is left"
    )
    exam.add_argument("--seed", type=int, default=1, help="of the corpus; the same seed gives the same files")
    exam.add_argument("--json", type=Path, metavar="FILE", help="the score and all misses")
    exam.add_argument("--keep", type=Path, metavar="DIR", help="write corpus, key and outputs here")
    exam.add_argument(
        "--score",
        type=Path,
        nargs=3,
        metavar=("SRC", "DST", "KEY.csv"),
        help="score a stripped corpus of others instead",
    )
    exam.add_argument(
        "--report", type=Path, metavar="FILE.json", help="with --score: what strip wrote, to pair the files"
    )


def examine(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Exit code: 0 at 100 %, 1 below, 2 on usage errors."""
    if options.report and not options.score:
        parser.error("--report belongs to --score")
    try:
        result = _external(options) if options.score else _own(options)
        if options.json:
            options.json.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(as_data(result, options.seed), ensure_ascii=False, indent=1)
            options.json.write_text(text + "\n", encoding="utf-8")
    except KeyFault as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"cannot write: {error.strerror}; give another place or free space")
    show(result)
    return 0 if result.passed == result.total else 1


def _own(options: argparse.Namespace) -> Score:
    files = build(options.seed)
    if options.keep:
        _write(options.keep / "in", {file.name: file.data for file in files})
        key = as_csv(answer for file in files for answer in file.answers)
        (options.keep / "key.csv").write_text(key, encoding="utf-8")
    result, outputs = run(files)
    if options.keep:
        _write(options.keep / "out", {name: output.result for name, output in outputs.items()})
    return result


def _write(folder: Path, files: Mapping[str, bytes | None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if data is not None:
            (folder / name).write_bytes(data)


def _external(options: argparse.Namespace) -> Score:
    source, target, key = options.score
    answers = read_key(key)
    outputs = read_outputs(source, target, {answer.file for answer in answers}, options.report)
    return score(answers, outputs)


def show(result: Score) -> None:
    """The table, by category and by kind of plant where something was missed; then the misses."""
    print(f"{ENGINE}, profile {PROFILE_VERSION}")
    for name in [demand.value for demand in Demand if demand.value in result.categories]:
        _line(name, result.categories[name])
    _line("all", Counter(passed=result.passed, total=result.total))
    missed = {kind: count for kind, count in result.kinds.items() if count["passed"] < count["total"]}
    if missed:
        print("\nMissed, by what was planted:")
        for kind, count in sorted(missed.items()):
            _line(kind, count)
        print()
    for text in told(result.misses):
        print(text)


def _line(name: str, count: Mapping[str, int]) -> None:
    passed, total = count["passed"], count["total"]
    share = passed / total * 100 if total else 100.0
    shown = f"{share:.2f}" if passed == total or share < 99.99 else "99.99"
    print(f"  {name:<50} {passed:>7} / {total:<7} {shown:>6} %")


def told(misses: list[Miss]) -> list[str]:
    """One line a miss; one line a file where there was no output to judge."""
    whole = Counter((miss.answer.file, miss.wrong) for miss in misses if miss.wrong.startswith(NO_OUTPUT))
    lines = [f"{file}: {wrong} ({count} answers)" for (file, wrong), count in whole.items()]
    for miss in misses:
        if not miss.wrong.startswith(NO_OUTPUT):
            answer = miss.answer
            lines.append(
                f"{answer.file}: {answer.place}: {answer.demand.value} ({answer.kind}): {miss.wrong}"
            )
    return lines


def as_data(result: Score, seed: int) -> dict[str, object]:
    """The score in a shape that JSON keeps."""
    return {
        "engine": ENGINE,
        "profile": PROFILE_VERSION,
        "seed": seed,
        "passed": result.passed,
        "total": result.total,
        "categories": {name: dict(count) for name, count in result.categories.items()},
        "kinds": {name: dict(count) for name, count in result.kinds.items()},
        "misses": [
            {
                "file": miss.answer.file,
                "place": miss.answer.place,
                "kind": miss.answer.kind,
                "demand": miss.answer.demand.value,
                "wrong": miss.wrong,
            }
            for miss in result.misses
        ],
    }
