"""The pictures that let an officer judge: a thumbnail for a 2G link, a picture after it."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from contracts.evidence import PICTURE_BYTES, THUMBNAIL_BYTES
from contracts.sighting import Box, Label
from edge_agent.frame import Image

CONTEXT = 2.5
"""A thumbnail shows this many times the box's side: enough hillside to know where it is."""
THUMBNAIL_PX = (320, 256, 192, 128, 96, 64)
PICTURE_PX = (1280, 960, 640, 480, 320)
QUALITIES = (85, 70, 55, 40, 28, 18)
LEAST_CROP = 0.2
"""Of the frame's long side: a crop of a few pixels tells nobody anything."""
COLOURS = {Label.SMOKE: (255, 200, 80), Label.FIRE: (60, 120, 255)}


def thumbnail(image: Image, box: Box, label: Label) -> bytes:
    """A JPEG of the box and its surroundings, outlined, at most THUMBNAIL_BYTES."""
    height, width = image.shape[:2]
    side = max(CONTEXT * max(box.w * width, box.h * height), LEAST_CROP * max(height, width))
    across, down = min(side * 4 / 3, width), min(side, height)
    left = _within((box.x + box.w / 2) * width - across / 2, width - across)
    top = _within((box.y + box.h / 2) * height - down / 2, height - down)
    crop = image[int(top) : int(top + down), int(left) : int(left + across)]
    moved = Box(
        x=_fraction((box.x * width - int(left)) / crop.shape[1]),
        y=_fraction((box.y * height - int(top)) / crop.shape[0]),
        w=_fraction(box.w * width / crop.shape[1]),
        h=_fraction(box.h * height / crop.shape[0]),
    )
    return _bounded(crop, moved, label, THUMBNAIL_PX, THUMBNAIL_BYTES)


def picture(image: Image, box: Box, label: Label) -> bytes:
    """A JPEG of the whole frame with the box outlined, at most PICTURE_BYTES."""
    return _bounded(image, box, label, PICTURE_PX, PICTURE_BYTES)


def _bounded(image: Image, box: Box, label: Label, sides: Sequence[int], limit: int) -> bytes:
    """The best that fits: quality goes first, then size.  Noise at 64 px still fits 8 kB."""
    smallest = b""
    for jpeg in _attempts(image, box, label, sides):
        smallest = jpeg
        if len(jpeg) <= limit:
            return jpeg
    raise ValueError(f"no JPEG within {limit} bytes; the smallest had {len(smallest)}")


def _attempts(image: Image, box: Box, label: Label, sides: Sequence[int]) -> Iterator[bytes]:
    for side in sides:
        fitted = _outlined(_shrunk(image, side), box, label)
        for quality in QUALITIES:
            done, jpeg = cv2.imencode(".jpg", fitted, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if not done:
                raise ValueError(f"a frame of shape {image.shape} cannot be made a JPEG")
            yield jpeg.tobytes()


def _shrunk(image: Image, side: int) -> Image:
    longest = max(image.shape[:2])
    if longest <= side:
        return image.copy()
    size = [max(1, round(length * side / longest)) for length in image.shape[1::-1]]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _outlined(image: Image, box: Box, label: Label) -> Image:
    height, width = image.shape[:2]
    thick = max(1, round(max(height, width) / 400))
    corner = (round(box.x * width) - thick, round(box.y * height) - thick)
    other = (round((box.x + box.w) * width) + thick, round((box.y + box.h) * height) + thick)
    cv2.rectangle(image, corner, other, COLOURS[label], thick)
    return image


def _within(value: float, most: float) -> float:
    return min(max(value, 0.0), max(most, 0.0))


def _fraction(value: float) -> float:
    return min(max(value, 0.0), 1.0)
