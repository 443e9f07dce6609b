"""Pictures that fit their bounds and still show the thing."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.evidence import PICTURE_BYTES, THUMBNAIL_BYTES
from contracts.sighting import Box, Label
from edge_agent import evidence
from edge_agent.frame import Image

BOX = Box(x=0.6, y=0.3, w=0.05, h=0.08)


def noise(height: int, width: int) -> Image:
    """The picture that JPEG likes least."""
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


def decoded(jpeg: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


@settings(max_examples=25, deadline=None)
@given(
    height=st.integers(8, 900), width=st.integers(8, 1600),
    x=st.floats(0, 0.95), y=st.floats(0, 0.95), w=st.floats(0.001, 0.9), h=st.floats(0.001, 0.9),
)  # fmt: skip
def test_a_thumbnail_of_noise_of_any_size_keeps_its_bound(
    height: int, width: int, x: float, y: float, w: float, h: float
) -> None:
    box = Box(x=x, y=y, w=min(w, 1 - x), h=min(h, 1 - y))
    jpeg = evidence.thumbnail(noise(height, width), box, Label.SMOKE)
    assert len(jpeg) <= THUMBNAIL_BYTES
    assert decoded(jpeg).size > 0


def test_a_picture_of_noise_keeps_its_bound() -> None:
    jpeg = evidence.picture(noise(1080, 1920), BOX, Label.FIRE)
    assert len(jpeg) <= PICTURE_BYTES
    assert decoded(jpeg).shape[0] >= 180


def test_a_quiet_picture_keeps_its_size() -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    assert decoded(evidence.picture(image, BOX, Label.FIRE)).shape == (720, 1280, 3)


def test_the_thumbnail_shows_the_box_and_its_surroundings() -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    x, y = int(BOX.x * 1280), int(BOX.y * 720)
    image[y : y + 57, x : x + 64] = (30, 30, 220)
    thumb = decoded(evidence.thumbnail(image, BOX, Label.FIRE))
    red = (thumb[..., 2] > 150) & (thumb[..., 0] < 90)
    assert 0.02 < red.mean() < 0.4


def test_the_frame_itself_is_not_drawn_upon() -> None:
    image = np.full((72, 128, 3), 90, np.uint8)
    evidence.thumbnail(image, BOX, Label.SMOKE)
    evidence.picture(image, BOX, Label.SMOKE)
    assert (image == 90).all()


@pytest.mark.parametrize("box", [Box(x=0, y=0, w=1, h=1), Box(x=0.999, y=0.999, w=0.001, h=0.001)])
def test_a_box_at_the_edge_is_no_trouble(box: Box) -> None:
    assert evidence.thumbnail(noise(72, 128), box, Label.FIRE)
