"""A pinhole camera above a street, and polygons seen through it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.frame import Image

Point = tuple[float, float, float]
"""Metres: right of the camera, above the ground, ahead."""
Colour = tuple[float, float, float]
SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """width, height, focal, horizon: pixels.  eye: metres of the camera above the ground."""

    width: int
    height: int
    focal: float
    horizon: float
    eye: float

    def pixel(self, point: Point) -> tuple[float, float]:
        across, up, ahead = point
        return (
            self.width / 2 + self.focal * across / ahead,
            self.horizon + self.focal * (self.eye - up) / ahead,
        )

    def scale(self, ahead: float) -> float:
        """Pixels a metre."""
        return self.focal / ahead

    def across(self, share: float, ahead: float) -> float:
        """Metres right of the axis for a share of the picture's width."""
        return (share - 0.5) * self.width * ahead / self.focal

    def fill(self, image: Image, points: Sequence[Point], colour: Colour) -> None:
        """A convex polygon, with soft edges that move by less than a pixel."""
        corners = np.array([self.pixel(point) for point in points])
        fixed = np.round(corners * (1 << SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillConvexPoly(image, fixed, colour, cv2.LINE_AA, SUBPIXEL_BITS)

    def ground(self) -> tuple[int, np.ndarray, np.ndarray]:
        """First row of the ground; and for each pixel from there, metres across and ahead."""
        first = int(self.horizon) + 2
        rows = np.arange(first, self.height, dtype=np.float32)[:, None]
        ahead = self.focal * self.eye / (rows - self.horizon)
        columns = np.arange(self.width, dtype=np.float32)[None] - self.width / 2
        across = columns * ahead / self.focal
        return first, across, np.broadcast_to(ahead, across.shape)


def dimmed(colour: Colour, light: float) -> Colour:
    blue, green, red = (min(255.0, part * light) for part in colour)
    return blue, green, red
