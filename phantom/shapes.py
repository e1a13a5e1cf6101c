"""Geometry that the phantom is made of: a pixel grid, tubes in space, smooth noise, linear resampling.

Lengths are millimetres, densities Hounsfield units (HU). Axes are DICOM's patient axes (PS3.3 C.7.6.2.1.1):
x grows to the patient's left, y to the back, z to the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Grid:
    """Pixel centres of an axial plane: `x` is (1, columns), `y` is (rows, 1), `edge` the width of an edge."""

    x: Floats
    y: Floats
    edge: float

    @classmethod
    def centred(cls, columns: int, rows: int, dx: float, dy: float) -> Grid:
        x = ((np.arange(columns) - (columns - 1) / 2) * dx).astype(np.float32)
        y = ((np.arange(rows) - (rows - 1) / 2) * dy).astype(np.float32)
        return cls(x[None, :], y[:, None], max(dx, dy))

    @property
    def shape(self) -> tuple[int, int]:
        return self.y.shape[0], self.x.shape[1]

    def cover(self, depth: Floats) -> Floats:
        """Share of each pixel inside a shape, from the signed depth below its surface."""
        share: Floats = np.clip(depth / self.edge + 0.5, 0, 1)
        return share


def paint(image: Floats, density: float | Floats, share: Floats) -> None:
    """Lay a density over the image, in place; `share` is between 0 (leave) and 1 (replace)."""
    image += (density - image) * share


def ellipse_depth(grid: Grid, cx: float, cy: float, a: float, b: float) -> Floats:
    """Approximate signed depth inside an ellipse (positive inside)."""
    r: Floats = np.sqrt(((grid.x - cx) / a) ** 2 + ((grid.y - cy) / b) ** 2, dtype=np.float32)
    return (1 - r) * min(a, b)


def rounded_norm(u: Floats, v: Floats) -> Floats:
    """A norm between the ellipse and the rectangle: its unit circle looks like a chest in cross section."""
    a, b = u * u, v * v
    norm: Floats = 0.55 * np.sqrt(a + b) + 0.45 * np.sqrt(np.sqrt(a * a + b * b))
    return norm


@dataclass(frozen=True)
class Tube:
    """A straight tapered tube with round ends; deeper than `shell` mm it may have another density."""

    start: Point
    end: Point
    radius: float
    density: float
    end_radius: float | None = None
    shell: float = 0.0
    core: float = 0.0


def path(
    points: Sequence[Point],
    radii: Sequence[float] | float,
    density: float,
    shell: float = 0.0,
    core: float = 0.0,
) -> list[Tube]:
    """Tubes along a polyline."""
    r = [radii] * len(points) if isinstance(radii, int | float) else list(radii)
    return [
        Tube(points[i], points[i + 1], r[i], density, r[i + 1], shell, core) for i in range(len(points) - 1)
    ]


class Tubes:
    """Many tubes, drawn slice by slice; only those a slice meets cost time."""

    def __init__(self, tubes: Sequence[Tube]) -> None:
        self._start = np.array([t.start for t in tubes], dtype=np.float64).reshape(-1, 3)
        self._along = np.array([t.end for t in tubes], dtype=np.float64).reshape(-1, 3) - self._start
        self._radius = np.array([t.radius for t in tubes])
        ends = [t.radius if t.end_radius is None else t.end_radius for t in tubes]
        self._taper = np.array(ends) - self._radius
        self._square = np.maximum((self._along**2).sum(axis=1), 1e-6)
        self._look = [(t.density, t.shell, t.core) for t in tubes]
        self._wide = np.maximum(self._radius, self._radius + self._taper)

    def draw(self, image: Floats, z: float, grid: Grid, thickness: float = 0.0) -> None:
        """Paint every tube that the slice at height `z` meets; a thick one sees a little above and below."""
        slab = thickness / 4
        low = self._start[:, 2] + np.minimum(self._along[:, 2], 0) - self._wide - slab
        high = self._start[:, 2] + np.maximum(self._along[:, 2], 0) + self._wide + slab
        cores = []
        for i in np.flatnonzero((low <= z) & (z <= high)).tolist():
            rows, columns = self._box(i, z, grid, slab)
            if rows.start >= rows.stop or columns.start >= columns.stop:
                continue
            depth = self._depth(i, z, grid.x[:, columns], grid.y[rows], slab)
            density, shell, core = self._look[i]
            thin = min(1.0, 2 * float(self._radius[i]) / grid.edge)
            box = image[rows, columns]
            paint(box, density, grid.cover(depth) * thin)
            if shell:
                cores.append((box, core, depth - shell))
        for box, core, depth in cores:
            paint(box, core, grid.cover(depth))

    def _box(self, i: int, z: float, grid: Grid, slab: float) -> tuple[slice, slice]:
        """Rows and columns that the tube can touch at this height."""
        (sx, sy, sz), (ax, ay, az) = self._start[i].tolist(), self._along[i].tolist()
        reach = float(self._wide[i]) + slab
        t0, t1 = 0.0, 1.0
        if abs(az) > 1e-6:
            ends = sorted(((z - reach - sz) / az, (z + reach - sz) / az))
            t0, t1 = max(ends[0], 0.0), min(ends[1], 1.0)
        margin = float(self._wide[i]) + grid.edge
        return (
            _span(grid.y[:, 0], sy + ay * t0, sy + ay * t1, margin),
            _span(grid.x[0], sx + ax * t0, sx + ax * t1, margin),
        )

    def _depth(self, i: int, z: float, x: Floats, y: Floats, slab: float) -> Floats:
        """Signed depth below the tube's surface."""
        (sx, sy, sz), (ax, ay, az) = self._start[i].tolist(), self._along[i].tolist()
        px, py = x - np.float32(sx), y - np.float32(sy)
        t = np.clip((px * ax + (py * ay + (z - sz) * az)) / float(self._square[i]), 0, 1)
        dz = np.maximum(np.abs(z - sz - t * az) - slab, 0)
        distance = np.sqrt((px - t * ax) ** 2 + (py - t * ay) ** 2 + dz * dz)
        depth: Floats = float(self._radius[i]) + t * float(self._taper[i]) - distance
        return depth


def _span(axis: Floats, one: float, other: float, margin: float) -> slice:
    first, step = float(axis[0]), float(axis[1] - axis[0])
    low, high = min(one, other) - margin, max(one, other) + margin
    return slice(max(0, int((low - first) / step)), min(len(axis), int((high - first) / step) + 2))


class Noise:
    """Smooth random field in space, mean 0, standard deviation near 1, features of about `pitch` mm."""

    def __init__(self, random: np.random.Generator, pitch: float, reach: float = 260.0) -> None:
        self._pitch, self._reach = pitch, reach
        size = int(2 * reach / pitch) + 3
        self._lattice = random.standard_normal((size, size, size), dtype=np.float32) * 1.6

    def plane(self, z: float, grid: Grid) -> Floats:
        """The field on a plane."""
        k, w = self._place(np.array([z], dtype=np.float32))
        flat = self._lattice[k[0]] * (1 - w[0]) + self._lattice[k[0] + 1] * w[0]
        i, v = self._place(grid.y[:, 0])
        rows = flat[i] * (1 - v[:, None]) + flat[i + 1] * v[:, None]
        j, u = self._place(grid.x[0])
        field: Floats = rows[:, j] * (1 - u) + rows[:, j + 1] * u
        return field

    def _place(self, at: Floats) -> tuple[NDArray[np.intp], Floats]:
        position = (np.clip(at, -self._reach, self._reach) + self._reach) / self._pitch
        index = position.astype(np.intp)
        part = (position - index).astype(np.float32)
        return index, part * part * (3 - 2 * part)


def resample(image: Floats, rows: int, columns: int) -> Floats:
    """Linear interpolation to another number of pixels over the same field of view."""

    def weights(old: int, new: int) -> tuple[NDArray[np.intp], Floats]:
        at = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        index = np.minimum(at.astype(np.intp), old - 2)
        return index, (at - index).astype(np.float32)

    i, v = weights(image.shape[0], rows)
    j, u = weights(image.shape[1], columns)
    tall = image[i] + (image[i + 1] - image[i]) * v[:, None]
    left = tall[:, j]
    return left + (tall[:, j + 1] - left) * u
