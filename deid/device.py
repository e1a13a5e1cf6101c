"""Text of devices and codes, which stays as it is: no more of it than has a form that names nobody.

Words of makers, models and software (``profile/devices.txt``), of meanings of codes (``meanings.txt``) and of
the vocabulary; versions and model numbers; codes as their scheme writes them; a few defined terms.
"""

from __future__ import annotations

import re
from functools import lru_cache

from deid.spelling import VOCABULARY, WORD, plain, without_initials, words_of
from deid.vocabulary import CAMEL, KERNEL, allowed

DEVICES = words_of("devices.txt") | VOCABULARY
MEANINGS = words_of("meanings.txt") | VOCABULARY
NAMES = words_of("names.txt")
UNITS = words_of("units.txt")
LONGEST = 64
# Defined terms of Rescale Type and Modality LUT Type (PS3.3 C.11.1.1.2), and how some devices write them.
RESCALED = frozenset(
    [
        "hu",
        "us",
        "od",
        "mgml",
        "z_eff",
        "ed",
        "edw",
        "hu_mod",
        "pct",
        "od rel",
        "unspecified",
        "none",
        "hounsfield",
        "hounsfield unit",
        "hounsfield units",
        "houndsfield unit",
    ]
)
VERSION = re.compile(r"[vV]?\d{1,4}(?:\.\d{1,3}){0,3}[a-zA-Z]?")
# How a public scheme writes its codes. Those that are left out here keep none.
CODE = {
    scheme: re.compile(pattern)
    for schemes, pattern in (
        ("DCM", r"\d{5,6}"),
        ("SCT", r"\d{6,18}"),
        ("SRT SNM3 99SDM SRT-D", r"[A-Z]\d?-[0-9A-F]{4,5}"),
        ("LN", r"\d{1,5}-\d"),
        ("FMA", r"\d{1,6}"),
        ("RADLEX", r"RID\d{1,5}"),
        ("NCIt UMLS", r"C\d{1,7}"),
        ("RXNORM", r"\d{1,6}"),
        ("I9C", r"[VE]?\d{2,3}(?:\.\d{1,2})?"),
        ("I10 ICD10", r"[A-Z]\d\d(?:\.\d{1,4})?"),
        ("C4 CD5", r"\d{4}[\dFT]"),
    )
    for scheme in schemes.split()
}
RUNS = re.compile(r"[A-Za-z]+|\d+")
# Digits in one group; in one word, with a dot in it or without.
_GROUP, _DOTTED, _PLAIN = 5, 12, 8
_MARKS = "()[]{}<>\"',;:"
# A letter written by its number.
_ESCAPED = re.compile(r"(?i)[\\/%]u[0-9a-f]{4}|[%=][0-9a-f]{2}|&#")
_ROW = re.compile(r"\d{2,}(?:[-/_]\d{2,}){2,}")
# SNOMED CT identifiers end in a check digit (Verhoeff).
_TURNED = [
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
]


@lru_cache(maxsize=4096)
def kept(text: str, form: str) -> str:
    """What of a text may stay; the text itself where all of it may.

    ``form``: "" for makers, models, software and kernels; "rescale", "version", "meaning"; "scheme"; or the
    name of a public coding scheme for one of its codes.
    """
    if form == "rescale":
        return text if plain(text.strip()) in RESCALED else ""
    if form == "version":
        return text if VERSION.fullmatch(text.strip()) else ""
    if form == "scheme" or not text:
        return text
    if form in {"", "meaning"}:
        return _words(text, models=not form)
    return text if _is_code(text.strip(), form) else ""


def is_device(text: str) -> bool:
    """Whether a text says of a device what it is, and nothing else."""
    unlisted = [chunk for chunk in text.split() if plain(chunk).strip(_MARKS) not in DEVICES]
    runs = [run for chunk in unlisted for run in RUNS.findall(plain(chunk))]
    digits = sum(len(run) for run in runs if run.isdigit())
    words = all(run.isdigit() or run in DEVICES for run in runs)
    return words and digits <= 4 and any(map(str.isalpha, text)) and kept(text, "") == text


def _words(text: str, *, models: bool) -> str:
    spaced = without_initials(text)
    chunks = spaced.split()
    known = [chunk for chunk in chunks if _chunk(chunk, models)]
    if models:
        known = _without_rows(known)
    if len(known) == len(chunks) and spaced == text:
        return text
    return " ".join(known).strip(" ,;:-_/") if any(c.isalnum() for chunk in known for c in chunk) else ""


def _without_rows(chunks: list[str]) -> list[str]:
    """Without three bare numbers in a row, or more: no device is called so, and a telephone may be."""
    out: list[str] = []
    row: list[str] = []
    for chunk in [*chunks, ""]:
        if chunk.isdigit() and chunk not in DEVICES:
            row.append(chunk)
            continue
        out += row if len(row) < 3 else []
        row = []
        out += [chunk] if chunk else []
    return out


def _chunk(chunk: str, models: bool) -> bool:
    """Whether each run of letters and of digits in one group of words is known."""
    if len(chunk) > LONGEST or not chunk.isprintable() or _ESCAPED.search(chunk):
        return False
    words = DEVICES if models else MEANINGS
    flat = plain(chunk).strip(_MARKS)
    if flat in words or (models and KERNEL.fullmatch(flat)):
        return True
    if not chunk.isascii():
        return all(map(allowed, WORD.findall(chunk))) and any(c.isalpha() for c in chunk)
    return _digits_fit(flat) and all(_run(run, chunk, words, models) for run in RUNS.finditer(chunk))


def _digits_fit(chunk: str) -> bool:
    groups = [len(run) for run in RUNS.findall(chunk) if run.isdigit()]
    most = _DOTTED if "." in chunk else _PLAIN
    return max(groups, default=0) <= _GROUP and sum(groups) <= most and not _ROW.search(chunk)


def _run(run: re.Match[str], chunk: str, words: frozenset[str], models: bool) -> bool:
    letters = run[0].lower()
    if letters.isdigit() or letters in words or len(letters) == 1:
        return True
    pieces = [piece.lower() for piece in CAMEL.findall(run[0])]
    if len(pieces) > 1 and all(len(piece) > 1 and piece in words for piece in pieces):
        return True
    beside = chunk[run.start() - 1 : run.start()].isdigit() or chunk[run.end() : run.end() + 1].isdigit()
    return models and len(letters) <= 3 and beside and letters not in NAMES


def _is_code(code: str, scheme: str) -> bool:
    if scheme == "UCUM":
        return plain(code) in UNITS
    pattern = CODE.get(scheme)
    return bool(pattern and pattern.fullmatch(code)) and (scheme != "SCT" or _checks(code))


def _checks(number: str) -> bool:
    """The check digit of Verhoeff, by the dihedral group of ten."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = _times(check, int(_TURNED[place % 8][int(digit)]))
    return check == 0


def _times(a: int, b: int) -> int:
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
    return 5 + (a - b) % 5 if b < 5 else (a - b) % 5
