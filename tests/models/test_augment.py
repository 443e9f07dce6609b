from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from models.augment import Sample, Zoom, mosaic, relight, warp
from models.dataset import FIRE, SMOKE, Truth

MakeTruth = Callable[..., Truth]
SIZE = 160
ZOOM = Zoom(least=0.3, most=1.6)


def marked() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A dark picture with one bright rectangle, x 200..360 and y 120..280 of 640 × 480."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[120:280, 200:360] = 255
    return image


BRIGHT = (200 / 640, 120 / 480, 360 / 640, 280 / 480)


@pytest.mark.parametrize("seed", range(40))
def test_a_box_stays_on_what_it_boxed(truth: MakeTruth, seed: int) -> None:
    sample = warp(marked(), truth([BRIGHT]), SIZE, ZOOM, np.random.default_rng(seed))
    rows, columns = np.nonzero(sample.image[:, :, 0] > 180)
    if not len(sample.boxes):
        return
    seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert sample.boxes[0].tolist() == pytest.approx(seen, abs=2.5)


@pytest.mark.parametrize("seed", range(40))
def test_a_box_that_the_crop_hides_becomes_unknown_not_background(
    truth: MakeTruth, seed: int
) -> None:
    zoom = Zoom(least=1.5, most=1.6)
    sample = warp(marked(), truth([BRIGHT]), SIZE, zoom, np.random.default_rng(seed))
    bright = (sample.image[:, :, 0] > 180).sum()
    told = len(sample.boxes) + len(sample.unknown)
    assert bright < 60 or told == 1


def test_what_was_unknown_stays_unknown(truth: MakeTruth) -> None:
    partly = truth([BRIGHT], [FIRE], unknown=[(0, 0, 1, 1)], unknown_classes=[SMOKE])
    sample = warp(marked(), partly, SIZE, Zoom(least=1, most=1.01), np.random.default_rng(1))
    assert SMOKE in sample.unknown_classes.tolist()
    row = sample.unknown[sample.unknown_classes.tolist().index(SMOKE)]
    assert row.tolist() == pytest.approx([0, 0, SIZE, SIZE])


def test_a_mosaic_keeps_each_quarters_own_ignorance(truth: MakeTruth) -> None:
    random = np.random.default_rng(5)
    known = warp(marked(), truth(), SIZE, ZOOM, random)
    partly = warp(marked(), truth(unknown=[(0, 0, 1, 1)]), SIZE, Zoom(least=1, most=1.1), random)
    whole = mosaic([known, partly, known, known], random)
    assert whole.image.shape == (SIZE, SIZE, 3)
    assert len(whole.unknown) == 1
    assert whole.unknown[0, 0] > 0
    assert whole.unknown[0, 1] == 0


def test_a_mosaic_cuts_boxes_at_the_quarters_edge() -> None:
    full = Sample(
        image=np.zeros((SIZE, SIZE, 3), np.uint8),
        boxes=np.array([[0, 0, SIZE, SIZE]], np.float32),
        classes=np.array([FIRE]),
        unknown=np.zeros((0, 4), np.float32),
        unknown_classes=np.zeros(0, np.int64),
    )
    empty = replace(full, boxes=full.boxes[:0], classes=full.classes[:0])
    whole = mosaic([full, empty, empty, empty], np.random.default_rng(2))
    told = np.concatenate([whole.boxes, whole.unknown])
    assert len(told) == 1
    assert 0.3 * SIZE < told[0, 2] < 0.7 * SIZE


@pytest.mark.parametrize("seed", range(8))
def test_new_light_keeps_the_shape_and_fires_hue(seed: int) -> None:
    flame = np.full((64, 64, 3), (40, 120, 230), np.uint8)
    lit = relight(flame, np.random.default_rng(seed))
    assert lit.shape == flame.shape
    assert lit.dtype == np.uint8
    blue, _, red = lit.reshape(-1, 3).mean(0)
    assert red > blue
