"""Writes what docs say of the profile, from the profile: `python -m scripts.deid_docs`, or `check`.

docs/deidentification.md keeps its prose; what lies between `<!-- begin NAME -->` and `<!-- end NAME -->` is
replaced. docs/deidentification-profile.md is written whole.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from deid import ENGINE, FINDINGS, PROFILE_VERSION, REFUSALS
from deid.profile import PATTERNS, read_csv
from deid.profile.safe_harbor import SOURCE, identifiers

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "deidentification.md"
APPENDIX = ROOT / "docs" / "deidentification-profile.md"
MARKED = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
MEANINGS = {
    "K": "kept, if the value fits its type, text its form, and it repeats no identifier",
    "X": "removed",
    "Z": "emptied",
    "D": "replaced by a fixed value",
    "U": "UID replaced under the key",
    "S": "date shifted",
    "C": "text cleaned word by word",
}
KINDS = {
    "name": "a person's name",
    "id": "an identifier",
    "place": "a place",
    "station": "a device's own name",
    "text": "free text",
    "date": "a date",
    "uid": "a UID",
    "": "nothing that is searched elsewhere",
}


def cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; a head that ends in a colon is of numbers."""
    heads = list(heads)
    lines = [
        "| " + " | ".join(head.rstrip(":") for head in heads) + " |",
        "| " + " | ".join("---:" if head.endswith(":") else "---" for head in heads) + " |",
    ]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def rules() -> str:
    """How many rules do what, and what their values mean for the search."""
    profile = read_csv("profile.csv")
    actions = Counter(row["action"] for row in profile)
    kinds: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for row in profile:
        kinds[row["kind"]][row["action"]] += 1
    listed = sum("E.1-1" in row["source"] for row in profile)
    return (
        f"Engine {ENGINE}, profile {PROFILE_VERSION}: {len(profile)} rules, {listed} of them rows of table "
        "E.1-1. Each with its reason: [the profile, rule by rule](deidentification-profile.md).\n\n"
        + table(
            ["letter", "what is done", "rules:"],
            [(letter, meaning, actions[letter]) for letter, meaning in MEANINGS.items()],
        )
        + "\nWhat a value, once found, means when other text is searched for it:\n\n"
        + table(
            ["meaning", *(f"{letter}:" for letter in MEANINGS)],
            [
                (meaning, *(kinds[kind][letter] or "" for letter in MEANINGS))
                for kind, meaning in KINDS.items()
            ],
        )
    )


def private() -> str:
    """How many private elements stay, by creator."""
    counts = Counter((row["creator"], row["source"]) for row in read_csv("private.csv"))
    return table(
        ["creator", "source", "elements:"],
        [(f"`{creator}`", source, count) for (creator, source), count in sorted(counts.items())],
    )


def codes() -> str:
    """Refusals and findings with what, why and what to do."""
    heads = ["code", "what", "why", "what to do"]
    return "\n".join(
        f"{name}:\n\n"
        + table(heads, [(f"`{code}`", text.what, text.why, text.do) for code, text in texts.items()])
        for name, texts in (("Refusals", REFUSALS), ("Findings", FINDINGS))
    )


def safe_harbor() -> str:
    """The eighteen, each with where it is stopped."""
    rows = [
        (
            one.letter,
            one.name,
            ", ".join(f"`{keyword}`" for keyword in one.attributes),
            one.how,
            ", ".join(f"`{name.split('::')[1]}`" for name in one.tests),
        )
        for one in identifiers()
    ]
    return f"{SOURCE}:\n\n" + table(["", "identifier", "carried by", "how it is stopped", "tests"], rows)


PARTS: dict[str, Callable[[], str]] = {
    "rules": rules,
    "private": private,
    "codes": codes,
    "safe_harbor": safe_harbor,
}


def page(text: str) -> str:
    """The page with its generated parts as they should be. KeyError for a part that nothing writes."""
    return MARKED.sub(lambda found: found[1] + PARTS[found[2]]() + found[3], text)


def appendix() -> str:
    """Every rule, every private element that stays, and the ones that were decided against."""
    profile = read_csv("profile.csv")
    kept = read_csv("private.csv")
    against = [row for row in read_csv("source/private_choices.csv") if row["decision"] == "remove"]
    return "\n".join(
        [
            "# The profile, rule by rule\n",
            "Written by `python -m scripts.deid_docs` from `deid/profile/`; do not edit. Letters are "
            "explained in [de-identification](deidentification.md). Sources: rows of DICOM PS3.15 2025b "
            "table E.1-1 with the columns of our options, or the objects of PS3.3 that have the attribute.\n",
            table(
                ["tag", "attribute", "VR", "", "kind", "source", "reason"],
                [
                    (
                        f"`{row['tag']}`",
                        row["keyword"] if row["tag"] not in PATTERNS else f"{row['keyword']} (pattern)",
                        row["vr"],
                        row["action"],
                        row["kind"],
                        row["source"],
                        row["reason"],
                    )
                    for row in profile
                ],
            ),
            "## Private elements that stay\n",
            "Why these: [decision 0110](decisions/0110-private-elements-that-stay.md).\n",
            table(
                ["element", "creator", "VR", "meaning", "source", "reason"],
                [
                    (
                        f"`({r['element']})`",
                        f"`{r['creator']}`",
                        r["vr"],
                        r["meaning"],
                        r["source"],
                        r["reason"],
                    )
                    for r in kept
                ],
            ),
            "## Private elements that were decided against\n",
            table(
                ["element", "creator", "VR", "meaning", "kept by", "reason"],
                [
                    (
                        f"`({r['element']})`",
                        f"`{r['creator']}`",
                        r["vr"],
                        r["meaning"],
                        r["source"],
                        r["reason"],
                    )
                    for r in against
                ],
            ),
        ]
    )


def wanted() -> dict[Path, str]:
    """Path → text as it should be."""
    return {PAGE: page(PAGE.read_text("utf-8")), APPENDIX: appendix()}


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    stale = [path for path, text in wanted().items() if not path.exists() or path.read_text("utf-8") != text]
    if arguments == ["check"]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: python -m scripts.deid_docs")
        return 1 if stale else 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    for path in stale:
        path.write_text(wanted()[path], "utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
