"""Two looks at one picture; needs torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")

from models.deployed import GATES, GREY, MOST_ROWS, Deployed, halved  # noqa: E402
from models.network import Detector, anchor_points, decode  # noqa: E402
from tests.models.test_export import detector  # noqa: E402, F401

SIDE = 128


@pytest.fixture
def image() -> "torch.Tensor":  # type: ignore[name-defined]
    made = np.random.default_rng(7).integers(0, 255, (1, 96, SIDE, 3), dtype=np.uint8)
    return torch.from_numpy(made)


def looks(detector: Detector, image: "torch.Tensor") -> "list[torch.Tensor]":  # type: ignore[name-defined] # noqa: F811
    """Corners in pixels of `image`, of every anchor, at full and at half scale."""
    small = halved(image)
    found = []
    for picture, factor in ((image, 1), (small, 2)):
        _, sides = detector.late(detector.early(picture))
        corners = decode(*anchor_points(*picture.shape[1:3]), sides[0])
        found.append(corners * factor)
    return found


def test_boxes_come_from_the_look_that_is_meant_for_their_size(
    detector: Detector,  # noqa: F811
    image: "torch.Tensor",  # type: ignore[name-defined]
) -> None:
    with torch.no_grad():
        boxes, scores = Deployed(detector)(image)
        full, half = looks(detector, image)
    told = boxes[scores.max(1).values > 0]
    assert len(told)
    largest = (told[:, 2:] - told[:, :2]).max(1).values / SIDE
    for box, size in zip(told, largest, strict=True):
        in_full = ((full - box).abs().max(1).values < 1e-3).any()
        in_half = ((half - box).abs().max(1).values < 1e-3).any()
        assert (in_full and size <= GATES.full_most) or (in_half and size >= GATES.half_least)


def test_rows_come_best_first_with_corners_in_order(
    detector: Detector,  # noqa: F811
    image: "torch.Tensor",  # type: ignore[name-defined]
) -> None:
    boxes, scores = Deployed(detector)(image)
    best = scores.max(1).values
    assert len(boxes) == MOST_ROWS
    assert (best[:-1] >= best[1:]).all()
    assert (boxes[best > 0, 2:] > boxes[best > 0, :2]).all()


def test_half_scale_averages_four_pixels_and_pads_with_grey() -> None:
    image = torch.zeros(1, 96, 64, 3, dtype=torch.uint8)
    image[0, :2, :2, 0] = torch.tensor([[0, 40], [80, 120]], dtype=torch.uint8)
    small = halved(image)
    assert small.shape == (1, 64, 32, 3)
    assert small[0, 0, 0, 0] == 60
    assert (small[0, 48:] == GREY).all()
    assert not small[0, 1:48].any()
