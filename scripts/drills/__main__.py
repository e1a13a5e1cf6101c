"""`python -m scripts.drills [NAME …]`: run the drills, print a table; exit code 1 when one ends wrong."""

import argparse
import sys
import time
from collections.abc import Callable

from scripts.drills import breaking, crowd, storing
from scripts.drills.disk import NotHere
from scripts.drills.parts import Parts, Result, Scale

DRILLS: dict[str, Callable[[Parts], Result]] = {
    "worker-killed": breaking.worker_killed,
    "web-restarted": breaking.web_restarted,
    "queue-emptied": breaking.queue_emptied,
    "database-restarted": breaking.database_restarted,
    "clocks-differ": breaking.clocks_differ,
    "store-fails": storing.one_in_ten_fails,
    "store-slow": storing.slow,
    "store-full": storing.full,
    "store-gone": storing.gone,
    "disk-full": storing.disk_full,
    "all-sites": crowd.all_sites,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which; all of {', '.join(DRILLS)}")
    parser.add_argument("--sites", type=int, default=Scale.sites, help="that send at once (%(default)s)")
    parser.add_argument("--slices", type=int, default=Scale.slices, help="of each of them (%(default)s)")
    parser.add_argument(
        "--outage", type=float, default=Scale.outage, help="seconds without store (%(default)s)"
    )
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(DRILLS):
        parser.error(f"there is no drill {', '.join(sorted(unknown))}")
    parts = Parts(Scale(chosen.sites, chosen.slices, chosen.outage))
    try:
        return max([run(parts, name) for name in chosen.names or DRILLS])
    finally:
        parts.close()


def run(parts: Parts, name: str) -> int:
    """Run one drill and print its line; 1 when something is wrong."""
    began = time.monotonic()
    try:
        result = DRILLS[name](parts)
    except NotHere as lack:
        print(f"{name:20} not run: {lack}", flush=True)
        return 0
    except Exception as error:
        result = Result([f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"], 0, 0.0, "")
    seconds = time.monotonic() - began
    told = "WRONG" if result.wrong else "held"
    size = f"{result.files:5} files {result.megabytes:6.1f} MB"
    print(f"{name:20} {told:6} {size} {seconds:5.0f} s  {result.remark}", flush=True)
    for sentence in result.wrong:
        print(f"{'':20} - {sentence}", flush=True)
    return int(bool(result.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
