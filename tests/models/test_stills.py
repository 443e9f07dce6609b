import numpy as np
import pytest

from models.stills import LOOKS, held

IMAGE = np.random.default_rng(3).integers(60, 190, (48, 64, 3), np.uint8)


def test_a_still_is_never_shown_twice_alike() -> None:
    shown = [IMAGE, *held(IMAGE, "a")]
    assert len(shown) == LOOKS
    assert len({one.tobytes() for one in shown}) == LOOKS


def test_it_is_shown_alike_in_every_run() -> None:
    for one, again in zip(held(IMAGE, "a"), held(IMAGE, "a"), strict=True):
        assert np.array_equal(one, again)


def test_what_changes_is_what_a_camera_changes() -> None:
    flat = np.full((48, 64, 3), 120, np.uint8)
    for one in held(flat, "a"):
        assert one.mean() == pytest.approx(120, rel=0.02)
        assert one.std() < 4
