"""Letters: what is written differently and reads the same, and the lists of words that are known."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path


def words_of(name: str) -> frozenset[str]:
    """The words of a list in ``profile/``, case folded; lines that begin with # are comments."""
    text = (Path(__file__).parent / "profile" / name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.casefold().split())


VOCABULARY = words_of("words.txt")
CODES = words_of("codes.txt")
WORD = re.compile(r"[^\W_]+")
LETTERS = re.compile(r"[^\W\d_]+")
# Single letters one after another; with a plus behind it a letter is none.
SINGLES = re.compile(r"(?<![^\W_])[^\W\d_](?![^\W_]|\+)(?:[\W_]{1,3}[^\W\d_](?![^\W_]|\+))+\.?")
# Combining marks and format characters.
UNSEEN = frozenset({"Mn", "Cf"})
# Letters that no decomposition makes plain, and those of other alphabets that look like Latin ones.
ALIKE = str.maketrans(
    "øđłıŧħð"  # Latin
    "\u0430\u0435\u0432\u043d\u043a\u043c\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455"  # Cyrillic
    "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b6",  # Greek
    "odlithdaebhkmopctyxijsabehiknoptyxz",
) | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}


def plain(text: str) -> str:
    """Width and case made equal."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def normalise(text: str) -> str:
    """Width, case and accents made equal, letters that look alike too, and what is not seen left out."""
    if text.isascii():
        return text.lower()
    flat = unicodedata.normalize("NFKD", text).casefold()
    seen = "".join(c for c in flat if unicodedata.category(c) not in UNSEEN)
    return unicodedata.normalize("NFC", seen).translate(ALIKE)


def is_wide(word: str) -> bool:
    """Written in Hangul, Chinese characters or kana, where two characters already name somebody."""
    return any(c >= "\u1100" for c in word)


def without_initials(text: str) -> str:
    """Letters that stand alone in a row are gone, unless marks join them to a word, as in w/o."""
    return SINGLES.sub(_of_words, text)


def _of_words(row: re.Match[str]) -> str:
    groups = row[0].split()
    letters = [plain("".join(LETTERS.findall(group))) for group in groups]
    alone = sum(len(word) == 1 and not is_wide(word) for word in letters)
    return " ".join(
        group if word in VOCABULARY or (len(word) == 1 and alone == 1 and not is_wide(word)) else ""
        for group, word in zip(groups, letters, strict=True)
    )
