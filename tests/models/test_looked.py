"""What a detector found is kept, and looked at anew for other weights."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.looked import HELD_LOOKS, Recording, kept
from tests.edge_agent.tiny_onnx import write_detector

SERIES = """series,camera,split,minute,path,boxes,pre_ignition
s,c,train,1,b.png,1,0
s,c,train,0,a.png,0,1
t,d,test,0,a.png,0,1
"""
MANIFEST = "path,source,group,split\na.png,ordinary,g,val\nb.png,tower,g,val\na.png,forest,g,test\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(folder / name), np.full((96, 128, 3), 90, np.uint8))
    (folder / "b.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (folder / "tower_series.csv").write_text(SERIES)
    (folder / "manifest.csv").write_text(MANIFEST)
    return folder


def weights(folder: Path, score: float = 0.5) -> Path:
    boxes = np.asarray([[10, 10, 90, 90]], np.float32)
    scores = np.asarray([[score, 0]], np.float32)
    return write_detector(folder / f"{score}.onnx", boxes, scores)


@pytest.fixture
def looked(data: Path, tmp_path: Path) -> list[Recording]:
    (data / "videos").mkdir()
    return kept(data, weights(tmp_path), tmp_path / "cache")


def test_series_in_their_order_and_never_of_the_test_split(looked: list[Recording]) -> None:
    [series] = [one for one in looked if one.kind == "series"]
    assert [look.at_s for look in series.looks] == [0, 60]
    assert [look.clear for look in series.looks] == [True, False]
    assert series.onset == 1
    assert series.where[0].x == pytest.approx(0.4)


def test_a_still_in_which_something_is_found_is_held(looked: list[Recording]) -> None:
    [still] = [one for one in looked if one.kind == "still"]
    assert len(still.looks) == HELD_LOOKS
    assert all(look.clear for look in still.looks)


def test_a_second_time_is_read_from_the_cache(
    data: Path, tmp_path: Path, looked: list[Recording]
) -> None:
    (data / "a.png").write_bytes(b"")
    assert kept(data, weights(tmp_path), tmp_path / "cache") == looked


def test_an_interrupted_run_goes_on_where_it_was(
    data: Path, tmp_path: Path, looked: list[Recording]
) -> None:
    cache = tmp_path / "cache"
    cache.write_bytes(cache.read_bytes()[:-20])
    assert kept(data, weights(tmp_path), cache) == looked
    (data / "a.png").write_bytes(b"")
    assert kept(data, weights(tmp_path), cache) == looked


def test_other_weights_look_anew(data: Path, tmp_path: Path, looked: list[Recording]) -> None:
    again = kept(data, weights(tmp_path, 0.75), tmp_path / "cache")
    assert again[0].looks[0].detections[0].score == pytest.approx(0.75)
    assert looked[0].looks[0].detections[0].score == pytest.approx(0.5)
