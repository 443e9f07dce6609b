"""Training samples: a picture cropped and scaled to a square, its truth with it, and its light.

Everything stays truthful: fire keeps its hue, boxes that a crop leaves hardly visible become
unknown instead of background, and what was unknown stays unknown.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.dataset import Floats, Image, Truth

GREY = 114
LEAST_SHARE = 0.35
LEAST_PIXELS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A square picture (blue-green-red) and its truth in pixels; columns as in `Truth`."""

    image: Image
    boxes: Floats
    classes: NDArray[np.int64]
    unknown: Floats
    unknown_classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """Range of scales, relative to the whole picture letterboxed at 640 pixels."""

    least: float
    most: float


def warp(
    image: Image,
    truth: Truth,
    size: int,
    zoom: Zoom,
    random: np.random.Generator,
) -> Sample:
    """A random window of size × size; two times in three it holds a box, if there is one."""
    height, width = image.shape[:2]
    scale = float(np.exp(random.uniform(np.log(zoom.least), np.log(zoom.most))))
    scale *= 640 / max(height, width)
    aspect = float(np.exp(random.normal(0, 0.08)))
    sx, sy = scale * aspect, scale / aspect
    mirrored = random.random() < 0.5
    left = _offset(width * sx, size, _anchor(truth.boxes[:, [0, 2]], width * sx, random), random)
    top = _offset(height * sy, size, _anchor(truth.boxes[:, [1, 3]], height * sy, random), random)
    matrix = np.array([[sx, 0, -left], [0, sy, -top]], np.float32)
    how = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR
    if scale < 0.6:  # an affine warp does not average: shrink first, or small things glitter
        image = np.asarray(cv2.resize(image, None, fx=sx, fy=sy, interpolation=how), np.uint8)
        matrix = np.array([[1, 0, -left], [0, 1, -top]], np.float32)
    moved = cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(GREY, GREY, GREY)
    )
    factor = np.array([width * sx, height * sy] * 2, np.float32)
    shift = np.array([left, top] * 2, np.float32)
    boxes, unknown = truth.boxes * factor - shift, truth.unknown * factor - shift
    if mirrored:
        moved = moved[:, ::-1]
        boxes, unknown = _mirror(boxes, size), _mirror(unknown, size)
    return _clip(
        np.ascontiguousarray(moved, np.uint8),
        boxes,
        truth.classes,
        unknown,
        truth.unknown_classes,
    )


def mosaic(parts: list[Sample], random: np.random.Generator) -> Sample:
    """Four samples of one size, a quarter of each, around a random cross."""
    size = parts[0].image.shape[0]
    cx, cy = (int(random.uniform(0.35, 0.65) * size) for _ in range(2))
    canvas = np.empty((size, size, 3), np.uint8)
    corners = ((0, 0, cx, cy), (cx, 0, size, cy), (0, cy, cx, size), (cx, cy, size, size))
    cut: list[Sample] = []
    for part, (x1, y1, x2, y2) in zip(parts, corners, strict=True):
        ox, oy = (
            int(random.integers(0, size - (x2 - x1) + 1)),
            int(random.integers(0, size - (y2 - y1) + 1)),
        )
        canvas[y1:y2, x1:x2] = part.image[oy : oy + y2 - y1, ox : ox + x2 - x1]
        shift = np.array([x1 - ox, y1 - oy] * 2, np.float32)
        window = np.array([x1, y1, x2, y2], np.float32)
        cut.append(
            _clip(
                canvas,
                part.boxes + shift,
                part.classes,
                part.unknown + shift,
                part.unknown_classes,
                window,
            )
        )
    return Sample(
        image=canvas,
        boxes=np.concatenate([one.boxes for one in cut]),
        classes=np.concatenate([one.classes for one in cut]),
        unknown=np.concatenate([one.unknown for one in cut]),
        unknown_classes=np.concatenate([one.unknown_classes for one in cut]),
    )


def relight(image: Image, random: np.random.Generator) -> Image:
    """Exposure, contrast, colour, haze, blur, noise, JPEG: what lenses, weather and links do."""
    out = image.astype(np.float32)
    if random.random() < 0.8:
        out = (out - 128) * random.uniform(0.7, 1.3) + 128 + random.normal(0, 18)
        out *= random.normal(1.0, 0.05, 3).astype(np.float32)
    if random.random() < 0.4:
        grey = out.mean(2, keepdims=True)
        out = grey + (out - grey) * random.uniform(0.35, 1.4)
    if random.random() < 0.12:
        veil = random.uniform(0.1, 0.45)
        fade = np.linspace(random.uniform(0.3, 1), random.uniform(0.3, 1), out.shape[0])
        amount = (veil * fade).astype(np.float32)[:, None, None]
        out = out * (1 - amount) + random.uniform(150, 225) * amount
    if random.random() < 0.25:
        noise = random.standard_normal((out.shape[0] // 2, out.shape[1] // 2, 3), np.float32)
        out += cv2.resize(noise, out.shape[1::-1]) * random.uniform(2, 9)
    clean = np.clip(out, 0, 255).astype(np.uint8)
    if random.random() < 0.2:
        clean = np.asarray(cv2.GaussianBlur(clean, (0, 0), random.uniform(0.4, 1.4)), np.uint8)
    if random.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(30, 85))]
        _, packed = cv2.imencode(".jpg", clean, quality)
        clean = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return clean


def _anchor(edges: Floats, length: float, random: np.random.Generator) -> float | None:
    if not edges.shape[0] or random.random() < 0.2:
        return None
    return float(edges[random.integers(edges.shape[0])].mean() * length)


def _offset(length: float, size: int, anchor: float | None, random: np.random.Generator) -> float:
    """Where the window starts along one axis; around `anchor` when given."""
    if length <= size:
        return -random.uniform(0, size - length)
    if anchor is None:
        return random.uniform(0, length - size)
    start = anchor - random.uniform(0.1, 0.9) * size
    return float(np.clip(start, 0, length - size))


def _mirror(boxes: Floats, size: int) -> Floats:
    out = boxes.copy()
    out[:, 0], out[:, 2] = size - boxes[:, 2], size - boxes[:, 0]
    return out


def _clip(
    image: Image,
    boxes: Floats,
    classes: NDArray[np.int64],
    unknown: Floats,
    unknown_classes: NDArray[np.int64],
    window: Floats | None = None,
) -> Sample:
    """Boxes cut at the window; those left with less than a third, or a few pixels, are unknown."""
    if window is None:
        window = np.array([0, 0, image.shape[1], image.shape[0]], np.float32)
    low, high = np.tile(window[:2], 2), np.tile(window[2:], 2)
    cut, dim = np.clip(boxes, low, high), np.clip(unknown, low, high)
    sides, whole = cut[:, 2:] - cut[:, :2], boxes[:, 2:] - boxes[:, :2]
    share = sides.prod(1) / np.maximum(whole.prod(1), 1e-6)
    seen = (share >= LEAST_SHARE) & (sides.min(1, initial=1e9) >= LEAST_PIXELS)
    hidden = ~seen & (sides.min(1, initial=1e9) > 0)
    left = (dim[:, 2:] - dim[:, :2]).min(1, initial=1e9) > 0
    return Sample(
        image=image,
        boxes=cut[seen],
        classes=classes[seen],
        unknown=np.concatenate([dim[left], cut[hidden]]),
        unknown_classes=np.concatenate([unknown_classes[left], classes[hidden]]),
    )
