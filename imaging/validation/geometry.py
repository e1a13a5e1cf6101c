"""Geometry of a stack of slices, from positions along the normal (mm)."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from imaging.validation.facts import Facts, normal
from imaging.validation.ruleset import limit

ROUNDING = 1e-6
"""Less than positions are rounded to (mm), and than any header gives a direction; so that a value at a limit
is at the limit.
"""


@dataclass(frozen=True)
class Stack:
    """`step` the usual distance; `missing` where slices should be; `double` where more than one is."""

    count: int
    step: float | None
    extent: float
    missing: tuple[float, ...]
    double: tuple[float, ...]
    uneven: tuple[float, ...]


def stack(positions: list[float]) -> Stack:
    """Judge the distances between neighbours. Fewer than three different positions have no usual distance."""
    ordered, same = sorted(positions), limit("double_slices", "same_mm") + ROUNDING
    double = tuple(dict.fromkeys(round(b, 2) for a, b in pairwise(ordered) if b - a <= same))
    single = ordered[:1] + [b for a, b in pairwise(ordered) if b - a > same]
    gaps = [b - a for a, b in pairwise(single)]
    extent = single[-1] - single[0] if single else 0.0
    if len(gaps) < 2:
        return Stack(len(ordered), None, extent, (), double, ())
    step = float(median(gaps))
    hole = limit("missing_slices", "gap_steps") * step - ROUNDING
    slack = max(limit("uneven_spacing", "share") * step, limit("uneven_spacing", "mm")) + ROUNDING
    missing, uneven = [], []
    for low, high in pairwise(single):
        gap = high - low
        if gap >= hole:
            holes = max(1, round(gap / step) - 1)
            missing += [round(low + gap * (n + 1) / (holes + 1), 2) for n in range(holes)]
        elif abs(gap - step) > slack:
            uneven.append(round(low, 2))
    return Stack(len(ordered), round(step, 4), extent, tuple(missing), double, tuple(uneven))


def plane(orientation: tuple[float, ...]) -> str:
    """ "axial", "coronal", "sagittal", "other", or empty without an orientation (PS3.3 C.7.6.2.1.1)."""
    axis = normal(orientation)
    if axis is None:
        return ""
    names = ("sagittal", "coronal", "axial")
    best = max(range(3), key=lambda index: abs(axis[index]))
    return names[best] if abs(axis[best]) >= limit("not_axial", "cosine") else "other"


def thickness_class(mm: float | None) -> str:
    """ "thin" (≤ 1.5 mm), "medium" (1.5 to 3], "thick" (> 3), or empty when unknown."""
    if mm is None:
        return ""
    thin, medium = limit("thick_slices", "thin_mm"), limit("thick_slices", "medium_mm")
    return "thin" if mm <= thin else "medium" if mm <= medium else "thick"


def parallel(one: Facts, other: Facts) -> bool:
    """Whether two slices lie the same way, within about a degree."""
    if not one.orientation or not other.orientation:
        return one.orientation == other.orientation
    most = limit("mixed_orientation", "cosine") + ROUNDING
    return all(abs(a - b) <= most for a, b in zip(one.orientation, other.orientation, strict=True))
