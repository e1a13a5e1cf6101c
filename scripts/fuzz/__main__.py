"""``python -m scripts.fuzz``: damages files and strips them, until a time is over or something breaks.

What breaks is written to a file that ``--input`` takes again. Exit code 1 then.
"""

from __future__ import annotations

import argparse
import faulthandler
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from scripts.fuzz.judge import Judge, damaged
from scripts.fuzz.seeds import Seed, found_in, made

HANGS_AFTER = 60
MEMORY = 3 * 1024 * 1024 * 1024


def main() -> int:
    options = _options()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if options.input:
        print(Judge.of(Seed("input", options.input.read_bytes()))(options.input.read_bytes()))
        return 0
    seeds = list(found_in(options.corpus)) if options.corpus else list(made())
    judges = [Judge.of(seed) for seed in seeds]
    start = options.seed if options.seed is not None else time.time_ns() % 1_000_000
    print(f"{len(seeds)} files to start from, numbers from {start}", flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    seen: Counter[str] = Counter()
    broken: dict[str, int] = {}
    told = begun = time.monotonic()
    number = start
    while time.monotonic() - begun < options.minutes * 60:
        judge, data = damaged(number, judges)
        options.out.with_suffix(".now").write_bytes(data)
        faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
        try:
            seen[judge(data)] += 1
        except Exception as error:
            kind = f"{type(error).__name__}: {error}"
            seen["BROKEN"] += 1
            if kind not in broken:
                broken[kind] = number
                path = options.out.with_name(f"{options.out.name}-{number}.dcm")
                path.write_bytes(data)
                print(f"number {number} of {judge.seed.name}, written to {path}", flush=True)
                traceback.print_exc()
            if not options.go_on:
                return 1
        number += 1
        if time.monotonic() - told > 30:
            told = time.monotonic()
            _tell(number - start, seen)
    faulthandler.cancel_dump_traceback_later()
    options.out.with_suffix(".now").unlink(missing_ok=True)
    _tell(number - start, seen)
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, help="first number; each number makes one file")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="start from these files")
    parser.add_argument("--out", type=Path, default=Path("fuzz"), help="where failing files go")
    parser.add_argument("--input", type=Path, metavar="FILE", help="one file, as it is")
    parser.add_argument("--go-on", action="store_true", help="after a failure")
    return parser.parse_args()


def _tell(count: int, seen: Counter[str]) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    kinds = ", ".join(f"{kind} {number}" for kind, number in seen.most_common())
    print(f"{count} files, at most {memory} MB: {kinds}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
