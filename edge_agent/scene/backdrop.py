"""What drifts and flickers of itself: clouds, mist, and the sensor's noise."""

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.light import daylight_on, sky_colours
from edge_agent.scene.noise import endless, fractal
from edge_agent.scene.setting import Setting

NOISE_FRAMES = 7
CLOUD_PX_S = 1.5
MIST_PX_S = 0.4


class Sky:
    """A gradient with clouds that drift; painted once, twice as wide as the picture."""

    def __init__(self, setting: Setting, rows: int, random: np.random.Generator) -> None:
        zenith, horizon = sky_colours(setting.daylight)
        share = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None] ** 0.8
        plain = zenith * (1 - share) + horizon * share
        width = setting.width
        tall = fractal(random, 2 * rows, 2 * width, 0.17 * width, octaves=7)
        drawn = cv2.resize(tall, (4 * width, rows), interpolation=cv2.INTER_LINEAR)
        cover = np.clip((endless(drawn) - 0.50) * 3.0, 0, 0.8)[..., None]
        cloud = 60 + 190 * daylight_on(setting)
        strip = (plain + (cloud - plain) * cover).astype(np.uint8)
        self._strip = np.concatenate([strip, strip[:, :width]], axis=1)
        self._span, self._width = 2 * width, width

    def paint(self, image: Image, seconds: float) -> None:
        shift = int(seconds * CLOUD_PX_S) % self._span
        image[: self._strip.shape[0]] = self._strip[:, shift : shift + self._width]


class Mist:
    """Thin fog in the valleys that creeps."""

    def __init__(self, setting: Setting, random: np.random.Generator) -> None:
        self._rows = slice(int(setting.height * 0.42), int(setting.height * 0.62))
        rows, width = self._rows.stop - self._rows.start, setting.width
        cover = endless(fractal(random, rows, 4 * width, 0.25 * width, octaves=5, stretch=0.35))
        hump = np.sin(np.linspace(0, np.pi, rows, dtype=np.float32))[:, None]
        thin = (np.clip(cover - 0.47, 0, 1) * 0.9 * hump).astype(np.float32)
        self._cover = np.concatenate([thin, thin[:, :width]], axis=1)
        self._fog = np.empty((rows, width, 3), np.uint8)
        self._fog[:] = sky_colours(setting.daylight)[1]
        self._span, self._width = 2 * width, width

    def over(self, image: Image, seconds: float) -> None:
        shift = int(seconds * MIST_PX_S) % self._span
        cover = np.ascontiguousarray(self._cover[:, shift : shift + self._width])
        part = np.ascontiguousarray(image[self._rows])
        image[self._rows] = cv2.blendLinear(part, self._fog, 1 - cover, cover)


class Sensor:
    """Read-out noise: a bank of frames, so that no two successive pictures are the same."""

    def __init__(self, setting: Setting, random: np.random.Generator) -> None:
        sigma = 2.2 + 4.0 * (1 - setting.daylight)
        size = (setting.height, setting.width, 3)
        self._bank = [_grain(random, size, sigma) for _ in range(NOISE_FRAMES)]
        self._level = np.full(size, 16, np.uint8)

    def over(self, image: Image, number: int) -> None:
        flip = (None, 0, 1, -1)[number // NOISE_FRAMES % 4]
        noise = self._bank[number % NOISE_FRAMES]
        noise = noise if flip is None else cv2.flip(noise, flip)
        cv2.add(image, noise, dst=image)
        cv2.subtract(image, self._level, dst=image)


def _grain(random: np.random.Generator, size: tuple[int, int, int], sigma: float) -> Image:
    """About 16; a little blurred, as a camera's own denoising leaves it."""
    rough = random.standard_normal(size, np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 0.6)
    return np.asarray(np.clip(16 + sigma * soft / soft.std(), 0, 32), np.uint8)
