"""python -m phantom OUT: write a synthetic hospital export."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from phantom.export import hospital_export
from phantom.people import make_person
from phantom.vendors import SCANNERS


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 2 when an argument or the folder is not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m phantom", description="Write a synthetic hospital export."
    )
    parser.add_argument("out", type=Path, help="folder to write into; it is made when missing")
    parser.add_argument(
        "--ct", type=int, default=120, metavar="N", help="slices of each CT series (default 120)"
    )
    parser.add_argument("--matrix", type=int, default=512, help="rows and columns of a slice (default 512)")
    parser.add_argument("--thickness", type=float, default=2.5, help="slice thickness in mm (default 2.5)")
    parser.add_argument("--vendor", choices=sorted(SCANNERS), default="siemens")
    parser.add_argument(
        "--patients", type=int, default=1, metavar="N", help="number of invented patients (default 1)"
    )
    parser.add_argument(
        "--person", type=int, default=0, help="number of the first invented patient (default 0)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2020, 3, 2), help="YYYY-MM-DD")
    parser.add_argument("--clean", action="store_true", help="leave out the files that do not belong")
    chosen = parser.parse_args(arguments)
    try:
        files = hospital_export(
            chosen.out,
            persons=[make_person(chosen.person + i) for i in range(chosen.patients)],
            seed=chosen.seed,
            slices=chosen.ct,
            matrix=chosen.matrix,
            thickness=chosen.thickness,
            vendor=chosen.vendor,
            first_day=chosen.first_day,
            strays=not chosen.clean,
        )
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.1f} MB in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
