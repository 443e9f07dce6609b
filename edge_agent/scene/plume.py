"""A plume of smoke that can be blended into any picture.

Puffs leave the fire at a steady rate; the wind carries each, buoyancy lifts it with the 2/3 power
of its age (Briggs 1969), turbulence widens it likewise, and what it holds thins out over the
growing area.  Light through it follows Beer and Lambert: view·exp(-τ) + smoke·(1 - exp(-τ)).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.noise import Floats, fractal

PUFFS_A_SECOND = 2.0
LIFE_S = 75.0
RISE_M = 5.0
"""Metres risen after one second by a fire of strength 1; m·s^(-2/3)."""
SPREAD_M = 2.2
TAU = 9.0
"""Optical thickness through the middle of a puff of one metre's radius, before it widens."""
GRAIN = 256
FINE_PX = 60_000
"""A plume over more pixels is reckoned more coarsely: frames must keep their pace."""
TAU_LIMIT = 3.2
"""Thicker smoke looks the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Where and how it burns.  x, y: pixels of its foot.  scale: pixels a metre there.
    wind: m/s to the right.  strength: 1 = a burning field of 20 × 20 m.  dark: 0 white..1 black.
    """

    x: float
    y: float
    scale: float
    wind: float = 2.0
    strength: float = 1.0
    dark: float = 0.0


class Plume:
    """The smoke of one fire; the same seed and second give the same smoke."""

    def __init__(self, fire: Fire, seed: int) -> None:
        random = np.random.default_rng(seed)
        count = int(LIFE_S * PUFFS_A_SECOND)
        self._fire = fire
        self._sway = random.normal(0, 0.35, count).astype(np.float32)
        self._gust = random.uniform(0.75, 1.25, count).astype(np.float32)
        self._mass = random.uniform(0.5, 1.5, count).astype(np.float32)
        self._grain = fractal(random, GRAIN, GRAIN, 40, octaves=4)

    def blend(self, image: Image, seconds: float, light: float = 1.0) -> None:
        """Smoke of a fire that has burnt for `seconds`, into `image`, in place.

        `light`: 0 (night) to 1 (full sun) on the smoke.
        """
        if seconds <= 0:
            return
        puffs = self._puffs(seconds)
        x1, y1, x2, y2 = _bounds(puffs, image.shape[1], image.shape[0])
        if x2 - x1 < 2 or y2 - y1 < 2:
            return
        coarse = math.ceil(math.sqrt((x2 - x1) * (y2 - y1) / FINE_PX))
        tau = self._thickness(puffs, (x1, y1, x2, y2), seconds, coarse)
        opacity = (1 - np.exp(-np.minimum(tau, TAU_LIMIT)))[..., None]
        part = image[y1:y2, x1:x2]
        smoke = self._lit(tau, light)
        part[:] = np.clip(part * (1 - opacity) + smoke * opacity, 0, 255).astype(np.uint8)

    def _puffs(self, seconds: float) -> Floats:
        """One row a puff: x, y, radius in pixels, thickness at its middle."""
        fire = self._fire
        born = np.arange(max(0.0, np.ceil((seconds - LIFE_S) * PUFFS_A_SECOND)),
                         seconds * PUFFS_A_SECOND)  # fmt: skip
        index = born.astype(int) % len(self._sway)
        age = (seconds - born / PUFFS_A_SECOND).astype(np.float32)
        growing = np.minimum(1.0, (born / PUFFS_A_SECOND + 2) / 15)  # a fire takes hold slowly
        strength = fire.strength * growing
        risen = RISE_M * np.cbrt(strength) * age ** (2 / 3)
        radius = 1.5 * np.sqrt(strength) + SPREAD_M * 0.35 * age ** (2 / 3)
        drift = fire.wind * self._gust[index] * age + self._sway[index] * radius
        held = strength * self._mass[index] * np.exp(-age / (0.45 * LIFE_S))
        thickness = TAU * held / (1 + radius**2 / 6)
        rows = [fire.x + fire.scale * drift, fire.y - fire.scale * risen,
                np.maximum(fire.scale * radius, 0.8), thickness]  # fmt: skip
        return np.stack(rows, axis=1).astype(np.float32)

    def _thickness(
        self, puffs: Floats, bounds: tuple[int, int, int, int], seconds: float, coarse: int
    ) -> Floats:
        """Over `bounds`; a large plume is soft, so it is reckoned in blocks of `coarse` pixels."""
        x1, y1, x2, y2 = bounds
        tau = np.zeros((-(-(y2 - y1) // coarse), -(-(x2 - x1) // coarse)), np.float32)
        for x, y, radius, thickness in puffs:
            _add(tau, (x - x1) / coarse, (y - y1) / coarse, radius / coarse, thickness)
        tau *= self._texture(tau.shape, bounds, seconds, coarse)
        if coarse > 1:
            tau = cv2.resize(tau, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
        return np.asarray(tau, np.float32)

    def _texture(
        self, shape: tuple[int, ...], bounds: tuple[int, int, int, int], seconds: float, coarse: int
    ) -> Floats:
        """Billows that rise and drift with the smoke."""
        cell = max(0.12, 1.6 / max(self._fire.scale * 12, 1.0))
        rise = self._fire.scale * RISE_M * 0.35 * seconds
        across = (
            coarse * np.arange(shape[1]) + bounds[0] - self._fire.scale * self._fire.wind * seconds
        )
        down = coarse * np.arange(shape[0]) + bounds[1] + rise
        xs = np.broadcast_to((across * cell).astype(np.float32) % GRAIN, shape)
        ys = np.broadcast_to((down * cell).astype(np.float32)[:, None] % GRAIN, shape)
        grain = cv2.remap(self._grain, np.ascontiguousarray(xs), np.ascontiguousarray(ys),
                          cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # fmt: skip
        return np.asarray(0.25 + 2.4 * grain**1.6, np.float32)

    def _lit(self, tau: Floats, light: float) -> Floats:
        """Bright where thin and above, darker within and below."""
        bright = 205 - 150 * self._fire.dark
        shade = 1 - 0.28 * (1 - np.exp(-tau / 1.5))
        below = np.linspace(1.04, 0.86, tau.shape[0], dtype=np.float32)[:, None]
        grey = bright * shade * below * (0.10 + 0.90 * light)
        tint = np.array([1.02, 1.0, 0.985], np.float32)
        return np.asarray(grey[..., None] * tint, np.float32)


def _bounds(puffs: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    reach = 2.6 * puffs[:, 2]
    x1, x2 = (puffs[:, 0] - reach).min(), (puffs[:, 0] + reach).max() + 1
    y1, y2 = (puffs[:, 1] - reach).min(), (puffs[:, 1] + reach).max() + 1
    return (
        int(np.clip(x1, 0, width)), int(np.clip(y1, 0, height)),
        int(np.clip(x2, 0, width)), int(np.clip(y2, 0, height)),
    )  # fmt: skip


def _add(tau: Floats, x: float, y: float, radius: float, thickness: float) -> None:
    """A Gaussian puff, separable: one product of two short lines."""
    height, width = tau.shape
    reach = 2.6 * radius
    x1, x2 = max(0, int(x - reach)), min(width, int(x + reach) + 1)
    y1, y2 = max(0, int(y - reach)), min(height, int(y + reach) + 1)
    if x1 >= x2 or y1 >= y2:
        return
    across = np.exp(-(((np.arange(x1, x2) - x) / radius) ** 2))
    down = thickness * np.exp(-(((np.arange(y1, y2) - y) / radius) ** 2))
    tau[y1:y2, x1:x2] += np.outer(down, across)
