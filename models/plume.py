"""Far smoke rendered into clear views, for the mountains that no labelled picture shows.

A plume is a line of puffs carried by the wind: each rises (buoyancy wears off with age), widens
with the two-thirds power of its way (Briggs 1969) and thins out; puffs are roughened by
band-limited noise.  It is blended as light: out = view·(1 - opacity) + smoke·opacity.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

PUFFS = 48
VISIBLE = 0.07
LEAST_SIDE = 7
REACH = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plume:
    """The picture with smoke in it, and the corners x1 y1 x2 y2 (fractions) of what is visible."""

    image: Image
    corners: tuple[float, float, float, float]


def add_plume(view: Image, random: np.random.Generator) -> Plume | None:
    """None when the smoke came out too thin or too small to be boxed."""
    height, width = view.shape[:2]
    length = width * float(np.exp(random.uniform(np.log(0.03), np.log(0.28))))
    foot = (random.uniform(0.05, 0.95) * width, random.uniform(0.33, 0.75) * height)
    density = np.zeros((height, width), np.float32)
    x1, y1 = (max(0, int(one - REACH * length)) for one in foot)
    x2, y2 = (int(one + REACH * length) for one in foot)
    part = density[y1:y2, x1:x2]
    part[:] = _density(part.shape, (foot[0] - x1, foot[1] - y1), length, random)
    opacity = density * random.uniform(0.35, 0.9)
    rows, columns = np.nonzero(opacity > VISIBLE)
    if rows.size < LEAST_SIDE * LEAST_SIDE:
        return None
    x1, x2 = int(columns.min()), int(columns.max()) + 1
    y1, y2 = int(rows.min()), int(rows.max()) + 1
    if min(x2 - x1, y2 - y1) < LEAST_SIDE:
        return None
    smoke = _colour(view, (x1, y1, x2, y2), density, random)
    blended = view * (1 - opacity[..., None]) + smoke * opacity[..., None]
    return Plume(
        image=np.clip(blended, 0, 255).astype(np.uint8),
        corners=(x1 / width, y1 / height, x2 / width, y2 / height),
    )


def _density(
    shape: tuple[int, int],
    foot: tuple[float, float],
    length: float,
    random: np.random.Generator,
) -> Floats:
    wind = random.normal(0.0, 0.8)
    rise = random.uniform(0.35, 1.2)
    spread = random.uniform(0.10, 0.30) * length
    curve = random.uniform(0.4, 1.0)
    field = np.zeros(shape, np.float32)
    sway = np.cumsum(random.normal(0, 0.12, PUFFS))
    for puff in range(PUFFS):
        age = (puff + 1) / PUFFS
        x = foot[0] + length * wind * age + sway[puff] * spread * age
        y = foot[1] - length * rise * age**curve
        radius = max(1.2, spread * age ** (2 / 3))
        strength = (1.0 - age) ** 0.7 * random.uniform(0.6, 1.0)
        _add_puff(field, (float(x), float(y)), radius, float(strength))
    rough = 0.45 + 1.1 * _noise(shape, max(2.0, spread * 0.8), random)
    solid = 1 - np.exp(-random.uniform(0.5, 1.6) * field * rough)
    blurred: Floats = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), max(0.6, spread * 0.06))
    return blurred


def _add_puff(field: Floats, centre: tuple[float, float], radius: float, strength: float) -> None:
    height, width = field.shape
    reach = 3 * radius
    x1, x2 = int(max(0, centre[0] - reach)), int(min(width, centre[0] + reach + 1))
    y1, y2 = int(max(0, centre[1] - reach)), int(min(height, centre[1] + reach + 1))
    if x1 >= x2 or y1 >= y2:
        return
    ys, xs = np.mgrid[y1:y2, x1:x2].astype(np.float32)
    distance = ((xs - centre[0]) ** 2 + (ys - centre[1]) ** 2) / (radius * radius)
    field[y1:y2, x1:x2] += strength * np.exp(-distance)


def _noise(shape: tuple[int, int], cell: float, random: np.random.Generator) -> Floats:
    """Two octaves in 0..1, the coarser of `cell` pixels."""
    total = np.zeros(shape, np.float32)
    for octave, weight in ((1.0, 0.65), (0.4, 0.35)):
        side = max(1.0, cell * octave)
        small = (int(shape[0] / side) + 3, int(shape[1] / side) + 3)
        grid = random.random(small, np.float32)
        total += weight * cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(total, 0, 1)


def _colour(
    view: Image,
    corners: tuple[int, int, int, int],
    density: Floats,
    random: np.random.Generator,
) -> Floats:
    """Grey towards the haze of the place, lighter on the sunny edge, brown or blue by a little."""
    x1, y1, x2, y2 = corners
    around = view[y1:y2, x1:x2].reshape(-1, 3).astype(np.float32)
    light = float(np.percentile(view[::8, ::8], 90))
    brightness = np.clip(random.normal(0.82, 0.18), 0.3, 1.05) * light
    tint = random.normal(0, 5, 3).astype(np.float32)
    shade = 1 - random.uniform(0, 0.25) * density[..., None]
    haze = random.uniform(0, 0.3)
    smoke: Floats = shade * (brightness + tint) * (1 - haze) + around.mean(0) * haze
    return smoke
