from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sighting import Box
from edge_agent.detector import Detector
from edge_agent.zoom import OVERLAP, SHARPER, ZoomingDetector, windows
from tests.edge_agent.tiny_onnx import write_detector

SIZE = 320
SMOKE = np.array([(0.9, 0.1)], np.float32)


def zooming(folder: Path, *box: float) -> ZoomingDetector:
    """Over a detector that sees the same box, in pixels of its canvas, wherever it looks."""
    boxes = np.array([box], np.float32)
    return ZoomingDetector(Detector(write_detector(folder / "detector.onnx", boxes, SMOKE)))


def seen(detector: ZoomingDetector, width: int, height: int) -> list[Box]:
    picture = np.zeros((height, width, 3), np.uint8)
    return [one.box for one in detector.detect(picture, floor=0.5)]


@given(width=st.integers(64, 4000), height=st.integers(64, 3000))
def test_windows_cover_the_picture_and_overlap_by_a_far_plume(width: int, height: int) -> None:
    found = windows(width, height, SIZE)
    if max(width, height) < SHARPER * SIZE:
        assert not found
        return
    for length, starts, side in (
        (width, sorted({one.x for one in found}), min(SIZE, width)),
        (height, sorted({one.y for one in found}), min(SIZE, height)),
    ):
        assert starts[0] == 0
        assert starts[-1] + side == length
        gaps = [later - earlier for earlier, later in pairwise(starts)]
        assert all(gap <= SIZE - OVERLAP + 1 for gap in gaps)


def test_a_picture_that_the_network_sees_whole_gets_no_second_look(tmp_path: Path) -> None:
    (box,) = seen(zooming(tmp_path, 32, 16, 64, 48), 320, 240)
    assert (box.x, box.y, box.w, box.h) == pytest.approx((0.1, 16 / 240, 0.1, 32 / 240))


def test_what_a_window_shows_stands_at_its_place_in_the_picture(tmp_path: Path) -> None:
    found = seen(zooming(tmp_path, 100, 100, 120, 120), 640, 320)  # windows at x = 0, 160, 320
    native = sorted(round(box.x * 640) for box in found if round(box.w * 640) == 20)
    assert native == [100, 260, 420]
    assert sum(round(box.w * 640) == 40 for box in found) == 1  # the whole, at half the scale


def test_a_box_that_an_inner_edge_cut_is_left_to_the_neighbour(tmp_path: Path) -> None:
    found = seen(zooming(tmp_path, 290, 100, 320, 120), 640, 320)
    native = [round(box.x * 640) for box in found if round(box.w * 640) == 30]
    assert native == [610]  # at the picture's own edge nothing was cut


def test_inference_time_is_that_of_all_looks(tmp_path: Path) -> None:
    detector = zooming(tmp_path, 100, 100, 120, 120)
    picture = np.zeros((320, 320, 3), np.uint8)
    detector.detect(picture, floor=0.5)
    once = detector.inference_s
    assert once > 0
    detector._detector.inference_s = 0.0
    seen(detector, 640, 320)
    assert detector.inference_s > detector._detector.inference_s
