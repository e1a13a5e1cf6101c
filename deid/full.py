"""One file from end to end: every element walked, every text judged, every byte that leaves searched."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from deid import charset, frames, markers, residue, syntax
from deid.bounds import check_judging
from deid.codes import Refused
from deid.dates import Dates
from deid.model import Finding, Image, Result
from deid.notes import Notes
from deid.reading import Parsed, number, value_of
from deid.stream import PIXEL_DATA, path_of
from deid.terms import Terms, terms_of
from deid.walk import Piece, Walk
from deid.writer import Node, Writer, Written, file_meta, without_missing

KEPT_META = frozenset({0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013})
OFFSET_TABLE, TABLE_LENGTHS, TOTAL_LENGTH = 0x7FE00001, 0x7FE00002, 0x7FE00003
OFFSETS = frozenset({OFFSET_TABLE, TABLE_LENGTHS, TOTAL_LENGTH})
STUDY, SERIES, INSTANCE = 0x0020000D, 0x0020000E, 0x00080018
PATIENT_NAME, PATIENT_ID = 0x00100010, 0x00100020
REQUIRED = (
    0x00080016,
    INSTANCE,
    0x00080060,
    STUDY,
    SERIES,
    0x00280002,
    0x00280004,
    0x00280010,
    0x00280011,
    0x00280100,
    0x00280101,
    0x00280102,
    0x00280103,
)
_FRAGMENTS_END = b"\xfe\xff\xdd\xe0\0\0\0\0"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one subject's files are stripped by: the key of UIDs, how dates move, the code written."""

    uid_key: bytes
    dates: Dates
    subject: str


@dataclass(frozen=True, slots=True)
class Done:
    """A stripped file and what was learnt on the way: ``pieces`` in the order in which they stood, ``added``
    elements that every stripped file carries, the bytes that each became (in the order of both lists).
    """

    result: Result
    outside: Notes
    pieces: list[Piece]
    added: list[Node]
    written: list[bytes]
    terms: Terms
    uids: frozenset[str]
    dates_stay: bool


def strip_parsed(parsed: Parsed, recipe: Recipe) -> Done:
    """Strips a file that was parsed. Raises Refused; errors of the engine itself are not disguised."""
    claim = _claim(parsed)
    outside = Notes()
    dates_stay = recipe.dates.days is not None or claim.shifted
    if not dates_stay:
        outside.findings.append(Finding("dates_unmarked", "review", "(0028,0303)"))
        outside.act("(0028,0303)", "Z", "Said to be stripped, but without the marker of shifted dates")
    walk = Walk(
        parsed.buffer,
        recipe.uid_key,
        recipe.dates,
        recipe.subject,
        parsed.syntax.little,
        dates_stay,
        outside,
    )
    _outside(parsed, walk)
    pieces = walk.pieces(parsed.elements, parsed.ends)
    image = _pixels(parsed, outside, pieces)
    terms = terms_of(frozenset(term for notes in _all(outside, pieces) for term in notes.found))
    check_judging((note.node.value for piece in pieces for note in piece.notes.texts), terms.count)
    for piece in pieces:
        piece.notes.judge(terms)
    _still_an_image(pieces)
    anchored = recipe.dates.anchored or (recipe.dates.days is None and claim.anchored)
    present = {piece.tag for piece in pieces if piece.node is not None}
    added = [*markers.nodes(anchored=anchored), *_who(present, recipe.subject)]
    uids = frozenset(uid for notes in _all(outside, pieces) for uid in notes.uids)
    head, tail, chunks = _write(parsed, pieces, added, image)
    residue.check(head, terms, uids, recipe.subject)
    if parsed.fragments is not None:
        residue.check_coded(image.parts[0], terms, uids)
    _image_findings(parsed, outside, keyed=not anchored and dates_stay)
    names = {p.tag: p.node.value.decode() for p in pieces if p.tag in (STUDY, SERIES, INSTANCE) and p.node}
    result = Result(
        head=head.data + pixel_header(parsed, image),
        image=image,
        tail=tail,
        actions=[action for notes in _all(outside, pieces) for action in notes.actions],
        changed=[action for notes in _all(outside, pieces) for action in notes.changed],
        findings=list(dict.fromkeys(f for notes in _all(outside, pieces) for f in notes.findings)),
        anchored=anchored,
        study=names[STUDY],
        series=names[SERIES],
        instance=names[INSTANCE],
        patient=value_of(parsed, PATIENT_ID) or value_of(parsed, PATIENT_NAME),
    )
    return Done(result, outside, pieces, added, chunks, terms, uids, dates_stay)


def pixel_header(parsed: Parsed, image: Image) -> bytes:
    """Tag, VR and length of Pixel Data as it is written."""
    chosen = written_syntax(parsed)
    writer = Writer(explicit=chosen.explicit, little=chosen.little)
    if chosen.encapsulated:
        return writer.head(PIXEL_DATA, "OB", 0xFFFFFFFF)
    vr = parsed.pixel_element.vr if parsed.pixel_element.vr in {"OB", "OW"} else "OW"
    return writer.head(PIXEL_DATA, vr, parsed.pixel_bytes + parsed.pixel_bytes % 2)


def written_syntax(parsed: Parsed) -> syntax.Syntax:
    """Deflated data sets come out inflated, all others as they came in."""
    if parsed.syntax.uid == syntax.DEFLATED:
        return syntax.SYNTAXES[syntax.EXPLICIT_LITTLE]
    return parsed.syntax


def _all(outside: Notes, pieces: list[Piece]) -> list[Notes]:
    return [outside, *(piece.notes for piece in pieces)]


def _claim(parsed: Parsed) -> markers.Claim:
    return markers.read_claim(
        value_of(parsed, 0x00120063), value_of(parsed, 0x00280303), value_of(parsed, 0x00120062)
    )


def _outside(parsed: Parsed, walk: Walk) -> None:
    """What lies outside the data set: preamble, file meta group, bytes after Pixel Data."""
    notes = walk.notes
    if not parsed.preamble:
        notes.findings.append(Finding("no_preamble", "info"))
    elif parsed.preamble.strip(b"\0"):
        notes.act("preamble", "X", "The preamble may hold anything")
    for element in parsed.meta:
        if element.tag not in KEPT_META and parsed.meta_buffer[element.begin : element.end].strip(b" \0"):
            notes.act(path_of(element.tag), "X", "The file meta group is rebuilt")
    after, end = parsed.parser.after(parsed.rest)
    for element in after:
        walk.gather_lost(element, charset.DEFAULT)
        notes.act(path_of(element.tag), "X", "Nothing is kept after Pixel Data")
    if parsed.leftover or parsed.buffer[end:].strip(b"\0"):
        notes.act("trailing bytes", "X", "Bytes after the data set")


def _pixels(parsed: Parsed, outside: Notes, pieces: list[Piece]) -> Image:
    """The image without what stands beside its pixels."""
    path, pixels = path_of(PIXEL_DATA), parsed.pixel_element
    if parsed.fragments is not None:
        image, touched = frames.image(
            parsed.buffer, pixels, parsed.fragments, parsed.syntax, parsed.plane, parsed.planes
        )
        if touched:
            outside.act(path, "X", "Bytes beside the pixels of a compressed image")
        lengths = parsed.fragments.lengths()
        right = {
            OFFSET_TABLE: struct.pack(f"<{len(lengths)}Q", *parsed.fragments.offsets()),
            TABLE_LENGTHS: struct.pack(f"<{len(lengths)}Q", *lengths),
            TOTAL_LENGTH: struct.pack("<Q", sum(lengths)),
        }
        _offset_tables(pieces, right)
        return image
    _offset_tables(pieces, {})
    end = pixels.begin + parsed.pixel_bytes
    extra = parsed.buffer[end : pixels.end]
    if len(extra) > 1 or extra.strip(b"\0"):
        outside.findings.append(Finding("pixel_padding", "warning", path))
        outside.act(path, "X", "Bytes after the last pixel")
    inflated = parsed.buffer is not parsed.meta_buffer
    source = memoryview(parsed.buffer)[pixels.begin : end]
    return Image((source,), source, -1 if inflated else pixels.begin)


def _offset_tables(pieces: list[Piece], right: dict[int, bytes]) -> None:
    """Extended offset tables stay where they say where the frames are, and nothing else."""
    present = [piece for piece in pieces if piece.tag in OFFSETS]
    if any(piece.node is not None and right.get(piece.tag) != piece.node.value for piece in present):
        for piece in present:
            piece.notes.act(path_of(piece.tag), "X", "Not the offsets of these frames")
            piece.node = None


def _still_an_image(pieces: list[Piece]) -> None:
    """Raises Refused where a value that the image cannot do without did not fit its type and went."""
    left = {piece.tag for piece in pieces if piece.node is not None and _says_something(piece.node)}
    for tag in REQUIRED:
        if tag not in left:
            raise Refused("bad_header", path_of(tag))


def _says_something(node: Node) -> bool:
    return bool(node.value if node.vr == "US" else node.value.strip(b" \0"))


def _who(present: set[int], subject: str) -> list[Node]:
    return [
        Node(tag, vr, subject.encode())
        for tag, vr in ((PATIENT_NAME, "PN"), (PATIENT_ID, "LO"))
        if tag not in present
    ]


def _write(
    parsed: Parsed, pieces: list[Piece], added: list[Node], image: Image
) -> tuple[Written, bytes, list[bytes]]:
    """Everything before Pixel Data, what follows its value, and the bytes of each piece and added node."""
    chosen = written_syntax(parsed)
    writer = Writer(explicit=chosen.explicit, little=chosen.little)
    nodes = without_missing([piece.node for piece in pieces])
    chunks = [b"" if node is None else writer.element(node) for node in nodes]
    chunks += map(writer.element, added)
    tags = [*(piece.tag for piece in pieces), *(node.tag for node in added)]
    body = b"".join(chunk for _, chunk in sorted(zip(tags, chunks, strict=True), key=lambda pair: pair[0]))
    instance = next(p.node.value for p in pieces if p.tag == INSTANCE and p.node is not None)
    meta = file_meta(parsed.sop_class, chosen.uid).of(instance)
    tail = _FRAGMENTS_END if chosen.encapsulated else b"\0" * (parsed.pixel_bytes % 2)
    return Written(meta + body, len(meta), chosen), tail, chunks


def _image_findings(parsed: Parsed, outside: Notes, *, keyed: bool) -> None:
    """What the header says of the image that a person should know."""
    found = {e.tag: e for e in reversed(parsed.elements)}
    if value_of(parsed, 0x00280301).upper() == "YES":
        outside.findings.append(Finding("burned_in", "review", "(0028,0301)"))
    for group in range(0x6000, 0x6020, 2):
        if group << 16 | 0x0100 in found and group << 16 | 0x3000 not in found:
            outside.findings.append(Finding("overlay_in_pixels", "review", f"({group:04X},0102)"))
    stored, high = (number(parsed.buffer, found[tag]) or 0 for tag in (0x00280101, 0x00280102))
    if high != stored - 1:
        outside.findings.append(Finding("high_bit", "warning", "(0028,0102)"))
    if parsed.frames > 1 and parsed.sop_class in syntax.SINGLE_FRAME:
        outside.findings.append(Finding("multiframe", "review", "(0028,0008)"))
    if keyed:
        outside.findings.append(Finding("dates_by_key", "info"))
