"""Ridges of a forest, one behind the other, paler the farther."""

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.light import daylight_on, sky_colours
from edge_agent.scene.noise import Floats, fractal, relief, ridge
from edge_agent.scene.setting import Setting

LAYERS = 7
FOREST = np.array([34, 60, 44], np.float32)
DRY = np.array([46, 80, 72], np.float32)
CLEARING = np.array([56, 100, 100], np.float32)
SHADOW = np.array([38, 40, 30], np.float32)


class Hills:
    """Painted once.  `ridges`: each layer's skyline, a row for each column, far to near."""

    def __init__(self, setting: Setting, random: np.random.Generator) -> None:
        height, width = setting.height, setting.width
        painted = np.zeros((height, width, 3), np.float32)
        land = np.zeros((height, width), np.float32)
        self.ridges: list[Floats] = []
        for layer in range(LAYERS):
            line = _skyline(height, width, layer, random)
            self.ridges.append(line)
            near = (layer + 1) / LAYERS
            rows = np.arange(height, dtype=np.float32)[:, None]
            cover = np.clip(rows - line[None] + 0.5, 0, 1)
            colour = _layer(setting, line, near, random)
            colour -= painted
            colour *= cover[..., None] if layer else 1.0
            painted += colour
            land = np.maximum(land, cover)
        self._top = int(max(0, min(line.min() for line in self.ridges) - 2))
        solid = int(max(self.ridges[0].max() + 2, self._top + 1))
        self._solid = min(solid, height)
        self._flat = cv2.GaussianBlur(np.clip(painted, 0, 255), (0, 0), 0.6).astype(np.uint8)
        self._alpha = np.ascontiguousarray(land[self._top : self._solid])

    def over(self, image: Image) -> None:
        """Onto a painted sky."""
        edge = slice(self._top, self._solid)
        image[edge] = cv2.blendLinear(
            np.ascontiguousarray(image[edge]), self._flat[edge], 1 - self._alpha, self._alpha
        )
        image[self._solid :] = self._flat[self._solid :]


def _skyline(height: int, width: int, layer: int, random: np.random.Generator) -> Floats:
    near = (layer + 1) / LAYERS
    base = height * (0.30 + 0.56 * near**1.25)
    line = base - height * (0.055 + 0.055 * near) * ridge(
        random, width, width * (0.5 - 0.22 * near)
    )
    trees = fractal(random, 4, width, 2 + 10 * near**2, octaves=3)[1] - 0.5
    return np.asarray(line - height * 0.022 * near**1.6 * trees, np.float32)


def _layer(setting: Setting, line: Floats, near: float, random: np.random.Generator) -> Floats:
    """The whole picture as if this layer filled it."""
    height, width = setting.height, setting.width
    size = height / 720
    crowns = fractal(random, height, width, (1.5 + 6 * near**2) * size, octaves=2, stretch=0.8)
    spurs = fractal(random, height, width, (80 + 170 * near) * size, octaves=3, stretch=1.3)
    patches = fractal(random, height, width, 190 * size, octaves=5, stretch=0.4)
    leaves = 0.45 + 0.4 * relief(crowns, 0.6) + 0.35 * crowns
    wooded = leaves * (0.45 + 0.55 * relief(spurs, 12 + 22 * near))
    dry = np.clip((patches - 0.50) * 5, 0, 1)[..., None]
    bare = np.clip((patches - 0.64) * 14, 0, 1)[..., None]
    green = FOREST + (DRY - FOREST) * dry
    green += (CLEARING - green) * (0.7 * bare)
    green *= wooded[..., None] * 0.82 - 0.1
    green += SHADOW * 0.55
    green *= daylight_on(setting)
    return _through_air(setting, green, line, near)


def _through_air(setting: Setting, lit: Floats, line: Floats, near: float) -> Floats:
    """The farther, the more sky stands before it; most of it in the valleys."""
    haze = sky_colours(setting.daylight)[1] * np.array([0.98, 0.91, 0.84], np.float32)
    rows = np.arange(setting.height, dtype=np.float32)[:, None]
    foot = np.clip((rows - line[None]) / (0.15 * setting.height), 0, 1)[..., None]
    air = np.clip(0.90 * (1 - near) ** 0.9 + 0.30 * (1 - near) * foot**1.5, 0, 0.95)
    lit += (haze - lit) * air
    return lit
