"""A file of the corpus in the making: pieces by tag, what lies outside of them, and the answers to its
plants.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from deid.exam.answers import Answer, Demand
from deid.exam.encoding import CHARACTER_SETS, Encoder, Piece, Value, name_of, piece, sequence, tag_of
from deid.exam.people import Person

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
PIXEL_DATA = 0x7FE00010


@dataclass(frozen=True, slots=True)
class Case:
    """A patient of the corpus: admission, and the UIDs that all files of the examination share. ``keyed``:
    nobody typed the admission in, and dates move by a keyed offset.
    """

    person: Person
    admission: date
    study_day: str
    study: str
    frame_of_reference: str
    subject: str
    keyed: bool = False


@dataclass(slots=True)
class Draft:
    """One file. ``fragments`` are compressed frames (the offset table first), ``pixels`` native ones,
    ``stray`` are elements that stand where they do not belong: again, or out of order. ``reference`` is the
    file before anything was hidden beside its compressed picture.
    """

    name: str
    case: Case
    sop_class: str
    instance: str
    syntax: str = EXPLICIT
    charset: str = "latin"
    pieces: dict[int, Piece] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    preamble: bytes = bytes(128)
    meta: list[Piece] = field(default_factory=list)
    pixels: bytes = b""
    fragments: list[bytes] = field(default_factory=list)
    pixel_extra: bytes = b""
    tail: bytes = b""
    stray: list[Piece] = field(default_factory=list)
    reference: bytes = b""

    @property
    def person(self) -> Person:
        return self.case.person

    @property
    def encoder(self) -> Encoder:
        return Encoder(
            explicit=self.syntax != IMPLICIT, little=self.syntax != BIG_ENDIAN, charset=self.charset
        )

    @property
    def korean(self) -> bool:
        """Whether the file can write Korean."""
        return self.charset != "latin"

    def add(self, *pieces: Piece) -> None:
        for one in pieces:
            self.pieces[one.tag] = one

    def set(self, keyword: str, value: Value) -> None:
        self.add(piece(keyword, value))

    def keep(self, keyword: str, value: Value, kind: str, *, vr: str = "") -> None:
        """Plants a value that must come out as it went in."""
        one = piece(keyword, value, vr=vr)
        self.add(one)
        self.answer(keyword, kind, Demand.RETAINED, value=self.encoder.value(one))

    def plant(self, one: Piece, kind: str, *secrets: str, place: str = "") -> None:
        """Plants an identifying value at the top."""
        self.add(one)
        self.answer(place or name_of(one.tag), kind, Demand.REMOVED, secrets=secrets)

    def forget(self, keyword: str) -> None:
        """Drops what was demanded of an attribute that is planted anew."""
        self.answers = [answer for answer in self.answers if answer.place != keyword]

    def date(self, keyword: str, value: str, kind: str = "date of the examination") -> None:
        self.set(keyword, value)
        self.answer(keyword, kind, Demand.DATE_SHIFTED, value=value.encode())

    def uid(self, keyword: str, value: str, kind: str = "UID of the examination") -> None:
        self.set(keyword, value)
        self.uid_answers(keyword, value, kind)

    def uid_answers(self, place: str, value: str, kind: str) -> None:
        for demand in (Demand.UID_CHANGED, Demand.UID_CONSISTENT):
            self.answer(place, kind, demand, value=value.encode(), secrets=(value,))

    def answer(
        self,
        place: str,
        kind: str,
        demand: Demand,
        *,
        value: bytes = b"",
        secrets: Sequence[str] = (),
        kept: Sequence[str] = (),
        optional: bool = False,
    ) -> None:
        real = tuple(secret for secret in secrets if secret)
        self.answers.append(Answer(self.name, place, kind, demand, value, real, tuple(kept), optional))

    def nest(self, chain: Sequence[str], one: Piece, *, undefined: bool = False) -> str:
        """Puts a piece into a fresh item of the innermost sequence of the chain; gives the item's path."""
        inside = list(self.pieces.values())
        items: list[list[Piece]] = []
        for depth, keyword in enumerate(chain):
            found = next((other for other in inside if other.tag == tag_of(keyword)), None)
            if found is None:
                found = sequence(keyword, undefined=undefined)
                if depth:
                    items[0].append(found)
                else:
                    self.add(found)
            items = found.items = found.items or []
            if depth < len(chain) - 1:
                if not items:
                    items.append([])
                inside = items[0]
        items.append([one])
        return "".join(f"{keyword}[0]." for keyword in chain[:-1]) + f"{chain[-1]}[{len(items) - 1}]."

    def file(self) -> bytes:
        """The finished file."""
        encoder = self.encoder
        declared = CHARACTER_SETS[self.charset]
        if declared:
            self.set("SpecificCharacterSet", declared)
        before = [one for one in self.pieces.values() if one.tag < PIXEL_DATA]
        after = [one for one in self.pieces.values() if one.tag > PIXEL_DATA]
        body = encoder.dataset(before) + b"".join(encoder.element(one) for one in self.stray)
        body += self._pixel_element(encoder) + encoder.dataset(after)
        if self.syntax == DEFLATED:
            engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            body = engine.compress(body) + engine.flush()
        return self.preamble + b"DICM" + self._meta() + body + self.tail

    def _pixel_element(self, encoder: Encoder) -> bytes:
        if not self.fragments:
            vr = "OB" if self.pieces[0x00280100].value == (8,) else "OW"
            return encoder.element(Piece(PIXEL_DATA, vr, self.pixels + self.pixel_extra))
        out = encoder.head(PIXEL_DATA, "OB", 0xFFFFFFFF)
        for fragment in self.fragments:
            padded = fragment + b"\0" * (len(fragment) % 2)
            out += b"\xfe\xff\x00\xe0" + len(padded).to_bytes(4, "little") + padded
        return out + b"\xfe\xff\xdd\xe0\0\0\0\0"

    def _meta(self) -> bytes:
        pieces = {
            one.tag: one
            for one in [
                piece("FileMetaInformationVersion", b"\0\1"),
                piece("MediaStorageSOPClassUID", self.sop_class),
                piece("MediaStorageSOPInstanceUID", self.instance),
                piece("TransferSyntaxUID", self.syntax),
                piece("ImplementationClassUID", "1.2.826.0.1.3680043.10.543.1"),
                *self.meta,
            ]
        }
        written = Encoder(charset="utf8").dataset(list(pieces.values()))
        return Encoder().element(piece("FileMetaInformationGroupLength", (len(written),))) + written
