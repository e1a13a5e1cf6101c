"""Bones, great vessels and airways as tubes, in mm from the carina: round numbers of an average adult."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np

from phantom.shapes import Floats, Point, Tube, path, rounded_norm

BLOOD, CORTEX, MARROW, CARTILAGE, AIR = 44.0, 620.0, 190.0, 95.0, -985.0
VERTEBRA = 24.0

Wall = Callable[[float], tuple[Floats, Floats, Floats]]
"""Height z → half width, half depth and centre (y) of the inner chest wall."""

GREAT_VESSELS: tuple[tuple[tuple[Point, ...], tuple[float, ...] | float], ...] = (
    (((6, -34, -32), (-10, -38, 4), (-7, -28, 24), (3, -8, 36), (20, 16, 34), (25, 36, 18)), 14.5),
    (((25, 36, 18), (23, 40, 0), (19, 40, -60), (10, 36, -130), (4, 32, -260)), 11.5),
    (((-6, -18, 40), (-18, -15, 75), (-28, -10, 150)), 5.5),
    (((5, -6, 42), (18, -5, 150)), 4.0),
    (((13, 10, 40), (30, 6, 100), (60, -10, 118)), 5.0),
    (((-26, -26, -38), (-26, -30, 42), (-34, -25, 95), (-40, -18, 150)), (10, 8.5, 7, 6)),
    (((-26, -30, 42), (20, -38, 56), (38, -25, 95), (44, -15, 150)), (6, 6, 6, 5)),
    (((20, -44, -42), (25, -30, -8), (20, -24, -4)), 15.0),
    (((14, -28, -8), (-26, -10, -12), (-42, -4, -22)), (11, 10, 7.5)),
    (((14, -28, -6), (32, 2, 0), (42, 12, -16)), (11, 10, 7.5)),
    (((-18, 4, -44), (-52, 2, -50)), (8, 4)),
    (((18, 6, -44), (52, 6, -48)), (8, 4)),
    (((-18, 4, -52), (-48, 22, -72)), (8, 4)),
    (((20, 8, -52), (48, 26, -70)), (8, 4)),
    (((-16, 4, -80), (-20, 12, -260)), 12.0),
    (((4, 20, 150), (2, 22, 0), (8, 27, -80), (18, 14, -112)), 6.0),
)

AIRWAYS: tuple[tuple[tuple[Point, ...], tuple[float, ...]], ...] = (
    (((0, 0, 170), (0, 4, 60), (0, 7, 0)), (8.5, 9, 9.5)),
    (((0, 7, 0), (-26, 8, -20), (-40, 8, -36)), (7.5, 6.5, 5)),
    (((0, 7, 0), (24, 10, -18), (40, 11, -28)), (7, 6, 5)),
    (((-26, 8, -20), (-48, 2, -6), (-62, -6, 14)), (5, 3.5, 2)),
    (((-40, 8, -36), (-56, 24, -66), (-62, 34, -88)), (4.0, 2.6, 1.4)),
    (((-40, 8, -36), (-62, -22, -56)), (3.4, 1.6)),
    (((40, 11, -28), (56, 0, -12), (68, -14, 12)), (4.5, 3.2, 1.8)),
    (((40, 11, -28), (56, 28, -66), (64, 36, -94)), (4.0, 2.6, 1.4)),
    (((40, 11, -28), (64, -24, -52)), (3.2, 1.6)),
)


def great_vessels() -> list[Tube]:
    return [tube for points, radii in GREAT_VESSELS for tube in path(points, radii, BLOOD)]


def airways() -> list[Tube]:
    """Walls of soft tissue around air."""
    return [
        tube
        for points, radii in AIRWAYS
        for tube in path(points, [r + 1.1 for r in radii], 0.0, shell=1.1, core=AIR)
    ]


def bones(wall: Wall) -> list[Tube]:
    """Ribs, clavicles, shoulder blades and the upper arms' heads."""
    out: list[Tube] = []
    for side in (-1, 1):
        for number in range(1, 13):
            out += _rib(number, side, wall)
        collar: list[Point] = [
            (side * 14, -66, 58),
            (side * 46, -74, 74),
            (side * 92, -40, 92),
            (side * 146, 4, 104),
        ]
        out += path(collar, (8, 6, 5.5, 6), CORTEX, shell=1.8, core=MARROW)
        out += _shoulder(side)
    return out


def _rib(number: int, side: int, wall: Wall) -> list[Tube]:
    back = 104 - VERTEBRA * (number - 1) - 0.12 * number * number
    drop = min(22 + 9.5 * number, 82)
    last = (2.6, 2.75, 2.78, 2.78, 2.76, 2.72, 2.66, 2.45, 2.25, 2.05, 1.35, 0.95)[number - 1]
    points: list[Point] = []
    for angle in np.linspace(0.2, last, max(6, int(last * 8))):
        z = back + 5 * sin(min(angle, pi / 4) * 2) - drop * (1 - cos(float(angle) * 0.95)) / 2
        half_width, half_depth, centre = (float(value) for value in wall(z))
        dx, dy = sin(float(angle)), cos(float(angle))
        a, b = max(half_width, 34) + 6, max(half_depth, 34) + 6
        scale = 1 / float(rounded_norm(np.array(dx / a, np.float32), np.array(dy / b, np.float32)))
        points.append((side * dx * scale, centre + dy * scale, z))
    bone = path(points, 5.0 if number > 1 else 6.0, CORTEX, shell=1.1, core=MARROW)
    if 1 < number < 8:
        x, y, z = points[-1]
        bone += path([(x, y, z), (side * 14, y - 2, z + 5 + 3 * max(number - 4, 0))], 4.5, CARTILAGE)
    return bone


def _shoulder(side: int) -> list[Tube]:
    joint: Point = (side * 146, 26, 84)
    out = [
        Tube(
            (side * (150 - 62 * t), 38 + 56 * t, 84 - 34 * t),
            (side * (92 + 20 * t), 92, 88 - 128 * t),
            3.0,
            480.0,
        )
        for t in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
    ]
    out += path([joint, (side * 122, 74, 90), (side * 84, 92, 76)], (9, 6, 4), CORTEX, shell=1.5, core=MARROW)
    out += path([(side * 112, 84, -44), (side * 84, 92, 76)], 3.5, CORTEX, shell=1.5, core=MARROW)
    out += path([(side * 112, 84, -44), joint], 4.0, CORTEX, shell=1.5, core=MARROW)
    out += path([(side * 172, 14, 88), (side * 176, 12, 84)], 22, CORTEX, shell=2.0, core=MARROW)
    return out
