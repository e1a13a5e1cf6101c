"""An invented adult's chest, computed plane by plane in Hounsfield units.

Nothing is stored as a volume: `Body.section` paints one axial plane from outside to inside, so a series costs
what its slices cost. z = 0 is the carina; the lungs reach from about +120 mm (apex) to about −175 mm.
"""

from __future__ import annotations

import numpy as np

from phantom.shapes import Floats, Grid, Noise, Tube, Tubes, ellipse_depth, paint, rounded_norm
from phantom.skeleton import BLOOD, CORTEX, VERTEBRA, airways, bones, great_vessels

TOP, BASE = 120.0, -175.0
AIR, SKIN, FAT, MUSCLE, LIVER, SPLEEN, FLUID = -1000.0, 30.0, -105.0, 55.0, 60.0, 50.0, 15.0

HEIGHTS = (-300, -200, -140, -60, 0, 40, 75, 100, 118, 140, 165, 200)
BODY_WIDTH = (150, 158, 164, 170, 174, 180, 192, 198, 188, 142, 84, 62)
BODY_DEPTH = (112, 112, 114, 116, 116, 112, 106, 98, 88, 76, 66, 62)
WALL_HEIGHTS = (-300, -200, -150, -90, -40, 0, 40, 75, 100, 125)
WALL_WIDTH = (112, 124, 134, 138, 136, 133, 127, 116, 98, 62)
WALL_DEPTH = (88, 92, 95, 95, 93, 88, 78, 66, 56, 40)
WALL_CENTRE = (0, 0, 0, 0, 0, 2, 6, 12, 16, 18)
MEDIAL_Y = (-100, -75, -50, -20, 0, 25, 40, 62, 75, 100)
MEDIAL_X = (4, 7, 22, 27, 24, 21, 20, 22, 18, 16)
CHAMBERS = (
    ((26, -34, -70), (60, 47, 44), 0.62),
    ((-12, -26, -62), (31, 34, 42), 0.0),
    ((2, 2, -50), (34, 20, 28), 0.0),
    ((34, -26, -42), (17, 20, 26), 0.0),
)
"""Ventricles, right atrium, left atrium, its appendage: centre, half axes, turn (radians)."""


class Body:
    """A person's chest.

    seed: the person; the same seed gives the same anatomy. severity: wanted share of the lungs with ground
    glass, 0 to 0.9. The lesions lie where COVID-19 pneumonia prefers them: peripheral, dorsal and basal.
    """

    def __init__(self, seed: int, sex: str = "M", severity: float = 0.0) -> None:
        if not 0 <= severity <= 0.9:
            raise ValueError(f"severity must be between 0 and 0.9, not {severity}")
        random = np.random.default_rng([seed, 19])
        self.scale = float(random.uniform(0.95, 1.04)) * (1.0 if sex == "M" else 0.93)
        self._girth = float(random.uniform(0.97, 1.06))
        self._fat = float(random.uniform(9, 17)) + (0 if sex == "M" else 4)
        self._breast = 0.0 if sex == "M" else float(random.uniform(40, 52))
        self._coarse, self._middle, self._fine = (Noise(random, pitch) for pitch in (44.0, 17.0, 5.0))
        self._bones = Tubes(bones(_wall))
        self._great = Tubes(great_vessels())
        self._airways = Tubes(airways())
        self._vessels = Tubes(self._grow_vessels(random))
        self._threshold = self._lesion_threshold(severity)

    def section(self, z: float, grid: Grid, thickness: float = 0.0) -> Floats:
        """The axial plane at height `z`: HU, shape of the grid."""
        z, grid = z / self.scale, _scaled(grid, 1 / self.scale)
        thickness /= self.scale
        image = np.full(grid.shape, AIR, dtype=np.float32)
        self._soft_tissue(image, z, grid)
        wall, lung, floor = self._lungs(z, grid.x, grid.y)
        paint(image, FAT + 12, grid.cover(wall))
        self._belly(image, z, grid, wall, floor)
        paint(image, MUSCLE, grid.cover(2 - np.abs(floor)) * grid.cover(wall))
        self._parenchyma(image, z, grid, wall, lung)
        self._vessels.draw(image, z, grid, thickness)
        self._heart(image, z, grid, floor)
        self._great.draw(image, z, grid, thickness)
        _spine(image, z, grid)
        _sternum(image, z, grid)
        self._bones.draw(image, z, grid, thickness)
        self._airways.draw(image, z, grid, thickness)
        return image

    def lung_share(self, z: float, grid: Grid) -> tuple[Floats, Floats]:
        """Coverage of lung and of ground glass on a plane, each 0 to 1 per pixel."""
        z, grid = z / self.scale, _scaled(grid, 1 / self.scale)
        wall, lung, _ = self._lungs(z, grid.x, grid.y)
        share = grid.cover(lung)
        return share, share * (self._lesion_score(z, grid, wall) > self._threshold)

    def _soft_tissue(self, image: Floats, z: float, grid: Grid) -> None:
        a = float(np.interp(z, HEIGHTS, BODY_WIDTH)) * self._girth
        b = float(np.interp(z, HEIGHTS, BODY_DEPTH)) * self._girth
        norm = rounded_norm(grid.x / a, grid.y / b)
        depth = (1 - norm) * b - 5 * np.exp(-((grid.x / 14) ** 2)) * (grid.y > 0)
        middle = self._middle.plane(z, grid)
        muscle = depth - self._fat - 3 * middle
        if self._breast:
            fall = 1 - ((z + 45) / 62) ** 2
            if fall > 0:
                size = self._breast * float(np.sqrt(fall))
                breast = np.maximum(
                    *(ellipse_depth(grid, s * 72, -b + 16, size * 1.3, size) for s in (-1, 1))
                )
                depth = np.maximum(depth, breast)
        paint(image, SKIN, grid.cover(depth))
        paint(image, FAT + 8 * middle, grid.cover(depth - 2))
        if self._breast and fall > 0:
            paint(
                image,
                25 + 30 * middle,
                grid.cover(np.minimum(np.minimum(breast - 16, -muscle - 4) + 6 * middle, breast - 6)),
            )
        paint(image, MUSCLE + 6 * middle, grid.cover(muscle))
        streak = np.minimum((0.07 - np.abs(self._coarse.plane(z, grid))) * 18, muscle - 3)
        paint(image, FAT + 15, grid.cover(streak) * 0.8)
        half_width, half_depth, centre = _wall(z)
        outside = (rounded_norm(grid.x / half_width, (grid.y - centre) / half_depth) - 1) * half_depth
        paint(image, FAT + 15, grid.cover(np.minimum(1.0 + middle - np.abs(outside - 13), muscle - 2)))

    def _lungs(self, z: float | Floats, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Signed depths: inside the chest wall, inside a lung, and height above the diaphragm."""
        half_width, half_depth, centre = _wall(z)
        wall = (1 - rounded_norm(x / half_width, (y - centre) / half_depth)) * half_depth
        floor = (z - _diaphragm(x, y)) * 0.6
        medial = np.interp(y, MEDIAL_Y, MEDIAL_X).astype(np.float32)
        aside = np.abs(x)
        lung = np.minimum(np.minimum(wall - 1.5, floor - 2), aside - medial)
        if np.max(z) > 20:
            dome = 1 - (np.maximum(z - 20, 0) / (TOP - 20)) ** 2.6
            size = np.sqrt(np.maximum(dome, 1e-4))
            norm = np.sqrt(((aside - 60) / (70 * size)) ** 2 + ((y - 10) / (86 * size)) ** 2)
            lung = np.where(z > 20, np.minimum(lung, np.where(dome > 0, (1 - norm) * 55 * size, -10)), lung)
        return wall, lung, floor

    def _belly(self, image: Floats, z: float, grid: Grid, wall: Floats, floor: Floats) -> None:
        if z > -80:
            return
        inside = np.minimum(wall - 1.5, -floor - 2)
        liver = np.minimum(inside, (28 + 0.32 * (grid.y + 20) * -1) - grid.x - np.maximum(-140 - z, 0) * 0.4)
        liver = np.minimum(liver, 66 - grid.y * 0.9 + 0.2 * np.abs(grid.x))
        paint(image, LIVER + 4 * self._middle.plane(z, grid), grid.cover(liver))
        spleen = np.minimum(inside, ellipse_depth(grid, 92, 42, 36, 48) - ((z + 140) / 50) ** 2 * 14)
        paint(image, SPLEEN, grid.cover(spleen))
        stomach = np.minimum(inside, ellipse_depth(grid, 68, -26, 40, 46) - ((z + 145) / 50) ** 2 * 14)
        paint(image, MUSCLE, grid.cover(stomach))
        paint(image, FLUID + (AIR - FLUID) * grid.cover(-32 - grid.y), grid.cover(stomach - 4))

    def _parenchyma(self, image: Floats, z: float, grid: Grid, wall: Floats, lung: Floats) -> None:
        share = grid.cover(lung)
        if not share.any():
            return
        fine = self._fine.plane(z, grid)
        density = -872 + 0.35 * grid.y + 14 * fine + 10 * self._middle.plane(z, grid)
        if np.isfinite(self._threshold):
            excess = self._lesion_score(z, grid, wall) - self._threshold
            glass, solid = np.clip(excess / 0.3, 0, 1), np.clip((excess - 0.75) / 0.5, 0, 1)
            density = density + glass * (270 + 70 * fine) + solid * 480
        paint(image, density, share)

    def _lesion_score(self, z: float, grid: Grid, wall: Floats) -> Floats:
        patches = 0.75 * self._coarse.plane(z, grid) + 0.4 * self._middle.plane(z, grid)
        pleural = 1.1 * np.exp(np.minimum(-wall / 16, 0))
        score: Floats = (patches + pleural + grid.y / 150 - z / 260).astype(np.float32)
        return score

    def _lesion_threshold(self, severity: float) -> float:
        """The score that leaves the wanted share of the lungs above it."""
        if severity == 0:
            return float("inf")
        grid = Grid.centred(54, 40, 5.0, 5.0)
        scores = []
        for z in np.arange(BASE + 8, TOP, 16.0):
            wall, lung, _ = self._lungs(float(z), grid.x, grid.y)
            scores.append(self._lesion_score(float(z), grid, wall)[lung > 0])
        return float(np.quantile(np.concatenate(scores), 1 - severity))

    def _heart(self, image: Floats, z: float, grid: Grid, floor: Floats) -> None:
        above = grid.cover(floor)
        depth = np.full(grid.shape, -50, dtype=np.float32)
        for (cx, cy, cz), (a, b, c), turn in CHAMBERS:
            if abs(z - cz) < c * 1.3:
                dx, dy, dz = grid.x - cx, grid.y - cy, z - cz
                along = dx * np.cos(turn) - dy * np.sin(turn) - 0.4 * turn * dz
                across = dx * np.sin(turn) + dy * np.cos(turn)
                norm = np.sqrt((along / a) ** 2 + (across / b) ** 2 + (dz / c) ** 2)
                depth = np.maximum(depth, (1 - norm) * b)
        paint(image, FAT + 10, grid.cover(depth + 4) * above)
        paint(image, BLOOD, grid.cover(depth) * above)

    def _grow_vessels(self, random: np.random.Generator) -> list[Tube]:
        """Arteries and veins that branch from both hila outwards until they would leave the lung."""
        tubes: list[Tube] = []
        for side in (-1, 1):
            turn = np.linspace(0, 2 * np.pi, 14)[:-1]
            heading = np.stack([np.full(13, side * 0.55), 0.8 * np.cos(turn), np.sin(turn)], axis=1)
            place = np.tile([side * 38.0, 6.0, -28.0], (13, 1))
            radius = random.uniform(2.4, 4.2, 13)
            for length in (24, 23, 21, 19, 17, 15, 13):
                heading = heading + random.normal(0, 0.16, heading.shape)
                heading /= np.linalg.norm(heading, axis=1, keepdims=True)
                ahead = place + heading * (length * random.uniform(0.75, 1.25, (len(place), 1)))
                x, y, level = ahead.astype(np.float32).T
                keep = (x * side > 0) & (self._lungs(level, x, y)[1] > 1.5)
                place, ahead, heading, radius = place[keep], ahead[keep], heading[keep], radius[keep]
                tubes += [
                    Tube((p[0], p[1], p[2]), (q[0], q[1], q[2]), float(r), 35.0, float(r) * 0.85)
                    for p, q, r in zip(place.tolist(), ahead.tolist(), radius, strict=True)
                ]
                fork = random.normal(0, 0.42, heading.shape)
                place = np.repeat(ahead, 2, axis=0)
                heading = np.concatenate([heading + fork, heading - fork], axis=1).reshape(-1, 3)
                radius = np.repeat(radius, 2) * random.uniform(0.68, 0.86, 2 * len(radius))
        return tubes


def _scaled(grid: Grid, factor: float) -> Grid:
    return Grid(grid.x * np.float32(factor), grid.y * np.float32(factor), grid.edge * factor)


def _wall(z: float | Floats) -> tuple[Floats, Floats, Floats]:
    width, depth, centre = (
        np.interp(z, WALL_HEIGHTS, table) for table in (WALL_WIDTH, WALL_DEPTH, WALL_CENTRE)
    )
    return np.asarray(width, np.float32), np.asarray(depth, np.float32), np.asarray(centre, np.float32)


def _diaphragm(x: Floats, y: Floats) -> Floats:
    """Height of the diaphragm: two domes and the floor of the heart."""
    domes = []
    for cx, cy, peak in ((-72.0, -14.0, -90.0), (74.0, -10.0, -103.0), (14.0, -40.0, -112.0)):
        q = ((x - cx) / 72) ** 2 + ((y - cy) / 104) ** 2
        domes.append(peak - 26 * q - 50 * q * q)
    floor: Floats = np.maximum(np.maximum(domes[0], domes[1]), domes[2])
    return floor


def _spine(image: Floats, z: float, grid: Grid) -> None:
    """One vertebra every 24 mm: body between discs, arch, processes, canal."""
    level = (z % VERTEBRA) / VERTEBRA
    waist = float(np.sin(np.pi * level))
    body = ellipse_depth(grid, 0, 46, 19 - 2.5 * waist, 16 - 1.5 * waist)
    bony = float(np.clip(min(level, 1 - level) * 9 - 0.4, 0, 1))
    plate = max(0.0, 1 - abs(min(level, 1 - level) - 0.15) * 14)
    paint(image, 85 + 330 * bony, grid.cover(body))
    paint(image, 85 + 95 * bony + 180 * plate, grid.cover(body - 1.4))
    for width, middle, reach in ((14.0, 0.6, 0.42), (34.0, 0.5, 0.26)):
        fade = 1 - ((level - middle) / reach) ** 2
        if fade > 0:
            across = width * fade**0.5
            arch = (
                ellipse_depth(grid, 0, 71, 14, 12.5)
                if width < 20
                else ellipse_depth(grid, 0, 80, across, 6.5)
            )
            paint(image, 430.0, grid.cover(arch) * min(1.0, 2 * fade))
    spine = ellipse_depth(grid, 0, 84, 3.6, 15) - max(0.0, z - 90) * 0.12
    paint(image, 380.0, grid.cover(spine) * float(np.clip(4 - 5 * level, 0, 1)))
    paint(image, 30.0, grid.cover(ellipse_depth(grid, 0, 70, 9.5, 8.5)))


def _sternum(image: Floats, z: float, grid: Grid) -> None:
    if not -112 < z < 52:
        return
    _, half_depth, centre = _wall(z)
    half_width = 25.0 if z > 22 else 16.0
    depth = ellipse_depth(grid, 0, float(centre - half_depth) - 7, half_width, 6.5)
    paint(image, CORTEX * 0.65, grid.cover(depth))
    paint(image, 170.0, grid.cover(depth - 1.4))
