"""What moves along a street: cars, motorbikes, people on foot."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.perspective import Colour, Point, View, dimmed

NEAREST_M, FARTHEST_M = 7.5, 110.0
PAINTS: tuple[Colour, ...] = (
    (60, 60, 66), (190, 190, 192), (120, 80, 50), (60, 60, 150), (215, 218, 220), (80, 110, 60),
)  # fmt: skip
CLOTHES: tuple[Colour, ...] = ((150, 110, 60), (70, 70, 160), (90, 130, 90), (60, 60, 60))
Kind = Literal["car", "bike", "walker"]
USUAL: dict[Kind, int] = {"car": 3, "bike": 5, "walker": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passer:
    """across: metres from the middle of the road.  speed: m/s away from the camera."""

    kind: Kind
    across: float
    speed: float
    offset: float
    paint: Colour

    def ahead(self, seconds: float) -> float:
        """Metres before the camera; it comes back at the other end."""
        span = FARTHEST_M - NEAREST_M
        return NEAREST_M + (self.offset * span + self.speed * seconds) % span


def some(random: np.random.Generator) -> list[Passer]:
    """A usual afternoon."""
    return [_passer(kind, random) for kind, count in USUAL.items() for _ in range(count)]


def _passer(kind: Kind, random: np.random.Generator) -> Passer:
    way = 1.0 if random.random() < 0.5 else -1.0  # traffic keeps to the right
    lane, speed, paints = {
        "car": (random.uniform(1.9, 2.4), random.uniform(6, 9), PAINTS),
        "bike": (random.uniform(3.6, 4.6), random.uniform(6, 10), CLOTHES),
        "walker": (random.uniform(6.0, 7.2), random.uniform(0.9, 1.4), CLOTHES),
    }[kind]
    return Passer(
        kind=kind, across=way * float(lane), speed=way * float(speed),
        offset=float(random.random()), paint=paints[random.integers(len(paints))],
    )  # fmt: skip


def paint(image: Image, view: View, passer: Passer, seconds: float, light: float) -> None:
    ahead = passer.ahead(seconds)
    if passer.kind == "car":
        _paint_car(image, view, passer, ahead, light)
    else:
        _paint_rider(image, view, passer, ahead, light)


def _paint_car(image: Image, view: View, passer: Passer, ahead: float, light: float) -> None:
    x = passer.across
    _shadow(image, view, (x - 0.95, x + 0.95), (ahead - 0.1, ahead + 4.2), light)
    for wheel in (ahead + 0.5, ahead + 3.3):
        for side in (-0.85, 0.7):
            _box(
                image, view, (x + side, 0.0, wheel), (0.15, 0.55, 0.6), dimmed((26, 26, 26), light)
            )
    _box(image, view, (x - 0.85, 0.3, ahead), (1.7, 0.6, 4.1), dimmed(passer.paint, light))
    _box(image, view, (x - 0.72, 0.9, ahead + 0.7), (1.44, 0.55, 2.2), dimmed((92, 82, 74), light))
    lamp = (70, 70, 200) if passer.speed > 0 else (200, 225, 235)
    for side in (-0.8, 0.5):
        view.fill(image, _face((x + side, 0.55, ahead), 0.3, 0.18), dimmed(lamp, max(light, 0.6)))


def _paint_rider(image: Image, view: View, passer: Passer, ahead: float, light: float) -> None:
    """A person, on a motorbike or on foot."""
    x, bike = passer.across, passer.kind == "bike"
    _shadow(image, view, (x - 0.3, x + 0.3), (ahead, ahead + (1.6 if bike else 0.5)), light)
    if bike:
        _box(image, view, (x - 0.07, 0.0, ahead), (0.14, 0.6, 1.7), dimmed((30, 30, 32), light))
        _box(
            image, view, (x - 0.25, 0.4, ahead + 0.4), (0.5, 0.4, 0.9), dimmed((60, 60, 95), light)
        )
    low = 0.75 if bike else 0.8
    if not bike:
        _box(
            image,
            view,
            (x - 0.16, 0.0, ahead + 0.1),
            (0.32, 0.85, 0.2),
            dimmed((60, 55, 50), light),
        )
    _ellipse(image, view, (x, low + 0.32, ahead + 0.3), (0.25, 0.36), dimmed(passer.paint, light))
    head = (70, 90, 170) if bike else (40, 45, 50)
    _ellipse(image, view, (x, low + 0.82, ahead + 0.3), (0.13, 0.16), dimmed(head, light))


def _ellipse(
    image: Image, view: View, middle: Point, radii: tuple[float, float], colour: Colour
) -> None:
    x, y = view.pixel(middle)
    scale = view.scale(middle[2]) * 16
    centre = (round(x * 16), round(y * 16))
    axes = (max(16, round(radii[0] * scale)), max(16, round(radii[1] * scale)))
    cv2.ellipse(image, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)


def _face(corner: Point, wide: float, tall: float) -> list[Point]:
    x, y, z = corner
    return [(x, y, z), (x + wide, y, z), (x + wide, y + tall, z), (x, y + tall, z)]


def _box(
    image: Image, view: View, corner: Point, size: tuple[float, float, float], colour: Colour
) -> None:
    """The faces that the camera sees: one side, the top, the front."""
    x, y, z = corner
    wide, tall, deep = size
    beside = x if x > 0 else x + wide
    view.fill(image, [(beside, y, z), (beside, y, z + deep), (beside, y + tall, z + deep),
                      (beside, y + tall, z)], dimmed(colour, 0.78))  # fmt: skip
    top = y + tall
    view.fill(image, [(x, top, z), (x + wide, top, z), (x + wide, top, z + deep),
                      (x, top, z + deep)], dimmed(colour, 1.12))  # fmt: skip
    view.fill(image, _face(corner, wide, tall), dimmed(colour, 0.92))


def _shadow(
    image: Image,
    view: View,
    across: tuple[float, float],
    ahead: tuple[float, float],
    light: float,
) -> None:
    corners = [(across[0], 0.0, ahead[0]), (across[1], 0.0, ahead[0]),
               (across[1], 0.0, ahead[1]), (across[0], 0.0, ahead[1])]  # fmt: skip
    view.fill(image, corners, dimmed((40, 40, 42), light))
