"""Damage done to a file: bytes turned, cut, spliced; elements doubled, moved, nested; lengths and character
sets that lie. All of it is decided by the random numbers given, so that the same ones do the same.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from random import Random

from deid import Refused, syntax
from deid.reading import parse
from deid.stream import Element, Parser

Change = Callable[[Random, bytes, bytes], bytes]
LENGTHS = (0, 1, 2, 3, 7, 8, 64, 0x7FFF, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
CHARSETS = ("", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192", "ISO_IR 149", "GB18030", "GBK", "ISO_IR 13")
EXTENSIONS = tuple(f"ISO 2022 IR {n}" for n in (6, 13, 58, 87, 100, 126, 149, 159, 166))
TEXTS = (
    b"\\" * 300,
    b"^=^=\\^",
    b"\x1b$)C" * 40,
    b"\x1b$B;3ED\x1b(B",
    b"G\0i\0l\0",
    b"1" * 600,
    b"1.1" * 200,
    b"a.b@" * 100,
    b"12-" * 200,
    b"\xff" * 64,
    b"\xe2\x80\x8b" * 9,
    "홍길동 900101-1234567".encode(),
    "홍길동".encode("cp949"),
    b"20200304\\20200305",
    b"00000000000000000001",
    b" \0 \0",
)
MARKS = (
    b"\xff\xd9",
    b"\xff\xda",
    b"\xff\xfe\0\x10",
    b"\xff\x90\0\x0a",
    b"\xff\xff\xff\xff",
    b"\xfe\xff\x00\xe0",
    b"\0\0\0\1",
)
VRS = b"AE AS AT CS DA DS DT FL FD IS LO LT OB OW OV PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT ZZ"


def mutated(random: Random, data: bytes, other: bytes) -> bytes:
    """``data`` with one to four changes, some of which take bytes of the ``other`` file."""
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        data = random.choice(CHANGES)(random, data, other)
    return data


def places(data: bytes) -> list[Element]:
    """Elements of a file as far as it can be read, nested ones too, each after its holder."""
    try:
        parsed = parse(data)
    except Refused:
        return []
    if parsed.buffer is not data:
        return []
    return list(_flat(parsed.elements))


def _flat(elements: list[Element]) -> Iterator[Element]:
    for element in elements:
        yield element
        for item in element.items or ():
            yield from _flat(item)


def _place(random: Random, data: bytes) -> tuple[Element, int] | None:
    """An element at random, and where its length stands."""
    found = places(data)
    if not found:
        return None
    element = random.choice(found)
    return element, element.begin - (2 if data[element.begin - 2 : element.begin] != b"\0\0" else 4)


def flip(random: Random, data: bytes, other: bytes) -> bytes:
    out = bytearray(data)
    near = len(data) if random.random() < 0.4 else min(len(data), 1600)
    for _ in range(random.choice((1, 1, 2, 8))):
        if near:
            out[random.randrange(near)] = random.choice((0, 0xFF, 0x5C, 0x20, random.randrange(256)))
    return bytes(out)


def cut(random: Random, data: bytes, other: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] if random.random() < 0.5 else data[:at] + data[at + random.choice((1, 2, 8, 100)) :]


def splice(random: Random, data: bytes, other: bytes) -> bytes:
    at, start = random.randrange(len(data) + 1), random.randrange(len(other) + 1)
    piece = other[start : start + random.choice((1, 4, 64, 1024, len(other)))]
    return data[:at] + piece + data[at + random.choice((0, len(piece))) :]


def append(random: Random, data: bytes, other: bytes) -> bytes:
    return data + random.choice((b"\0", b"\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0", other[-600:], other))


def length(random: Random, data: bytes, other: bytes) -> bytes:
    """A length that lies: absurd, undefined, or off by one or two."""
    if (place := _place(random, data)) is None:
        return flip(random, data, other)
    element, at = place
    size = element.begin - at
    given = int.from_bytes(data[at : element.begin], "little")
    chosen = random.choice((given - 1, given + 1, given + 2, given + 8, *LENGTHS)) % (1 << 8 * size)
    return data[:at] + chosen.to_bytes(size, "little") + data[element.begin :]


def double(random: Random, data: bytes, other: bytes) -> bytes:
    """An element again: behind itself, or where another one stands."""
    if (place := _place(random, data)) is None:
        return splice(random, data, data)
    element = place[0]
    at = random.choice(places(data)).start if random.random() < 0.5 else element.end
    return data[:at] + data[element.start : element.end] + data[at:]


def drop(random: Random, data: bytes, other: bytes) -> bytes:
    if (place := _place(random, data)) is None:
        return cut(random, data, other)
    return data[: place[0].start] + data[place[0].end :]


def value(random: Random, data: bytes, other: bytes) -> bytes:
    """Another value with its right length: hostile text, or what another element holds."""
    if (place := _place(random, data)) is None:
        return flip(random, data, other)
    element, at = place
    if random.random() < 0.4:
        source = random.choice(places(data))
        new = data[source.begin : min(source.end, source.begin + 2000)]
    else:
        new = random.choice(TEXTS)
    new += b" " * (len(new) % 2)
    return data[:at] + len(new).to_bytes(element.begin - at, "little") + new + data[element.end :]


def name(random: Random, data: bytes, other: bytes) -> bytes:
    """Another tag or VR over the same value."""
    if (place := _place(random, data)) is None:
        return flip(random, data, other)
    start = place[0].start
    if random.random() < 0.5:
        source = random.choice(places(data)).start
        return data[:start] + data[source : source + 4] + data[start + 4 :]
    return data[: start + 4] + random.choice(VRS.split()) + data[start + 6 :]


def charset(random: Random, data: bytes, other: bytes) -> bytes:
    """Character sets that contradict each other, repeat, or are none."""
    terms = [random.choice(CHARSETS), *random.choices(EXTENSIONS, k=random.choice((0, 1, 2, 5, 300)))]
    random.shuffle(terms)
    new = "\\".join(terms).encode()
    new += b" " * (len(new) % 2)
    found = [element for element in places(data) if element.tag == 0x00080005]
    if not found:
        return flip(random, data, other)
    element = random.choice(found)
    size = 2 if data[element.begin - 4 : element.begin - 2] == b"CS" else 4
    head = data[: element.begin - size] + len(new).to_bytes(size, "little")
    return head + new + data[element.end :]


def nest(random: Random, data: bytes, other: bytes) -> bytes:
    """An element put into sequences, one in another."""
    if (place := _place(random, data)) is None:
        return splice(random, data, other)
    element = place[0]
    body = data[element.start : element.end]
    explicit = data[element.start + 4 : element.start + 6].isalpha()
    for _ in range(random.choice((1, 2, 3, 31, 40))):
        item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(body)) + body
        tag = random.choice((b"\x08\x00\x18\x22", b"\x40\x00\x75\x02", b"\x09\x00\x10\x10"))
        end = b""
        size = len(item)
        if random.random() < 0.3:
            size, end = 0xFFFFFFFF, b"\xfe\xff\xdd\xe0\0\0\0\0"
        body = tag + (b"SQ\0\0" if explicit else b"") + struct.pack("<I", size) + item + end
    return data[: element.start] + body + data[element.end :]


def other_syntax(random: Random, data: bytes, other: bytes) -> bytes:
    """A transfer syntax that the file does not have, or a class of objects that nobody takes."""
    at = data.find(b"\x02\x00\x10\x00UI")
    if at < 0 or random.random() < 0.2:
        return data.replace(b"1.2.840.10008.5.1.4.1.1.2\0", b"1.2.840.10008.5.1.4.1.1.4\0")
    new = random.choice([*syntax.SYNTAXES, "1.2.840.10008.1.2.4.53", "1.2.3"]).encode()
    new += b"\0" * (len(new) % 2)
    old = struct.unpack_from("<H", data + bytes(8), at + 6)[0]
    return data[: at + 6] + struct.pack("<H", len(new)) + new + data[at + 8 + old :]


def inside(random: Random, data: bytes, other: bytes) -> bytes:
    """A deflated data set changed before it is deflated; any other deflated for the first time."""
    try:
        parsed = parse(data)
    except Refused:
        return flip(random, data, other)
    deflated = parsed.buffer is not data
    start = 0 if deflated else parsed.elements[0].start
    body = random.choice((flip, cut, splice))(random, parsed.buffer[start:], other)
    if not deflated and parsed.syntax.explicit and parsed.syntax.little:
        data = data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    engine = zlib.compressobj(wbits=-15)
    return data[: _dataset(data)] + engine.compress(body) + engine.flush()


def _dataset(data: bytes) -> int:
    """Where the data set begins, behind a file meta group that is read as far as it goes."""
    parser, position = Parser(data, explicit=True, little=True), 132 if data[128:132] == b"DICM" else 0
    try:
        while data[position : position + 2] == b"\x02\x00":
            _, position = parser.element(position, len(data), 0, True, True)
    except Refused:
        return position
    return position


def pixels(random: Random, data: bytes, other: bytes) -> bytes:
    """Bytes turned, or markers put in, in the second half of the file, where pixels lie."""
    out = bytearray(data)
    for _ in range(random.choice((1, 2, 6))):
        if len(out) > 16:
            at = random.randrange(len(out) // 2, len(out) - 4)
            mark = random.choice(MARKS)
            out[at : at + len(mark)] = mark
    return bytes(out)


CHANGES: tuple[Change, ...] = (
    flip,
    cut,
    splice,
    append,
    length,
    length,
    double,
    drop,
    value,
    value,
    name,
    charset,
    nest,
    other_syntax,
    inside,
    pixels,
)
