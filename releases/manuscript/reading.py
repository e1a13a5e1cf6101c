"""From prose or a pasted table to numbers and claims, each with its place in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

BELOW_TWENTY = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
UNITS = {word: number for number, word in enumerate(BELOW_TWENTY)}
TENS = {
    word: 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
SMALL = {"", *BELOW_TWENTY[1:10]}
WORDS = re.compile(
    rf"\b(?:(?P<hundreds>{'|'.join(list(UNITS)[1:10])}) hundred(?: and)? ?)?"
    rf"(?P<tens>{'|'.join(TENS)})?[- ]?(?P<ones>{'|'.join(list(UNITS)[1:])})?\b",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?<![\w.,/:\-–^{])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w\-])|(?<![\w.,/:\-^{])\d+(?:\.\d+)?(?![\w\-/:])"
)
YEAR = re.compile(r"(?:19|20)\d\d")
N = r"(\d[\d,]*(?:\.\d+)?)"
DASH = r" ?[–—-] ?"
PAIRS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"n = {N}; {N} ?%",
        rf"\({N} [a-z]+, {N} ?%\)",
        rf"(?<![\w.,–-]){N}(?: of(?: the| these)? [\d,]+)?[^\d%.;±()]{{0,60}}\({N} ?%\)",
        rf"(?<![\w.,–-]){N} of (?:the |these )?[\d,]+[^\d%.;±]{{0,40}}\({N} ?%\)",
        rf"(?<![\w.,–-]){N} \({N}\)(?!\w|\.\d)",
    )
)
TURNED = re.compile(rf"{N} ?% \({N} [a-z]+\)")
SPREAD = re.compile(rf"{N} ± {N}")
RANGE = re.compile(rf"(?<![\w.,/–-]){N}{DASH}{N}(?![\w/–-])")
MEAN_AND_RANGE = re.compile(rf"(?<![\w.,±–-]){N} \({N}{DASH}{N}\)")
NEAR = 45
GAP, DROPPED, BLANK = "\0", "\0\1", " \n\r\t"
BRACKETS = {"[": "(", "]": ")"}
Places = list[tuple[int, int]]


@dataclass(frozen=True)
class Value:
    """A number as printed, with its place: `start` to `end` of the text as it was pasted."""

    value: Decimal
    decimals: int
    start: int
    end: int
    percent: bool = False


@dataclass(frozen=True)
class Pair:
    """A count with its percentage."""

    count: Value
    percent: Value


@dataclass(frozen=True)
class Spread:
    """A mean with SD, range or both."""

    mean: Value | None = None
    sd: Value | None = None
    low: Value | None = None
    high: Value | None = None

    @property
    def parts(self) -> list[Value]:
        return [part for part in (self.mean, self.sd, self.low, self.high) if part is not None]


@dataclass(frozen=True)
class Read:
    """`text` is what was pasted with its signs made plain, of the same length; claims are in no order."""

    text: str
    pairs: list[Pair]
    spreads: list[Spread]
    lone: list[Value]


def plain(text: str) -> str:
    """The text with LaTeX signs and numbers in words as figures. Every change keeps the length."""
    for sign, instead in (("\\pm", "±"), ("\\geq", "≥"), ("\\leq", "≤"), ("\\mu", "μ"), ("+/-", "±")):
        text = text.replace(sign, instead + "\0" * (len(sign) - 1))
    text = text.replace("$", "\1").replace("\u00a0", " ")
    return WORDS.sub(_figures, text)


def _figures(found: re.Match[str]) -> str:
    words = found.group()
    hundreds, tens, ones = (found.group(name) for name in ("hundreds", "tens", "ones"))
    if not hundreds and not (tens and ones) and (tens or ones or "").lower() in SMALL:
        return words
    n = 100 * UNITS.get((hundreds or "").lower(), 0)
    n += TENS.get((tens or "").lower(), 0) + UNITS.get((ones or "").lower(), 0)
    trailing = len(words) - len(words.rstrip(" -"))
    figures = str(n)
    return (
        figures + "\0" * (len(words) - trailing - len(figures)) + words[len(words) - trailing :]
        if n
        else words
    )


def read(pasted: str) -> Read:
    """Numbers and claims of a text. What belongs to a name, an address or a reference is no number."""
    text = plain(pasted)
    squeezed, places = _squeezed(text)
    taken: set[int] = set()
    pairs = list(_pairs(squeezed, places, taken))
    spreads = list(_spreads(squeezed, places, taken))
    lone = list(_lone(squeezed, places, taken))
    return Read(text, pairs, spreads, lone)


def _squeezed(text: str) -> tuple[str, Places]:
    """The text without what `plain` left as gaps, and where each letter of it stood, its own gap included."""
    letters: list[str] = []
    places: Places = []
    for place, letter in enumerate(text):
        if letter == GAP and places:
            places[-1] = (places[-1][0], place + 1)
        elif letter in DROPPED or (letter in BLANK and letters and letters[-1] == " "):
            continue
        else:
            letters.append(" " if letter in BLANK else BRACKETS.get(letter, letter))
            places.append((place, place + 1))
    return "".join(letters), places


def _value(found: re.Match[str], group: int, places: Places, *, percent: bool = False) -> Value:
    digits = found.group(group).rstrip(",")
    start = found.start(group)
    decimals = len(digits.partition(".")[2])
    place, end = places[start][0], places[start + len(digits) - 1][1]
    return Value(Decimal(digits.replace(",", "")), decimals, place, end, percent)


def _free(found: re.Match[str], groups: tuple[int, ...], taken: set[int]) -> bool:
    return not any(found.start(group) in taken for group in groups)


def _pairs(text: str, places: Places, taken: set[int]) -> Iterator[Pair]:
    for pattern, count, percent in (*((one, 1, 2) for one in PAIRS), (TURNED, 2, 1)):
        for found in pattern.finditer(text):
            if not _free(found, (count, percent), taken):
                continue
            pair = Pair(_value(found, count, places), _value(found, percent, places, percent=True))
            if pair.count.decimals or pair.percent.value > 100 or pair.percent.decimals > 2:
                continue
            taken.update((found.start(count), found.start(percent)))
            yield pair


def _spreads(text: str, places: Places, taken: set[int]) -> Iterator[Spread]:
    ranges = [one for one in RANGE.finditer(text) if _free(one, (1, 2), taken)]
    for found in SPREAD.finditer(text):
        near = next(
            (one for one in ranges if 0 <= one.start() - found.end() < NEAR and _free(one, (1, 2), taken)),
            None,
        )
        between = text[found.end() : near.start()] if near else ""
        if near and re.search(r"\d", between):
            near = None
        taken.update((found.start(1), found.start(2)))
        low, high = _ends(near, places, taken)
        yield Spread(_value(found, 1, places), _value(found, 2, places), low, high)
    for found in MEAN_AND_RANGE.finditer(text):
        if _free(found, (1, 2, 3), taken):
            taken.update(found.start(group) for group in (1, 2, 3))
            yield Spread(_value(found, 1, places), None, _value(found, 2, places), _value(found, 3, places))
    for one in ranges:
        before = text[max(0, one.start() - NEAR) : one.start()].lower()
        if _free(one, (1, 2), taken) and ("range" in before or "between" in before):
            low, high = _ends(one, places, taken)
            yield Spread(None, None, low, high)


def _ends(found: re.Match[str] | None, places: Places, taken: set[int]) -> tuple[Value | None, Value | None]:
    if found is None:
        return None, None
    taken.update((found.start(1), found.start(2)))
    return _value(found, 1, places), _value(found, 2, places)


def _lone(text: str, places: Places, taken: set[int]) -> Iterator[Value]:
    for found in NUMBER.finditer(text):
        if found.start() in taken or YEAR.fullmatch(found.group()):
            continue
        percent = text[found.end() : found.end() + 2].lstrip().startswith("%")
        yield _value(found, 0, places, percent=percent)
