"""A flame: rising noise cut by height, coloured as a hot body, added as light."""

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.noise import Floats, fractal

SIDE = 128
RISE = 95.0
"""Rows of the noise that pass in a second: flames lick twice a second."""
GLOW = 0.6


class Flame:
    """Fills `width` × `height` pixels above its foot at (x, y) once it has taken hold."""

    def __init__(self, x: float, y: float, width: float, height: float, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._x, self._y, self._width, self._height = x, y, width, height
        self._coarse = fractal(random, 4 * SIDE, SIDE, 30, octaves=4)
        self._fine = fractal(random, 4 * SIDE, SIDE, 12, octaves=3)

    def blend(self, image: Image, seconds: float, light: float = 1.0) -> None:
        """A flame that has burnt for `seconds`, into `image`, in place.

        `light`: 0 (night) to 1 (full sun): beside the sun its glow is hardly seen.
        """
        if seconds <= 0:
            return
        grown = min(1.0, 0.3 + seconds / 8)
        width, height = int(self._width * grown), int(self._height * grown)
        left, top = int(self._x - width / 2), int(self._y - height)
        right, bottom = min(left + width, image.shape[1]), min(int(self._y), image.shape[0])
        left_in, top_in = max(left, 0), max(top, 0)
        if right - left_in < 2 or bottom - top_in < 2:
            return
        heat = cv2.resize(self._heat(seconds), (width, height), interpolation=cv2.INTER_LINEAR)
        heat = heat[top_in - top : bottom - top, left_in - left : right - left]
        part = image[top_in:bottom, left_in:right]
        cover = np.clip(heat * 2.2, 0, 1)[..., None]
        lit = part * (1 - 0.92 * cover) + _colour(heat) * cover
        part[:] = np.clip(lit, 0, 255).astype(np.uint8)
        self._glow(image, width, height, GLOW * (1 - 0.8 * light))

    def _heat(self, seconds: float) -> Floats:
        """SIDE × SIDE in 0..1: hot at the foot, ragged at the top."""
        slow, fast = int(seconds * RISE) % (3 * SIDE), int(seconds * RISE * 1.6) % (3 * SIDE)
        noise = 0.6 * self._coarse[slow : slow + SIDE] + 0.4 * self._fine[fast : fast + SIDE]
        up = np.linspace(1, 0, SIDE, dtype=np.float32)[:, None]  # 1 at the top
        side = np.abs(np.linspace(-1, 1, SIDE, dtype=np.float32))[None]
        foot = np.clip(1 - up / 0.3, 0, 1) ** 2 * (0.1 + 1.6 * side**2)  # rounded where it stands
        body = 1.25 - 1.15 * up - (side**2) * (0.55 + 0.9 * up) - 1.2 * foot
        return np.asarray(np.clip(body + 1.5 * (noise - 0.62), 0, 1), np.float32)

    def _glow(self, image: Image, width: int, height: int, strength: float) -> None:
        """What the flame throws on its surroundings."""
        reach = 2 * max(width, height)
        x, y = int(self._x), int(self._y - height / 3)
        x1, x2 = max(0, x - reach), min(image.shape[1], x + reach)
        y1, y2 = max(0, y - reach), min(image.shape[0], y + reach)
        ys, xs = np.mgrid[y1:y2:4, x1:x2:4].astype(np.float32)
        near = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (0.4 * reach**2)) * strength
        light = cv2.resize(near, (x2 - x1, y2 - y1))[..., None] * np.array(
            [10, 70, 150], np.float32
        )
        part = image[y1:y2, x1:x2]
        part[:] = np.clip(part + light, 0, 255).astype(np.uint8)


def _colour(heat: Floats) -> Floats:
    """Blue-green-red: dark red, orange, yellow, nearly white."""
    stops = np.array([0.0, 0.25, 0.5, 0.75, 1.0], np.float32)
    red = np.interp(heat, stops, [70, 210, 250, 255, 255])
    green = np.interp(heat, stops, [10, 70, 140, 215, 250])
    blue = np.interp(heat, stops, [5, 12, 25, 80, 190])
    colour: Floats = np.stack([blue, green, red], axis=-1).astype(np.float32)
    return colour
