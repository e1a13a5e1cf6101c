"""A stripped file as somebody else sees it: read by pydicom, and searched byte by byte in every encoding.

Nothing of the engine is asked, neither its parser nor its notes.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Sequence
from functools import cached_property
from io import BytesIO

from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as Items
from pydicom.tag import Tag

from deid.exam.encoding import NUMBERS, tag_of

ENCODINGS = ("utf-8", "cp949", "latin-1", "utf-16-le", "utf-16-be", "shift_jis", "gb18030")
STEP = re.compile(r"(\([^)]*\)|\w+)(?:\[(\d+)\])?(?:\.|$)")
PRIVATE = re.compile(r"\(([0-9A-Fa-f]{4}),xx([0-9A-Fa-f]{2}),(.*)\)")
PLAIN = re.compile(r"\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)")
NEW_UID = re.compile(rb"2\.25\.\d{20,39}")
SHORT = 6
META_STARTS = 144
"""Preamble, mark, and the element that gives the length of the group."""


class NoPath(ValueError):
    """The place of an answer is not written as a path."""


class Seen:
    """One file. Raises what pydicom raises where it is none."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.dataset: FileDataset = dcmread(BytesIO(data))
        if self.dataset.file_meta.TransferSyntaxUID.is_deflated:
            self.data = _inflated(data, self.dataset.file_meta.FileMetaInformationGroupLength)

    def value(self, place: str) -> bytes | Dataset | None:
        """Raw bytes without padding, a ``Dataset`` for a sequence that is there, None where nothing is."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._value(place)

    def _value(self, place: str) -> bytes | Dataset | None:
        holder: Dataset = self.dataset
        steps = _steps(place)
        if not steps:
            raise NoPath(place)
        for number, step in enumerate(steps):
            tag = self._tag(holder, step[1])
            if tag is not None and tag >> 16 == 2:
                holder = self.dataset.file_meta
            if tag is None or tag not in holder:
                return None
            last = number == len(steps) - 1
            if last and step[2] is None:
                return _raw(holder, tag)
            items = holder[tag].value
            if not isinstance(items, Items) or len(items) <= int(step[2]):
                return None
            holder = items[int(step[2])]
        return holder

    def _tag(self, holder: Dataset, name: str) -> int | None:
        private = PRIVATE.fullmatch(name)
        if private:
            return _of_block(holder, int(private[1], 16), int(private[2], 16), private[3])
        plain = PLAIN.fullmatch(name)
        return int(plain[1] + plain[2], 16) if plain else tag_of(name)

    @cached_property
    def haystacks(self) -> list[str]:
        """The whole file as text in every encoding, with width, case and accents made equal.

        UIDs that were computed under a key are left out, because they hold any number by chance.
        """
        bare = NEW_UID.sub(b"\0", self.data).replace(b"\x1b$)C", b"")
        texts = [bare.decode(encoding, "ignore") for encoding in ENCODINGS]
        texts += [bare[1:].decode(encoding, "ignore") for encoding in ("utf-16-le", "utf-16-be")]
        return [even(text) for text in texts]

    def finds(self, secret: str) -> bool:
        """Whether the secret stands anywhere; a short Latin word must stand alone, others anywhere."""
        flat = even(secret)
        if flat.isascii() and flat.isalpha() and len(flat) < SHORT:
            alone = re.compile(rf"(?<![a-z0-9]){flat}(?![a-z0-9])")
            return any(alone.search(text) for text in self.haystacks)
        return any(flat in text for text in self.haystacks)

    @cached_property
    def native(self) -> bytes:
        """The value of Pixel Data, as it stands there."""
        element = self.dataset.get_item(Tag("PixelData"))
        return bytes(element.value or b"") if element is not None else b""

    @cached_property
    def picture(self) -> bytes:
        """The decoded pixels of all frames."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bytes(self.dataset.pixel_array.tobytes())


def is_path(place: str) -> bool:
    """Whether a place can be looked up, or only names a carrier (``the preamble``)."""
    return bool(_steps(place))


def _steps(place: str) -> list[re.Match[str]]:
    steps = list(STEP.finditer(place))
    whole = bool(steps) and steps[-1].end() == len(place) and steps[0].start() == 0
    known = all(step[1].startswith("(") or tag_for_keyword(step[1]) for step in steps)
    return steps if whole and known else []


def even(text: str) -> str:
    """Width, case and accents made equal, composed as usual."""
    if text.isascii():
        return text.lower()
    flat = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in flat if unicodedata.category(c) != "Mn"))


def _inflated(data: bytes, meta: int) -> bytes:
    """The bytes that are searched; behind the deflated ones there may be more."""
    start = META_STARTS + meta
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    return data[:start] + engine.decompress(data[start:]) + engine.unused_data


def _of_block(holder: Dataset, group: int, number: int, creator: str) -> int | None:
    """The element of a private block, wherever the block was put; without a creator: whatever is there."""
    for block in range(0x10, 0x100):
        owner = group << 16 | block
        if owner in holder and str(_text(_raw(holder, owner))) == creator.strip():
            tag = group << 16 | block << 8 | number
            if tag in holder:
                return tag
    return None


def _text(value: bytes | Dataset | None) -> str:
    return value.decode("latin-1").strip(" \0") if isinstance(value, bytes) else ""


def _raw(holder: Dataset, tag: int) -> bytes | Dataset | None:
    element = holder.get_item(tag)
    if isinstance(element, RawDataElement):
        listed = element.VR is None and dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"
        if element.VR == "SQ" or listed:
            return _first(holder, tag)
        return bytes(element.value or b"").rstrip(b" \0")
    assert element is not None
    if element.VR == "SQ":
        return _first(holder, tag)
    value = element.value
    if isinstance(value, bytes):
        return value.rstrip(b" \0")
    parts = value if isinstance(value, MultiValue | list) else [value]
    if element.VR in NUMBERS and not element.is_empty:
        return _packed(holder, element.VR, parts).rstrip(b" \0")
    return "\\".join("" if part is None else str(part) for part in parts).encode("latin-1", "replace")


def _first(holder: Dataset, tag: int) -> bytes | Dataset:
    """The first item of a sequence; empty bytes where it has none."""
    items = holder[tag].value
    return items[0] if items else b""


def _packed(holder: Dataset, vr: str, parts: Sequence[int]) -> bytes:
    """Numbers that pydicom has turned into such, as the bytes they were."""
    order = ">" if holder.is_little_endian is False else "<"
    return b"".join(struct.pack(order + NUMBERS[vr], part) for part in parts)
