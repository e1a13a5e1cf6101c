"""Compile the translations: locale/*/LC_MESSAGES/*.po → *.mo, where the source is newer."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_messages(root: Path) -> list[Path]:
    """Compile what is out of date under `root`/locale; returns the files written. Fuzzy entries stay out."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
        temporary = target.with_suffix(".mo.new")
        with temporary.open("wb") as file:
            write_mo(file, catalog)
        temporary.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_messages(ROOT):
        print(path.relative_to(ROOT))
    sys.exit(0)
