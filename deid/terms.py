"""What identifies in one file: names, numbers, places and dates found in it, and where else they turn up.

Stated limits, so that ordinary words do not count as identifiers: a Latin word counts from three letters on,
a Korean or Chinese one from two characters on, a number from four characters with a digit; a word of the
vocabulary (``profile/words.txt``) never counts alone.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import permutations

from deid import days, shapes
from deid.bounds import MAX_IDENTIFYING, MAX_TERMS, Memory
from deid.codes import Refused
from deid.device import is_device
from deid.numbers import Known, known
from deid.shapes import PATTERNS
from deid.spelling import CODES, LETTERS, VOCABULARY, WORD, is_wide, normalise, words_of
from deid.vocabulary import knows

# Characters of all identifiers that a usual file has.
_OFTEN = 8192
ENCODINGS = ("utf-8", "cp949", "utf-16-le", "utf-16-be", "shift_jis", "gb18030")
# Words that make a phrase the name of a place though a vocabulary knows all of them.
PLACES = words_of("places.txt")
# Line ends and tabs, which lay a text out.
LAYOUT = dict.fromkeys(map(ord, "\r\n\t\f"))
_ALL_CODES = " ".join(CODES)
# A number of at least so many digits is looked for with marks between them.
_LONG = 6


class Terms:
    """Everything identifying that one file holds, prepared for searching; equal files share one."""

    def __init__(self, found: frozenset[tuple[str, str]]) -> None:
        self.words: set[str] = set()
        self.parts: set[str] = set()
        self.numbers: set[str] = set()
        self.written: set[str] = set()
        self.phrases: set[str] = set()
        self.days: set[days.Reading] = set()
        for kind, text in found:
            getattr(self, f"_{kind}")(normalise(text).strip())
        self.words = {word for word in self.words - VOCABULARY - CODES if not _in_a_code(word)}
        self.parts -= VOCABULARY | CODES
        self.compact = {n for n in map(shapes.digits_of, self.numbers) if len(n) >= _LONG and n.strip("0")}
        self.digits = {n.lstrip("0") for n in self.numbers if n.isdigit() and len(n.lstrip("0")) >= 5}
        self._stems = [word for word in self.words if len(word) >= 6 and word.isalpha()]
        self._kept: Memory[bool] = Memory(8192)
        self.cleaned: Memory[str] = Memory(8192)
        self.stayed: Memory[str] = Memory(8192)
        sets = (self.words, self.parts, self.numbers, self.written, self.phrases, self.compact)
        self.count = sum(map(len, sets))
        if self.count > MAX_TERMS:
            raise Refused("too_large", f"more than {MAX_TERMS} identifiers")

    def _name(self, text: str) -> None:
        for group in text.split("="):
            components = group.split("^") if "^" in group else re.split(r"[\s,]+", group)
            tokens = [WORD.findall(part) for part in components]
            flat = [word for part in tokens for word in part]
            self.words.update(word for word in flat if len(word) >= 3 and not is_wide(word))
            self.parts.update(word for word in flat if len(word) >= 2 and is_wide(word))
            whole = ["".join(part) for part in tokens if part]
            self._joined(whole[:3])
            self._joined(flat[:4])
            short = all(len(word) <= 2 or (len(word) == 3 and word in VOCABULARY) for word in flat)
            if len(flat) > 1 and short and not is_wide(text):
                self.parts.update((" ".join(flat), " ".join(flat[::-1])))

    def _joined(self, words: list[str]) -> None:
        """The words written as one, in any order; of short ones only where that is a word of the text."""
        for count in range(2, len(words) + 1):
            for joined in map("".join, permutations(words, count)):
                if is_wide(joined) or len(joined) >= 6:
                    self.parts.add(joined)
                elif len(joined) >= 4:
                    self.words.add(joined)

    def _station(self, text: str) -> None:
        """A device is no identifier where it is called by what it is."""
        if not is_device(text):
            self._place(text)

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
            if len(words) > 1 and not (PLACES.isdisjoint(words) and is_device(value)):
                self.parts.add(" ".join(value.split()))
                self.phrases.add("".join(words))
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
            self.days.add((int(year) % 100, int(month), int(day)))
            self.written.add(f"{year[2:]}{month}{day}")
            for short in (f"{month}{day}", f"{day}{month}"):
                self.written.update((short + year, short + year[2:]))

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        if not self.numbers:
            return None
        longest = sorted(self.numbers | self.written, key=len, reverse=True)
        pattern = rf"(?<![0-9a-z])(?:{'|'.join(map(re.escape, longest))})(?![0-9a-z])"
        ends = [re.escape(n) for n in longest if len(n) >= 6 and n[0].isdigit() and n[-1].isdigit()]
        if ends:
            pattern += rf"|(?<!\d)(?:{'|'.join(ends)})(?!\d)"
        return re.compile(pattern, re.IGNORECASE)

    @cached_property
    def _wholes(self) -> re.Pattern[str] | None:
        longest = map(re.escape, sorted(self.parts, key=len, reverse=True))
        return re.compile("|".join(longest), re.IGNORECASE) if self.parts else None

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        longest = sorted(self.phrases, key=len, reverse=True)
        return re.compile("|".join(r"[\W_]{0,3}".join(map(re.escape, one)) for one in longest), re.IGNORECASE)

    def identifies(self, text: str) -> bool:
        """Whether text that is to be kept repeats an identifier, has the form of one, or is Korean prose."""
        known = self._kept.get(text)
        return self._kept.keep(text, self._identifies(text)) if known is None else known

    def _identifies(self, text: str) -> bool:
        flat = normalise(text)
        if not flat.translate(LAYOUT).isprintable():
            return True
        words = WORD.findall(flat)
        if not text.isascii() and any(is_wide(word) and not knows(word) for word in words):
            return True
        if not self.words.isdisjoint(words) or any(part in flat for part in self.parts):
            return True
        if not self.words.isdisjoint(LETTERS.findall(flat)) or any(stem in flat for stem in self._stems):
            return True
        if self.phrases and any(phrase in "".join(words) for phrase in self.phrases):
            return True
        if PATTERNS.search(flat) or (self._numbers and self._numbers.search(flat)):
            return True
        return shapes.repeats(flat, self.compact) or self._tells_a_day(flat)

    def _tells_a_day(self, text: str) -> bool:
        return bool(self.days) and any(not self.days.isdisjoint(day.readings) for day in days.found(text))

    def without(self, text: str) -> str:
        """Text with every known identifier and everything that has the form of one cut out."""
        text = shapes.without(PATTERNS.sub(" ", text), self.compact)
        if self._numbers:
            text = self._numbers.sub(" ", text)
        if self.phrases:
            text = self._phrases.sub(" ", text)
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


def _in_a_code(word: str) -> bool:
    """Whether a long word, which counts inside others too, is part of a word that codes are made of."""
    return len(word) >= 6 and word in _ALL_CODES


def terms_of(found: frozenset[tuple[str, str]]) -> Terms:
    """Raises Refused where they are more than can be looked for."""
    size = sum(len(text) for _, text in found)
    if size > MAX_IDENTIFYING:
        raise Refused("too_large", f"more than {MAX_IDENTIFYING} characters of identifiers")
    return _remembered(found) if size <= _OFTEN else Terms(found)


@lru_cache(maxsize=64)
def _remembered(found: frozenset[tuple[str, str]]) -> Terms:
    return Terms(found)
