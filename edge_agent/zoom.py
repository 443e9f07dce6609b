"""Far smoke in a sharp picture: besides the whole, the network sees windows at native scale.

A frame of 1280 × 720 is halved before the network sees it, and a plume of eight pixels with it.
Windows overlap by more than such a plume is wide, so that one of them holds it whole; what is
larger the look at the whole picture finds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from contracts.sighting import Box, Label
from edge_agent.detector import Detection, Detector, suppress
from edge_agent.frame import Image

OVERLAP = 96
"""Pixels; wider smoke still spans 48 pixels in the halved whole, where it is easily seen."""
EDGE = 2.0
"""A box that comes so near to an inner edge of its window, in pixels, was cut by it."""
SHARPER = 1.25
"""Windows are worth their time from this many times the network's size on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of a picture, in pixels from the top left."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, image_bgr: Image) -> Image:
        return image_bgr[self.y : self.y + self.height, self.x : self.x + self.width]


class ZoomingDetector:
    """A detector that looks at the whole and then closely; `inference_s` as a detector's."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.inference_s = 0.0

    def detect(self, image_bgr: Image, floor: float) -> list[Detection]:
        """As `Detector.detect`, of the whole picture and of its windows together."""
        found = self._detector.detect(image_bgr, floor)
        self.inference_s = self._detector.inference_s
        height, width = image_bgr.shape[:2]
        for window in windows(width, height, self._detector.size):
            close = self._detector.detect(window.cut(image_bgr), floor)
            self.inference_s += self._detector.inference_s
            found += _placed(close, window, width, height)
        return _apart(found)


def windows(width: int, height: int, side: int) -> list[Window]:
    """Evenly spread over the picture; none where the whole is hardly reduced."""
    if max(width, height) < SHARPER * side:
        return []
    return [
        Window(x=x, y=y, width=min(side, width), height=min(side, height))
        for y in _starts(height, side)
        for x in _starts(width, side)
    ]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    steps = -(-(length - side) // (side - OVERLAP))
    return [round(number * (length - side) / steps) for number in range(steps + 1)]


def _placed(found: list[Detection], window: Window, width: int, height: int) -> Iterator[Detection]:
    """Boxes of a window as boxes of the picture, without those that an inner edge cut."""
    for one in found:
        x1, x2 = (edge * window.width + window.x for edge in (one.box.x, one.box.x + one.box.w))
        y1, y2 = (edge * window.height + window.y for edge in (one.box.y, one.box.y + one.box.h))
        if _cut(x1, x2, window.x, window.width, width):
            continue
        if _cut(y1, y2, window.y, window.height, height):
            continue
        box = Box(x=x1 / width, y=y1 / height, w=(x2 - x1) / width, h=(y2 - y1) / height)
        yield Detection(label=one.label, score=one.score, box=box)


def _cut(low: float, high: float, start: int, length: int, whole: int) -> bool:
    before = start > 0 and low < start + EDGE
    behind = start + length < whole and high > start + length - EDGE
    return before or behind


def _apart(found: list[Detection]) -> list[Detection]:
    """Best first, no two of one class nearly the same box."""
    kept: list[Detection] = []
    for label in Label:
        mine = [one for one in found if one.label is label]
        corners = [
            (one.box.x, one.box.y, one.box.x + one.box.w, one.box.y + one.box.h) for one in mine
        ]
        scores = np.array([one.score for one in mine], np.float32)
        rows = suppress(np.array(corners, np.float32).reshape(-1, 4), scores, 0.0)
        kept += [mine[row] for row in rows]
    return sorted(kept, key=lambda one: -one.score)
