"""What does not burn: sky, clouds, hills one behind the other, mist, and the sensor's noise."""

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.noise import Floats, fractal, ridge
from edge_agent.scene.setting import Setting

NOISE_FRAMES = 7
LAYERS = 6
CLOUD_PX_S = 1.5
DAY_SKY = np.array([[214, 176, 128], [232, 222, 208]], np.float32)
DUSK_SKY = np.array([[120, 90, 90], [110, 150, 225]], np.float32)
NIGHT_SKY = np.array([[22, 14, 10], [38, 28, 22]], np.float32)
FOREST_NEAR = np.array([34, 56, 44], np.float32)
MEADOW = np.array([46, 76, 70], np.float32)


def sky_colours(daylight: float) -> Floats:
    """Two rows, zenith and horizon, blue-green-red."""
    if daylight >= 0.5:
        share = (daylight - 0.5) * 2
        return np.asarray(DUSK_SKY * (1 - share) + DAY_SKY * share, np.float32)
    share = daylight * 2
    return np.asarray(NIGHT_SKY * (1 - share) + DUSK_SKY * share, np.float32)


def light_of(setting: Setting) -> float:
    return 0.08 + 0.92 * setting.daylight


class Sky:
    """A gradient with clouds that drift."""

    def __init__(self, setting: Setting, rows: int, random: np.random.Generator) -> None:
        zenith, horizon = sky_colours(setting.daylight)
        share = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None] ** 0.8
        self._plain = zenith * (1 - share) + horizon * share
        tall = fractal(random, 4 * rows, 2 * setting.width, 420, octaves=7)
        cover = cv2.resize(tall, (2 * setting.width, rows), interpolation=cv2.INTER_AREA)
        self._cover = np.clip((cover - 0.50) * 3.0, 0, 0.8).astype(np.float32)
        self._cloud = 60 + 190 * light_of(setting)
        self._width = setting.width

    def paint(self, image: Image, seconds: float) -> None:
        rows = self._plain.shape[0]
        shift = int(seconds * CLOUD_PX_S) % self._width
        cover = self._cover[:, shift : shift + self._width, None]
        image[:rows] = (self._plain * (1 - cover) + self._cloud * cover).astype(np.uint8)


class Hills:
    """Ridges of a forest, paler the farther; painted once.  `top` is the highest row of land."""

    def __init__(self, setting: Setting, random: np.random.Generator) -> None:
        height, width = setting.height, setting.width
        self._image = np.zeros((height, width, 3), np.float32)
        self._land = np.zeros((height, width), np.float32)
        self.ridges: list[Floats] = []
        haze = sky_colours(setting.daylight)[1] * np.array([1.0, 0.97, 0.92], np.float32)
        for layer in range(LAYERS):
            near = (layer + 1) / LAYERS
            base = height * (0.30 + 0.52 * near**1.15)
            line = base - height * (0.05 + 0.06 * near) * ridge(random, width, 620 - 260 * near)
            self.ridges.append(line)
            self._paint_layer(setting, line, near, haze, random)
        self.top = int(max(0, min(line.min() for line in self.ridges)))
        self._alpha = cv2.GaussianBlur(self._land, (0, 0), 0.7)[..., None]

    def over(self, image: Image) -> None:
        """Onto a painted sky."""
        rows = slice(self.top, image.shape[0])
        alpha = self._alpha[rows]
        image[rows] = (image[rows] * (1 - alpha) + self._image[rows] * alpha).astype(np.uint8)

    def _paint_layer(
        self,
        setting: Setting,
        line: Floats,
        near: float,
        haze: Floats,
        random: np.random.Generator,
    ) -> None:
        height, width = self._land.shape
        rows = np.arange(height, dtype=np.float32)[:, None]
        mask = rows >= line[None]
        canopy = fractal(random, height, width, 3 + 9 * near, octaves=3)
        patches = fractal(random, height, width, 160, octaves=3)
        slope = np.gradient(cv2.GaussianBlur(line[None], (0, 0), 9)[0])
        relief = 0.75 + 0.8 * (canopy - 0.5) * (0.4 + near) - 0.22 * np.tanh(slope)[None]
        share = np.clip((patches - 0.55) * 4, 0, 0.8)[..., None]
        green = FOREST_NEAR * (1 - share) + MEADOW * share
        lit = green * relief[..., None] * 1.5 * light_of(setting)
        air = (1 - near) ** 1.1 * 0.85
        foot = np.clip((rows - line[None]) / (0.16 * height), 0, 1)[..., None]
        air_here = np.clip(air + 0.25 * (1 - near) * foot, 0, 0.95)
        colour = lit * (1 - air_here) + haze * air_here
        self._image[mask] = colour[mask]
        self._land[mask] = 1.0


class Mist:
    """Thin fog in the valleys that creeps."""

    def __init__(self, setting: Setting, random: np.random.Generator) -> None:
        self._rows = slice(int(setting.height * 0.42), int(setting.height * 0.62))
        rows = self._rows.stop - self._rows.start
        cover = fractal(random, rows, 2 * setting.width, 300, octaves=4)
        hump = np.sin(np.linspace(0, np.pi, rows, dtype=np.float32))[:, None]
        self._cover = (np.clip(cover - 0.45, 0, 1) * 0.55 * hump).astype(np.float32)
        self._colour = sky_colours(setting.daylight)[1]
        self._width = setting.width

    def over(self, image: Image, seconds: float) -> None:
        shift = int(seconds * 0.4) % self._width
        cover = self._cover[:, shift : shift + self._width, None]
        part = image[self._rows]
        part[:] = (part * (1 - cover) + self._colour * cover).astype(np.uint8)


class Sensor:
    """Read-out noise: a bank of frames, so that no two successive pictures are the same."""

    def __init__(self, setting: Setting, random: np.random.Generator) -> None:
        sigma = 1.6 + 4.0 * (1 - setting.daylight)
        size = (setting.height, setting.width, 3)
        self._bank = [
            np.clip(random.normal(16, sigma, size), 0, 32).astype(np.uint8)
            for _ in range(NOISE_FRAMES)
        ]
        self._level = np.full(size, 16, np.uint8)

    def over(self, image: Image, number: int) -> None:
        flip = (None, 0, 1, -1)[number // NOISE_FRAMES % 4]
        noise = self._bank[number % NOISE_FRAMES]
        noise = noise if flip is None else cv2.flip(noise, flip)
        cv2.add(image, noise, dst=image)
        cv2.subtract(image, self._level, dst=image)
