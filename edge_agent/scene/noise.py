"""Noise that looks like nature: sums of ever finer random grids."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def fractal(
    random: np.random.Generator,
    height: int,
    width: int,
    cell: float,
    octaves: int = 5,
    stretch: float = 1.0,
) -> Floats:
    """height × width in about 0..1; the coarsest octave has cells of `cell` pixels across.

    stretch: how much taller than wide the cells are.
    """
    total = np.zeros((height, width), np.float32)
    weight, whole = 1.0, 0.0
    for _ in range(octaves):
        tall = max(cell * stretch, 1.0)
        rows, columns = int(height / tall) + 3, int(width / cell) + 3
        grid = random.random((rows, columns), np.float32)
        fine = cv2.resize(
            grid, (int(columns * cell), int(rows * tall)), interpolation=cv2.INTER_CUBIC
        )
        total += weight * fine[:height, :width]
        whole += weight
        weight *= 0.55
        cell = max(cell / 2, 1.0)
    return np.asarray(total / whole, np.float32)


def ridge(random: np.random.Generator, width: int, cell: float) -> Floats:
    """A ridge line: `width` heights in -1..1, sharp crests and soft valleys."""
    line = fractal(random, 4, width, cell, octaves=6)[1]
    crest = 1 - np.abs(2 * line - 1) ** 1.1
    return np.asarray(2 * (crest - crest.mean()), np.float32)


def endless(strip: Floats) -> Floats:
    """A strip of twice the width whose end meets its beginning: it may be rolled for ever."""
    width = strip.shape[1] // 2
    share = np.linspace(0, 1, width, dtype=np.float32).reshape(1, width, *[1] * (strip.ndim - 2))
    fade = 3 * share**2 - 2 * share**3
    return np.asarray(strip[:, :width] * fade + strip[:, width:] * (1 - fade), np.float32)


def relief(height: Floats, depth: float) -> Floats:
    """How bright a surface of that height lies in a low sun from the left and above: about 1."""
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3)
    slope = depth * (0.8 * across + 0.6 * down)
    return np.asarray(1 + slope / np.sqrt(1 + slope**2), np.float32)
