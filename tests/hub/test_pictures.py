"""JPEGs are opened before they are believed."""

import io

import pytest
from PIL import Image

from hub.pictures import PIXELS, CorruptPicture, measure
from tests.hub.conftest import NOON
from tests.hub.messages import evidence, jpeg


def test_a_whole_jpeg_has_its_size() -> None:
    picture = jpeg(120, 80)
    size = measure(evidence(NOON, picture), picture)
    assert (size.width, size.height) == (120, 80)


@pytest.mark.parametrize("cut", [2, 20, 300, -1])
def test_a_cut_jpeg_is_refused(cut: int) -> None:
    picture = jpeg(200, 200)[:cut]
    if cut == -1:
        picture = jpeg(200, 200)[:-200]
    with pytest.raises(CorruptPicture, match="not a whole JPEG"):
        measure(evidence(NOON, picture), picture)


def test_another_format_is_refused() -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    with pytest.raises(CorruptPicture):
        measure(evidence(NOON, out.getvalue()), out.getvalue())


def test_a_picture_that_would_unfold_to_gigabytes_is_refused_unopened() -> None:
    picture = bytearray(jpeg(64, 48))
    frame = picture.index(b"\xff\xc0")
    picture[frame + 5 : frame + 9] = (8000).to_bytes(2, "big") * 2
    assert PIXELS < 8000 * 8000
    with pytest.raises(CorruptPicture, match="8000 x 8000"):
        measure(evidence(NOON, bytes(picture)), bytes(picture))


def test_a_picture_that_pillow_itself_calls_a_bomb_is_refused() -> None:
    picture = bytearray(jpeg(64, 48))
    frame = picture.index(b"\xff\xc0")
    picture[frame + 5 : frame + 9] = (65_000).to_bytes(2, "big") * 2
    with pytest.raises(CorruptPicture, match="bomb"):
        measure(evidence(NOON, bytes(picture)), bytes(picture))
