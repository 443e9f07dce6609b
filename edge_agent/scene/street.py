"""What a street camera sees: a road, houses, traffic; and after a while something burns."""

from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.backdrop import Hills, Sensor, Sky, light_of
from edge_agent.scene.flame import Flame
from edge_agent.scene.noise import fractal
from edge_agent.scene.plume import Fire, Plume
from edge_agent.scene.setting import Setting

HORIZON, KERB = 0.42, 0.62
WALLS = ((150, 170, 185), (120, 150, 170), (165, 160, 150), (105, 125, 150), (140, 155, 140))
PAINTS = ((60, 60, 70), (150, 150, 155), (110, 80, 50), (70, 110, 80), (200, 200, 200))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passer:
    """Something that moves along the road; `lane` is the row of its wheels, 0..1."""

    lane: float
    speed: float
    offset: float
    length: float
    height: float
    paint: tuple[int, int, int]


class StreetScene:
    def __init__(self, setting: Setting) -> None:
        random = np.random.default_rng(setting.seed)
        self._setting = setting
        self._still = self._paint_still(random)
        self._passers = [_passer(random) for _ in range(5)]
        self._sensor = Sensor(setting, random)
        x, y = setting.place * setting.width, (KERB + 0.03) * setting.height
        height = 0.26 * setting.height * setting.strength
        self._flame = Flame(x, y, 0.55 * height, height, setting.seed + 2)
        scale = height / 3.0
        fire = Fire(
            x=x, y=y - 0.7 * height, scale=scale, wind=0.4 * setting.wind,
            strength=0.10 * setting.strength, dark=0.75,
        )  # fmt: skip
        self._plume = Plume(fire, setting.seed + 1)

    def render(self, seconds: float, number: int) -> Image:
        setting = self._setting
        image = self._still.copy()
        if setting.ignite_after >= 0:
            burning = seconds - setting.ignite_after
            self._plume.blend(image, burning, light_of(setting))
            self._flame.blend(image, burning)
        for passer in self._passers:
            self._drive(image, passer, seconds)
        self._sensor.over(image, number)
        return image

    def _paint_still(self, random: np.random.Generator) -> Image:
        setting = self._setting
        height, width = setting.height, setting.width
        image = np.zeros((height, width, 3), np.uint8)
        rows = int(HORIZON * height) + 2
        Sky(setting, rows, random).paint(image, 0.0)
        Hills(setting, random).over(image)
        light = light_of(setting)
        grain = fractal(random, height, width, 24, octaves=5)[..., None]
        ground = np.clip(np.array([92, 98, 102]) * (0.75 + 0.5 * grain) * light, 0, 255)
        kerb = int(KERB * height)
        image[kerb:] = ground[kerb:].astype(np.uint8)
        self._paint_houses(image, random, light)
        cv2.line(
            image,
            (0, int(0.82 * height)),
            (width, int(0.82 * height)),
            _dim((210, 215, 215), light),
            3,
        )
        softened: Image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.uint8)
        return softened

    def _paint_houses(self, image: Image, random: np.random.Generator, light: float) -> None:
        height, width = image.shape[:2]
        left, kerb = 0, int(KERB * height)
        while left < width:
            across = int(random.uniform(0.10, 0.17) * width)
            top = int(random.uniform(0.20, 0.40) * height)
            wall = _dim(WALLS[random.integers(len(WALLS))], light * random.uniform(0.8, 1.05))
            cv2.rectangle(image, (left, top), (left + across - 4, kerb), wall, -1)
            cv2.rectangle(
                image, (left, top - 10), (left + across - 4, top), _dim((60, 62, 90), light), -1
            )
            for floor in range(top + 24, kerb - 50, 62):
                for window in range(left + 16, left + across - 40, 48):
                    cv2.rectangle(
                        image,
                        (window, floor),
                        (window + 26, floor + 36),
                        _dim((70, 62, 52), light),
                        -1,
                    )
            left += across
        shade = np.linspace(1.0, 0.86, kerb, dtype=np.float32)[:, None, None]
        image[:kerb] = (image[:kerb] * shade).astype(np.uint8)

    def _drive(self, image: Image, passer: Passer, seconds: float) -> None:
        height, width = image.shape[:2]
        span = width * 1.4
        x = int((passer.offset * span + passer.speed * seconds * width) % span - 0.2 * width)
        y = int(passer.lane * height)
        long, tall = int(passer.length * width), int(passer.height * height)
        paint = _dim(passer.paint, light_of(self._setting))
        cv2.rectangle(image, (x, y - tall), (x + long, y - tall // 5), paint, -1)
        cv2.rectangle(
            image,
            (x + long // 5, y - int(1.45 * tall)),
            (x + 4 * long // 5, y - tall),
            _dim((90, 80, 70), 0.8),
            -1,
        )
        for wheel in (x + long // 5, x + 4 * long // 5):
            cv2.circle(image, (wheel, y - tall // 6), max(3, tall // 5), (22, 22, 22), -1)


def _passer(random: np.random.Generator) -> Passer:
    return Passer(
        lane=float(random.uniform(0.72, 0.96)),
        speed=float(random.choice([-1, 1]) * random.uniform(0.05, 0.16)),
        offset=float(random.random()),
        length=float(random.uniform(0.06, 0.13)),
        height=float(random.uniform(0.04, 0.06)),
        paint=PAINTS[random.integers(len(PAINTS))],
    )


def _dim(colour: tuple[int, int, int], light: float) -> tuple[int, int, int]:
    blue, green, red = (int(min(255, part * light)) for part in colour)
    return blue, green, red
