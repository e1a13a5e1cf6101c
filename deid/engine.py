"""``strip``: one file in, the same image without identity out."""

from __future__ import annotations

import hashlib

from deid import charset, markers, residue, syntax
from deid.codes import Refused
from deid.dates import Dates
from deid.model import Finding, Result
from deid.reading import Parsed, parse
from deid.stream import PIXEL_DATA, path_of
from deid.walk import Walk
from deid.writer import Node, Writer, Written, file_meta

KEPT_META = frozenset({0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013})
MIN_KEY = 16
REQUIRED = (
    0x00080016,
    0x00080018,
    0x00080060,
    0x0020000D,
    0x0020000E,
    0x00280002,
    0x00280004,
    0x00280010,
    0x00280011,
    0x00280100,
    0x00280101,
    0x00280102,
    0x00280103,
)
ZERO_IS_VALUE = (0x00280102, 0x00280103)
UID_TAGS = (0x0020000D, 0x0020000E, 0x00080018)


def strip(data: bytes, *, uid_key: bytes, dates: Dates, subject: str = "") -> Result:
    """De-identifies one DICOM file.

    ``uid_key`` (16 bytes or more) replaces UIDs; ``dates`` says how dates move; ``subject`` (ASCII, without
    backslash) is written to Patient ID and Patient's Name, which are empty otherwise. Deflated data sets come
    out as Explicit VR Little Endian, all others in the transfer syntax they came in. Raises Refused, never
    half a result.
    """
    if len(uid_key) < MIN_KEY:
        raise ValueError(f"uid_key needs {MIN_KEY} bytes or more")
    check_subject(subject)
    try:
        return strip_parsed(parse(data), uid_key=uid_key, dates=dates, subject=subject)
    except Refused:
        raise
    except Exception as error:
        raise Refused("corrupt", type(error).__name__) from error


def strip_parsed(parsed: Parsed, *, uid_key: bytes, dates: Dates, subject: str = "") -> Result:
    """``strip`` of a file that was parsed already; errors of the engine itself are not disguised."""
    claim = _claim(parsed)
    walk = Walk(
        buffer=parsed.buffer, uid_key=uid_key, dates=dates, subject=subject, little=parsed.syntax.little
    )
    if dates.days is None and not claim.shifted:
        walk.dates_stay = False
        walk.findings.append(Finding("dates_unmarked", "review", "(0028,0303)"))
        walk.act("(0028,0303)", "Z", "Said to be stripped, but without the marker of shifted dates")
    _file_level(parsed, walk)
    nodes = walk.elements(parsed.elements, "", charset.DEFAULT)
    terms = walk.finish()
    _still_an_image(nodes)
    anchored = dates.anchored or (dates.days is None and claim.anchored)
    nodes = _with_markers(nodes, subject, anchored)
    written = _write(parsed, nodes, walk)
    residue.check(written, terms, walk.old_uids, subject)
    _image_findings(parsed, walk, anchored)
    image = memoryview(parsed.buffer)[
        parsed.pixel_element.begin : parsed.pixel_element.begin + parsed.pixel_bytes
    ]
    if not written.data.startswith(image, written.pixels):
        raise Refused("corrupt", "(7FE0,0010): the image would have changed")
    digest = hashlib.sha256(image).hexdigest()
    names = {node.tag: node.value.decode() for node in nodes if node.tag in UID_TAGS}
    return Result(
        written.data,
        walk.actions,
        walk.changed,
        digest,
        digest,
        walk.findings,
        anchored,
        *(names[tag] for tag in UID_TAGS),
    )


def check_subject(subject: str) -> None:
    """Raises ValueError where a subject code cannot be written to Patient ID and Patient's Name."""
    if not subject.isascii() or not subject.isprintable() or len(subject) > 64 or set(subject) & set("\\^= "):
        raise ValueError(
            "must be printable ASCII of at most 64 characters, without blank, backslash, ^ and ="
        )


def _still_an_image(nodes: list[Node]) -> None:
    """Raises Refused where a value that the image cannot do without did not fit its type and went."""
    left = {node.tag for node in nodes if node.value.strip(b" \0")} | {
        n.tag for n in nodes if n.tag in ZERO_IS_VALUE
    }
    for tag in REQUIRED:
        if tag not in left:
            raise Refused("bad_header", path_of(tag))


def _claim(parsed: Parsed) -> markers.Claim:
    text = {
        e.tag: parsed.buffer[e.begin : e.end].decode("latin-1").strip(" \0")
        for e in parsed.elements
        if e.tag in markers.TAGS and e.items is None
    }
    return markers.read_claim(text.get(0x00120063, ""), text.get(0x00280303, ""), text.get(0x00120062, ""))


def _file_level(parsed: Parsed, walk: Walk) -> None:
    """What lies outside the data set: preamble, file meta group, bytes after Pixel Data."""
    if not parsed.preamble:
        walk.findings.append(Finding("no_preamble", "info"))
    elif parsed.preamble.strip(b"\0"):
        walk.act("preamble", "X", "The preamble may hold anything")
    for element in parsed.meta:
        if element.tag not in KEPT_META and parsed.meta_buffer[element.begin : element.end].strip(b" \0"):
            walk.act(path_of(element.tag), "X", "The file meta group is rebuilt")
    after, end = parsed.parser.after(parsed.rest)
    for element in after:
        walk.gather_lost(element, charset.DEFAULT)
        walk.act(path_of(element.tag), "X", "Nothing is kept after Pixel Data")
    if parsed.leftover or parsed.buffer[end:].strip(b"\0"):
        walk.act("trailing bytes", "X", "Bytes after the data set")


def _with_markers(nodes: list[Node], subject: str, anchored: bool) -> list[Node]:
    merged = {node.tag: node for node in nodes}
    for node in markers.nodes(anchored=anchored):
        merged[node.tag] = node
    for tag, vr in ((0x00100010, "PN"), (0x00100020, "LO")):
        merged.setdefault(tag, Node(tag, vr, subject.encode()))
    return [merged[tag] for tag in sorted(merged)]


def _write(parsed: Parsed, nodes: list[Node], walk: Walk) -> Written:
    chosen = parsed.syntax
    if chosen.uid == syntax.DEFLATED:
        chosen = syntax.SYNTAXES[syntax.EXPLICIT_LITTLE]
    writer = Writer(explicit=chosen.explicit, little=chosen.little)
    instance = next(node.value.decode() for node in nodes if node.tag == 0x00080018)
    meta = file_meta(parsed.sop_class, instance, chosen.uid)
    body = writer.elements(nodes)
    pixels = parsed.pixel_element
    view = memoryview(parsed.buffer)[pixels.begin : pixels.begin + parsed.pixel_bytes]
    if chosen.encapsulated:
        vr, length, end = "OB", 0xFFFFFFFF, b"\xfe\xff\xdd\xe0\0\0\0\0"
    else:
        extra = parsed.buffer[pixels.begin + parsed.pixel_bytes : pixels.end]
        if len(extra) > 1 or extra.strip(b"\0"):
            walk.findings.append(Finding("pixel_padding", "warning", path_of(PIXEL_DATA)))
            walk.act(path_of(PIXEL_DATA), "X", "Bytes after the last pixel")
        vr = pixels.vr if pixels.vr in {"OB", "OW"} else "OW"
        length, end = parsed.pixel_bytes + parsed.pixel_bytes % 2, b"\0" * (parsed.pixel_bytes % 2)
    front = meta + body + writer.head(PIXEL_DATA, vr, length)
    return Written(b"".join((front, view, end)), len(meta), len(meta) + len(body), len(front), chosen)


def _image_findings(parsed: Parsed, walk: Walk, anchored: bool) -> None:
    """What the header says of the image that a person should know."""
    found = {e.tag: e for e in reversed(parsed.elements)}

    def text(tag: int) -> str:
        element = found.get(tag)
        return (
            ""
            if element is None
            else parsed.buffer[element.begin : element.end].decode("latin-1").strip(" \0")
        )

    if text(0x00280301).upper() == "YES":
        walk.findings.append(Finding("burned_in", "review", "(0028,0301)"))
    for group in range(0x6000, 0x6020, 2):
        if group << 16 | 0x0100 in found and group << 16 | 0x3000 not in found:
            walk.findings.append(Finding("overlay_in_pixels", "review", f"({group:04X},0102)"))
    stored, high = (
        int.from_bytes(parsed.buffer[found[t].begin : found[t].end], "little" if found[t].little else "big")
        for t in (0x00280101, 0x00280102)
    )
    if high != stored - 1:
        walk.findings.append(Finding("high_bit", "warning", "(0028,0102)"))
    if parsed.frames > 1 and parsed.sop_class in syntax.SINGLE_FRAME:
        walk.findings.append(Finding("multiframe", "review", "(0028,0008)"))
    if not anchored and walk.dates_stay:
        walk.findings.append(Finding("dates_by_key", "info"))
    walk.findings = list(dict.fromkeys(walk.findings))
    walk.actions = list(dict.fromkeys(walk.actions))
