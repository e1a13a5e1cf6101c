"""What identifies in one file: names, numbers, places and dates found in it, and where else they turn up.

Stated limits, so that ordinary words do not count as identifiers: a Latin word counts from three letters on,
a Korean or Chinese one from two characters on, a number from four characters with a digit; a word of the
vocabulary (``profile/words.txt``) never counts alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from deid.bounds import MAX_IDENTIFYING, MAX_TERMS, Memory
from deid.codes import Refused
from deid.numbers import Known, known


def words_of(name: str) -> frozenset[str]:
    """The words of a list in ``profile/``, case folded; lines that begin with # are comments."""
    text = (Path(__file__).parent / "profile" / name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.casefold().split())


# Characters of all identifiers that a usual file has.
_OFTEN = 8192
VOCABULARY = words_of("words.txt")
ENCODINGS = ("utf-8", "cp949", "utf-16-le", "utf-16-be", "shift_jis", "gb18030")
WORD = re.compile(r"[^\W_]+")
PATTERNS = re.compile(
    r"(?P<resident>(?<!\d)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])[-\s]?[0-9]\d{6}(?!\d))"
    r"|(?P<masked>(?<!\d)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])-[0-9](?:[*xX]+|(?![\w.])))"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<phone>(?<![\d.])(?:\+\d{1,3}[-\s.]?)?\(?0\d{1,2}\)?[-\s.]?\d{3,4}[-\s.]\d{2,4}(?!\d))"
    r"|(?P<mobile>(?<!\d)01[016-9]\d{7,8}(?!\d))"
    r"|(?P<abroad>\+\d{1,3}[-\s.]?\(?\d{1,3}\)?[-\s.]?\d{3,4}[-\s.]?\d{4}(?!\d))"
    r"|(?P<phone2>(?<![\d.])(?:\+?\d{1,3}[-\s])?(?:\d{3}[-\s])?\d{3}-\d{4}(?!\d))"
    r"|(?P<uid>(?<![\d.])[0-2](?:\.\d+){4,}(?!\d))"
)
LOOSE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}"
    r"|\d{2,4}\s*년(?:\s*\d{1,2}\s*월)?(?:\s*\d{1,2}\s*일)?|(?:\d{2,}[\s\-./]+){2,}\d{2,}|\d{6,}"
)


# Combining marks and format characters; line ends and tabs, which lay a text out.
UNSEEN = frozenset({"Mn", "Cf"})
LAYOUT = dict.fromkeys(map(ord, "\r\n\t\f"))
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def normalise(text: str) -> str:
    """Width, case and accents made equal, and what is not seen left out."""
    if text.isascii():
        return text.lower()
    flat = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in flat if unicodedata.category(c) not in UNSEEN))


def is_wide(word: str) -> bool:
    """Written in Hangul, Chinese characters or kana, where two characters already name somebody."""
    return any(c >= "\u1100" for c in word)


class Terms:
    """Everything identifying that one file holds, prepared for searching; equal files share one."""

    def __init__(self, found: frozenset[tuple[str, str]]) -> None:
        self.words: set[str] = set()
        self.parts: set[str] = set()
        self.numbers: set[str] = set()
        self.written: set[str] = set()
        for kind, text in found:
            getattr(self, f"_{kind}")(normalise(text).strip())
        self.words -= VOCABULARY
        self.parts -= VOCABULARY
        self.digits = {n.lstrip("0") for n in self.numbers if n.isdigit() and len(n.lstrip("0")) >= 5}
        self._stems = [word for word in self.words if len(word) >= 6 and word.isalpha()]
        self._kept: Memory[bool] = Memory(8192)
        self.cleaned: Memory[str] = Memory(8192)
        self.count = sum(map(len, (self.words, self.parts, self.numbers, self.written)))
        if self.count > MAX_TERMS:
            raise Refused("too_large", f"more than {MAX_TERMS} identifiers")

    def _name(self, text: str) -> None:
        for group in text.split("="):
            tokens = [WORD.findall(part) for part in group.split("^")]
            flat = [word for part in tokens for word in part]
            self.words.update(word for word in flat if len(word) >= 3 and not is_wide(word))
            self.parts.update(word for word in flat if len(word) >= 2 and is_wide(word))
            whole = ["".join(part) for part in tokens if part]
            for joined in ("".join(whole[:2]), "".join(whole[1::-1])):
                if len(joined) >= (2 if is_wide(joined) else 6) and len(whole) > 1:
                    self.parts.add(joined)
            if len(flat) > 1 and all(len(word) <= 2 for word in flat) and not is_wide(text):
                self.parts.add(" ".join(flat))

    def _id(self, text: str) -> None:
        for value in text.split("\\"):
            compact = "".join(WORD.findall(value))
            if len(compact) < 4:
                continue
            if not any(c.isdigit() for c in compact):
                self._place(value)
                continue
            self.numbers.update({value.strip(), compact})
            for run in re.findall(r"\d{5,}", compact):
                self.numbers.add(run)
                if len(run.lstrip("0")) >= 5:
                    self.numbers.add(run.lstrip("0"))

    def _place(self, text: str) -> None:
        for value in text.split("\\"):
            words = WORD.findall(value)
            self.parts.update(word for word in words if is_wide(word) and len(word) >= 3)
            self.numbers.update(
                word
                for word in words
                if len(word) >= 4 and any(c.isdigit() for c in word) and not is_wide(word)
            )
            if len(words) > 1 and not set(words) <= VOCABULARY:
                self.parts.add(" ".join(value.split()))
            elif len(words) == 1 and len(words[0]) >= 4 and words[0].isalpha() and not is_wide(value):
                self.words.add(words[0])

    def _text(self, text: str) -> None:
        for found in PATTERNS.finditer(text):
            self.numbers.add(found[0].strip())
        self.numbers.update(re.findall(r"(?<!\d)\d{6,}(?!\d)", text))
        if "^" in text:
            self._name(text)

    def _date(self, text: str) -> None:
        found = re.match(r"(\d{4})\D?(\d{2})\D?(\d{2})", text)
        if found:
            year, month, day = found.groups()
            self.numbers.update(f"{year}{mark}{month}{mark}{day}" for mark in ("", "-", ".", "/"))
            self.written.update(_spelled(year, month, day))

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        if not self.numbers:
            return None
        longest = sorted(self.numbers | self.written, key=len, reverse=True)
        pattern = rf"(?<![0-9a-z])(?:{'|'.join(map(_apart, longest))})(?![0-9a-z])"
        ends = [re.escape(n) for n in longest if len(n) >= 6 and n[0].isdigit() and n[-1].isdigit()]
        if ends:
            pattern += rf"|(?<!\d)(?:{'|'.join(ends)})(?!\d)"
        return re.compile(pattern, re.IGNORECASE)

    @cached_property
    def _wholes(self) -> re.Pattern[str] | None:
        longest = map(re.escape, sorted(self.parts, key=len, reverse=True))
        return re.compile("|".join(longest), re.IGNORECASE) if self.parts else None

    def identifies(self, text: str) -> bool:
        """Whether text that is to be kept repeats an identifier, has the form of one, or is Korean prose."""
        known = self._kept.get(text)
        return self._kept.keep(text, self._identifies(text)) if known is None else known

    def _identifies(self, text: str) -> bool:
        flat = normalise(text)
        if not flat.translate(LAYOUT).isprintable():
            return True
        if not text.isascii() and any(
            is_wide(word) and word not in VOCABULARY for word in WORD.findall(flat)
        ):
            return True
        if not self.words.isdisjoint(WORD.findall(flat)) or any(part in flat for part in self.parts):
            return True
        if any(stem in flat for stem in self._stems):
            return True
        return bool(PATTERNS.search(flat) or (self._numbers and self._numbers.search(flat)))

    def without(self, text: str) -> str:
        """Text with every known identifier and everything that has the form of one cut out."""
        text = PATTERNS.sub(" ", text)
        text = LOOSE.sub(" ", text)
        if self._numbers:
            text = self._numbers.sub(" ", text)
        return self._wholes.sub(" ", text) if self._wholes else text

    @cached_property
    def counted(self) -> Known:
        """What of it may be written as a number."""
        return known(self.digits)

    @cached_property
    def needles(self) -> list[bytes]:
        """Every term in lower case and every encoding, for a search in raw bytes."""
        out: set[bytes] = set()
        for term in self.words | self.parts | self.numbers:
            for encoding in ENCODINGS[:1] if term.isascii() else ENCODINGS:
                try:
                    out.add(term.encode(encoding))
                except UnicodeEncodeError:
                    continue
            if term.isascii() and len(term) >= 4:
                out.add(term.encode("utf-16-le"))
        return sorted(out)


def _apart(number: str) -> str:
    """A pattern for the number, digits of a long one also with a mark between them."""
    return "[-. ]?".join(number) if number.isdigit() and len(number) >= 7 else re.escape(number)


def _spelled(year: str, month: str, day: str) -> Iterator[str]:
    """How people write a date in text, beside the year-first forms: 200316, 16.03.2020, 16-MAR-2020 …"""
    yield f"{year[2:]}{month}{day}"
    plain = {day, day.lstrip("0")}, {month, month.lstrip("0")}
    for d in plain[0]:
        for m in plain[1]:
            for mark in "-./":
                yield from (f"{d}{mark}{m}{mark}{year}", f"{m}{mark}{d}{mark}{year}")
                yield f"{year}{mark}{m}{mark}{d}"
                yield f"{year[2:]}{mark}{m}{mark}{d}"
            yield f"{year}년 {m}월 {d}일"
        if 1 <= int(month) <= 12:
            for name in (MONTHS[int(month) - 1], MONTHS[int(month) - 1][:3]):
                yield from (f"{d}{mark}{name}{mark}{year}" for mark in ("-", " ", "", "."))
                yield from (f"{name} {d}, {year}", f"{name} {d} {year}")


def terms_of(found: frozenset[tuple[str, str]]) -> Terms:
    """Raises Refused where they are more than can be looked for."""
    size = sum(len(text) for _, text in found)
    if size > MAX_IDENTIFYING:
        raise Refused("too_large", f"more than {MAX_IDENTIFYING} characters of identifiers")
    return _remembered(found) if size <= _OFTEN else Terms(found)


@lru_cache(maxsize=64)
def _remembered(found: frozenset[tuple[str, str]]) -> Terms:
    return Terms(found)
