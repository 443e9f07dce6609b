from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sighting import Label
from edge_agent.detector import GREY, STRIDE, Detector, ModelError, letterbox, suppress
from edge_agent.frame import Image
from tests.edge_agent.tiny_onnx import FLOAT, METADATA, write_detector


def table(*rows: tuple[float, ...]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return np.array(rows, np.float32)


def picture(width: int, height: int) -> Image:
    return np.zeros((height, width, 3), np.uint8)


ONE_BOX = table((32, 16, 64, 48))
SMOKE = table((0.9, 0.1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "detector.onnx"


def test_boxes_come_back_as_fractions_of_the_picture(path: Path) -> None:
    detector = Detector(write_detector(path, ONE_BOX, SMOKE))
    (found,) = detector.detect(picture(640, 480), floor=0.5)  # 320 x 240 on the canvas
    assert found.label is Label.SMOKE
    assert found.score == pytest.approx(0.9)
    box = found.box
    assert (box.x, box.y, box.w, box.h) == pytest.approx((0.1, 16 / 240, 0.1, 32 / 240))


def test_a_score_below_the_floor_is_not_reported(path: Path) -> None:
    detector = Detector(write_detector(path, ONE_BOX, SMOKE))
    assert detector.detect(picture(640, 480), floor=0.95) == []


def test_one_row_may_be_smoke_and_fire_at_once_best_first(path: Path) -> None:
    detector = Detector(write_detector(path, ONE_BOX, table((0.6, 0.7))))
    found = detector.detect(picture(640, 480), floor=0.5)
    assert [one.label for one in found] == [Label.FIRE, Label.SMOKE]


def test_nearly_the_same_box_of_one_class_is_reported_once(path: Path) -> None:
    boxes = table((32, 16, 64, 48), (33, 16, 65, 48), (100, 100, 120, 120))
    scores = table((0.6, 0.0), (0.8, 0.0), (0.7, 0.0))
    found = Detector(write_detector(path, boxes, scores)).detect(picture(640, 480), floor=0.5)
    assert [round(one.score, 3) for one in found] == [0.8, 0.7]


def test_a_box_over_the_edge_is_cut_there_and_one_outside_is_dropped(path: Path) -> None:
    boxes = table((300, 100, 400, 400), (10, 245, 50, 255))
    found = Detector(write_detector(path, boxes, table((0.9, 0), (0.8, 0)))).detect(
        picture(640, 480), floor=0.5
    )
    assert len(found) == 1
    assert found[0].box.x + found[0].box.w == pytest.approx(1.0)
    assert found[0].box.y + found[0].box.h == pytest.approx(1.0)


def test_the_size_is_the_files_own_unless_told(path: Path) -> None:
    write_detector(path, ONE_BOX, SMOKE)
    assert Detector(path).size == 320
    assert Detector(path, size=640).size == 640
    assert Detector(path).facts.thresholds == {Label.SMOKE: 0.3, Label.FIRE: 0.4}


@pytest.mark.parametrize("size", [0, 100, -32])
def test_a_size_off_the_stride_is_refused_with_the_nearest_that_fits(path: Path, size: int) -> None:
    write_detector(path, ONE_BOX, SMOKE)
    with pytest.raises(ModelError, match=f"size {size} is not a multiple of 32; take") as caught:
        Detector(path, size=size)
    assert caught.value.path == path


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(ModelError, match="no such file") as caught:
        Detector(path)
    assert caught.value.path == path
    assert "built in" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x08"])
def test_a_broken_file_is_refused_in_words(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot load it|metadata") as caught:
        Detector(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("ioc.version", None, "KeyError: 'ioc.version'"),
        ("ioc.classes", "smoke,cat", "'cat' is not a valid Label"),
        ("ioc.default_size", "big", "invalid literal"),
        ("ioc.thresholds", "[]", "AttributeError"),
        ("ioc.thresholds", "{", "JSONDecodeError"),
    ],
)
def test_metadata_of_another_kind_of_model_is_refused(
    path: Path, key: str, value: str | None, why: str
) -> None:
    metadata = {**METADATA, key: value}
    write_detector(path, ONE_BOX, SMOKE, {k: v for k, v in metadata.items() if v is not None})
    with pytest.raises(ModelError, match="metadata") as caught:
        Detector(path)
    assert why in caught.value.reason


def test_other_shapes_than_the_contract_are_refused(path: Path) -> None:
    write_detector(path, ONE_BOX, table((0.9, 0.1, 0.2)))
    with pytest.raises(ModelError, match="outputs"):
        Detector(path)


def test_another_input_type_than_bytes_is_refused(path: Path) -> None:
    write_detector(path, ONE_BOX, SMOKE, input_type=FLOAT)
    with pytest.raises(ModelError, match=r"tensor\(float\)"):
        Detector(path)


@given(width=st.integers(1, 900), height=st.integers(1, 900), size=st.sampled_from([64, 320]))
def test_a_letterbox_keeps_the_aspect_and_fits_the_stride(
    width: int, height: int, size: int
) -> None:
    fitted = letterbox(np.full((height, width, 3), 200, np.uint8), size)
    rows, columns, _ = fitted.canvas.shape
    assert rows % STRIDE == 0
    assert columns % STRIDE == 0
    assert max(rows, columns) == size
    assert fitted.scale == pytest.approx(size / max(width, height))
    filled = (fitted.canvas[:, :, 0] == 200).sum()
    assert filled == max(1, round(width * fitted.scale)) * max(1, round(height * fitted.scale))


def test_a_letterbox_turns_blue_first_into_red_first_and_fills_with_grey() -> None:
    image = np.zeros((10, 40, 3), np.uint8)
    image[:] = (1, 2, 3)
    canvas = letterbox(image, 64).canvas
    assert canvas[0, 0].tolist() == [3, 2, 1]
    assert canvas[-1, -1].tolist() == [GREY, GREY, GREY]


def test_nothing_is_suppressed_of_nothing() -> None:
    empty = np.zeros((0, 4), np.float32)
    assert suppress(empty, np.zeros(0, np.float32), 0.1).tolist() == []
