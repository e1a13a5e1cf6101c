"""Translations without GNU gettext: Babel extracts, checks and compiles locale/*/LC_MESSAGES/django.po.

python -m scripts.messages            compile what is out of date (`make setup` does)
python -m scripts.messages update     collect the texts of code and templates, keep what is translated
python -m scripts.messages check      exit 1 and a list when a text has no translation that fits
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("registry", "imaging", "uploads", "cohort", "releases", "demo")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACES = re.compile(r"%\(\w+\)[-.\d]*[a-z]|%[sd]|\{\w+\}|</?\w+|&\w+;")
NOISE = re.compile(rb'^"(POT-|PO-|Generated-By|Last-T|Language-Team|Report-).*\n', re.M)


def catalogs(root: Path) -> list[Path]:
    return sorted(root.glob("locale/*/LC_MESSAGES/*.po"))


def compile_messages(root: Path) -> list[Path]:
    """Compile what is out of date under `root`/locale; returns the files written. Fuzzy entries stay out."""
    written = []
    for source in catalogs(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        temporary = target.with_suffix(".mo.new")
        with temporary.open("wb") as file:
            write_mo(file, load(source))
        temporary.replace(target)
        written.append(target)
    return written


def load(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def collect(root: Path) -> Catalog:
    """Every text that the code of the rooms and the templates offer for translation."""
    found = Catalog(charset="utf-8")
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            _add(found, path.relative_to(root), path.read_bytes())
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            _add(found, path.relative_to(root), _as_python(path))
    return found


def _as_python(template: Path) -> bytes:
    from django.utils.translation.template import templatize

    code = templatize(template.read_text("utf-8"), origin=str(template))
    return "\n".join(line.lstrip() for line in code.splitlines()).encode()


def _add(catalog: Catalog, path: Path, source: bytes) -> None:
    for _line, ids, comments, context in extract("python", BytesIO(source), KEYWORDS, ("Translators:",)):
        python = path.suffix == ".py"
        flags = () if python else ("python-format",) if "%(" in str(ids) else ()
        catalog.add(ids, None, [(path.as_posix(), 0)], auto_comments=comments, context=context, flags=flags)


def update(root: Path, target: Path) -> int:
    """Bring `target` up to date with code and templates; returns how many texts have no translation."""
    catalog = (
        load(target)
        if target.exists()
        else Catalog(locale=target.parts[-3], project="KICC registry", version="1")
    )
    catalog.update(collect(root), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# Texts of the registry."
    catalog.fuzzy = False
    text = BytesIO()
    write_po(text, catalog, width=100, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(NOISE.sub(b"", text.getvalue()))
    return sum(1 for message in catalog if message.id and not _translated(message))


def check(root: Path, source: Path) -> list[str]:
    """Sentences on every text that is missing, untranslated, fuzzy, left over, or whose places differ."""
    catalog, wanted = load(source), collect(root)
    known = {(message.context, message.id): message for message in catalog if message.id}
    problems = []
    for message in wanted:
        if not message.id:
            continue
        found = known.pop((message.context, message.id), None)
        name = f"{message.locations[0][0]}: {_singular(message)!r}"
        if found is None:
            problems.append(f"{name} is not in {source.name}; run update")
        elif not _translated(found):
            problems.append(f"{name} has no translation")
        elif found.fuzzy:
            problems.append(f"{name} is marked fuzzy")
        elif not _fits(found):
            problems.append(f"{name} has other places or tags than its translation")
    problems += [f"{_singular(message)!r} is no longer used; run update" for message in known.values()]
    return problems


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def _translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(texts) and all(texts)


def _fits(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    model = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
    return all(sorted(PLACES.findall(text or "")) == sorted(PLACES.findall(model)) for text in texts)


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    command = arguments[0] if arguments else "compile"
    if command == "compile":
        for path in compile_messages(ROOT):
            print(path.relative_to(ROOT))
        return 0
    if command == "update":
        for path in catalogs(ROOT):
            print(f"{path.relative_to(ROOT)}: {update(ROOT, path)} without translation")
        return 0
    if command == "check":
        problems = [problem for path in catalogs(ROOT) for problem in check(ROOT, path)]
        print("\n".join(problems) or "Every text is translated.")
        return 1 if problems else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
