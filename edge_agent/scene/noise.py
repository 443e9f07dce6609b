"""Noise that looks like nature: sums of ever finer random grids."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def fractal(
    random: np.random.Generator, height: int, width: int, cell: float, octaves: int = 5
) -> Floats:
    """height × width in about 0..1; the coarsest octave has cells of `cell` pixels."""
    total = np.zeros((height, width), np.float32)
    weight, whole = 1.0, 0.0
    for _ in range(octaves):
        rows, columns = int(height / cell) + 3, int(width / cell) + 3
        grid = random.random((rows, columns), np.float32)
        fine = cv2.resize(
            grid, (int(columns * cell), int(rows * cell)), interpolation=cv2.INTER_CUBIC
        )
        total += weight * fine[:height, :width]
        whole += weight
        weight *= 0.55
        cell = max(cell / 2, 1.0)
    return np.asarray(total / whole, np.float32)


def ridge(random: np.random.Generator, width: int, cell: float) -> Floats:
    """A ridge line: `width` heights in -1..1, sharp crests and soft valleys."""
    line = fractal(random, 4, width, cell, octaves=5)[1]
    crest = 1 - np.abs(2 * line - 1) ** 1.1
    return np.asarray(2 * (crest - crest.mean()), np.float32)
