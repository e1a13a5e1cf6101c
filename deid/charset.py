"""Specific Character Set (PS3.3 C.12.1.1.2): what text says, also where it is not declared rightly."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes, encode_string

from deid.spelling import is_wide

SINGLE = {
    "": "ascii",
    "ISO_IR 6": "ascii",
    "ISO_IR 100": "latin-1",
    "ISO_IR 101": "iso8859-2",
    "ISO_IR 109": "iso8859-3",
    "ISO_IR 110": "iso8859-4",
    "ISO_IR 144": "iso8859-5",
    "ISO_IR 127": "iso8859-6",
    "ISO_IR 126": "iso8859-7",
    "ISO_IR 138": "iso8859-8",
    "ISO_IR 148": "iso8859-9",
    "ISO_IR 203": "iso8859-15",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 166": "tis-620",
    "ISO_IR 192": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gbk",
}
EXTENDED = {"", "ISO 2022 IR 6"} | {
    f"ISO 2022 IR {n}" for n in (100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 13, 166, 87, 159, 149, 58)
}
# Those that PS3.3 C.12.1.1.2 lets stand alone only.
ALONE = {"ISO_IR 192", "GB18030", "GBK"}
LONGEST = 256
GUESSES = ("utf-8", "cp949")
# Encodings that say by escape sequences in which set they go on.
SHIFTED = ("iso2022_kr", "iso2022_jp_ext")
KOREAN = "ISO 2022 IR 149"
# Declared by many Korean archives over CP949 text, and by the default.
LATIN = frozenset(
    f"{name} {number}" for name in ("ISO_IR", "ISO 2022 IR") for number in (6, 100, 101, 109, 110, 148, 203)
)
_CONTROLS = re.compile(rb"[\x80-\x9f]")
_HIGH = re.compile(rb"[\x80-\xff]+")
DELIMITERS = {ord(c) for c in "\\^=\r\n\f\t"}


@dataclass(frozen=True, slots=True)
class Charset:
    """``terms`` as declared; ``known`` says whether every one is a defined term."""

    terms: tuple[str, ...]
    known: bool

    def decode(self, value: bytes) -> tuple[str, bool]:
        """Text, and whether it could be decoded as declared; else the first guess that fits, or Latin-1."""
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii"), True
        if self.known and self.terms[0] in LATIN and (text := _mistaken(value)) is not None:
            return text, False
        if self.known:
            text = self._declared(value)
            if text is not None:
                return text, True
        for guess in GUESSES:
            try:
                return value.decode(guess), False
            except UnicodeDecodeError:
                continue
        return value.decode("latin-1"), False

    def readings(self, value: bytes) -> tuple[str, ...]:
        """All that the bytes may say, whatever is declared: what archives declare is often wrong."""
        if value.isascii() and b"\x1b" not in value:
            return (value.decode("ascii"),)
        text, trusted = self.decode(value)
        if trusted and b"\x1b" in value and "\x1b" not in text:
            return (text,)
        return tuple(dict.fromkeys([text, *_guessed(value)]))

    def encode(self, text: str) -> bytes | None:
        """Bytes in the declared character set, or None where it cannot say the text, or where ``decode``
        would read the bytes as another one (what is left of a Latin text may look Korean).
        """
        if text.isascii():
            return text.encode("ascii")
        if not self.known:
            return None
        try:
            written = self._written(text)
        except (UnicodeError, ValueError, Warning):
            return None
        return written if self.decode(written) == (text, True) else None

    def _written(self, text: str) -> bytes:
        """Each value begins in the first set again (PS3.5 6.1.2.5.3), so that escape sequences repeat."""
        if len(self.terms) == 1 and self.terms[0] in SINGLE:
            return text.encode(SINGLE[self.terms[0]])
        if KOREAN in self.terms:
            text.encode("euc_kr")
        names = self._python()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return b"\\".join(bytes(encode_string(part, names)) for part in text.split("\\"))

    def _declared(self, value: bytes) -> str | None:
        try:
            if len(self.terms) == 1 and self.terms[0] in SINGLE:
                return value.decode(SINGLE[self.terms[0]])
            if KOREAN in self.terms:
                return value.replace(b"\x1b$)C", b"").decode("cp949")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return str(decode_bytes(value, self._python(), DELIMITERS))
        except (UnicodeError, ValueError, LookupError, Warning):
            return None

    def _python(self) -> list[str]:
        return convert_encodings(list(self.terms))


def _mistaken(value: bytes) -> str | None:
    """Text that is no Latin one: UTF-8 in which every letter is known for what it is, or CP949."""
    if b"\x1b" in value:
        return None
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return _hangul(value)
    return text if any(is_wide(c) for c in text) else _hangul(value)


def _hangul(value: bytes) -> str | None:
    """What CP949 makes of bytes that are no Latin text: C1 controls among them, or high bytes in pairs."""
    if not _CONTROLS.search(value) and any(len(run) % 2 for run in _HIGH.findall(value)):
        return None
    try:
        text = value.decode("cp949")
    except UnicodeDecodeError:
        return None
    return text if all(c.isascii() or c >= "\u3400" for c in text) else None


def _guessed(value: bytes) -> Iterator[str]:
    """What is UTF-8 is nothing else; CP949 and shifted text can be taken for one another."""
    for guess in GUESSES + SHIFTED * (b"\x1b" in value):
        try:
            yield value.decode(guess)
        except UnicodeDecodeError:
            continue
        if guess == "utf-8" and b"\x1b" not in value:
            return


def of(value: str) -> Charset:
    """From the value of (0008,0005), backslashes between terms. What contradicts itself is not known."""
    return _of(value) if len(value) <= LONGEST else UNKNOWN


@lru_cache(maxsize=256)
def _of(value: str) -> Charset:
    terms = tuple(term.strip(" ") for term in value.split("\\"))
    first, others = terms[0], terms[1:]
    known = first in EXTENDED or (first in SINGLE and not (others and first in ALONE))
    return Charset(terms, known and EXTENDED.issuperset(others))


UNKNOWN = Charset((), False)
DEFAULT = of("")
