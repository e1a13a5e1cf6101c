"""Every way to alter a sealed object: each takes the sealed bytes of two objects of three segments."""

from vault.header import HEADER, SEGMENT, TAG

WIDTH = SEGMENT + TAG


def segments(sealed):
    return [sealed[at : at + WIDTH] for at in range(HEADER, len(sealed), WIDTH)]


def joined(sealed, parts):
    return sealed[:HEADER] + b"".join(parts)


def flipped(sealed, at):
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


def exchanged(a, b):
    first, second, third = segments(a)
    return joined(a, [second, first, third])


def repeated(a, b):
    first, _, third = segments(a)
    return joined(a, [first, first, third])


def left_out(a, b):
    first, _, third = segments(a)
    return joined(a, [first, third])


ALTERATIONS = {
    "bit in the first segment": lambda a, b: flipped(a, HEADER + 5),
    "bit in the middle segment": lambda a, b: flipped(a, HEADER + WIDTH + 77),
    "bit in a tag": lambda a, b: flipped(a, HEADER + WIDTH - 1),
    "bit in the last byte": lambda a, b: flipped(a, len(a) - 1),
    "segments exchanged": exchanged,
    "segment repeated": repeated,
    "segment left out": left_out,
    "segment of another object": lambda a, b: joined(a, [segments(a)[0], segments(b)[1], segments(a)[2]]),
    "all segments of another object": lambda a, b: a[:HEADER] + b[HEADER:],
    "cut at a segment": lambda a, b: a[: HEADER + 2 * WIDTH],
    "cut to one segment": lambda a, b: a[: HEADER + WIDTH],
    "cut inside a segment": lambda a, b: a[: HEADER + 2 * WIDTH - 5000],
    "cut by one byte": lambda a, b: a[:-1],
    "cut to a bare tag": lambda a, b: a[: HEADER + 2 * WIDTH + 17],
    "extended by a byte": lambda a, b: a + b"\0",
    "extended by its own last segment": lambda a, b: (
        a[: HEADER + 2 * WIDTH] + segments(a)[1] + segments(a)[2]
    ),
    "extended by a segment": lambda a, b: a[: HEADER + 2 * WIDTH] + bytes(WIDTH) + segments(a)[2],
}
