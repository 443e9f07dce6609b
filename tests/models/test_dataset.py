import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.dataset import (
    FIRE,
    MANIFEST,
    SMOKE,
    ZONES,
    DatasetError,
    copies,
    fingerprint,
    leaks,
    read_manifest,
    widened,
)

HEADER = "path,source,group,split,labelled,n_smoke,n_fire,width,height,scene,licence\n"


def add(folder: Path, name: str, row: str, boxes: str = "", shade: int = 0) -> None:
    """`row` is source,group,split,labelled."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        manifest.write_text(HEADER)
    with manifest.open("a") as lines:
        lines.write(f"{name}.png,{row},0,0,40,30,cctv,none\n")
    (folder / f"{name}.txt").write_text(boxes)
    cv2.imwrite(str(folder / f"{name}.png"), np.full((30, 40, 3), shade, np.uint8))


def test_boxes_are_read_as_corners_in_fractions(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,train,smoke+fire", "1 0.5 0.5 0.2 0.4\n")
    (picture,) = read_manifest(tmp_path)
    assert picture.truth.boxes.tolist() == [pytest.approx([0.4, 0.3, 0.6, 0.7])]
    assert picture.truth.classes.tolist() == [FIRE]
    assert picture.truth.knows(SMOKE)
    assert picture.truth.knows(FIRE)
    assert picture.read().shape == (30, 40, 3)


def test_a_split_is_read_alone(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g1,train,fire")
    add(tmp_path, "b", "s,g2,val,fire")
    assert [one.name for one in read_manifest(tmp_path, "val")] == ["b.png"]
    assert len(read_manifest(tmp_path)) == 2


def test_smoke_is_unknown_everywhere_where_only_fire_was_boxed(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,train,fire")
    (picture,) = read_manifest(tmp_path)
    assert picture.truth.knows(FIRE)
    assert not picture.truth.knows(SMOKE)
    assert picture.truth.unknown.tolist() == [[0, 0, 1, 1]]


def test_an_unverified_frame_is_unknown_inside_its_widened_zone_only(tmp_path: Path) -> None:
    add(tmp_path, "a", "tower,cam-1,train,unverified")
    add(tmp_path, "b", "tower,cam-2,train,unverified")
    (tmp_path / ZONES).write_text(json.dumps({"cam-1": [0.4, 0.4, 0.6, 0.5]}))
    zoned, unzoned = read_manifest(tmp_path)
    assert zoned.truth.unknown.tolist() == [pytest.approx([0.38, 0.39, 0.62, 0.51])]
    assert unzoned.truth.unknown.tolist() == [[0, 0, 1, 1]]
    assert zoned.truth.unknown_classes.tolist() == [SMOKE]


def test_a_widened_zone_stays_in_the_picture() -> None:
    assert widened([0.0, 0.0, 1.0, 1.0]) == [0.0, 0.0, 1.0, 1.0]


def test_a_group_in_two_splits_is_named(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,camera,train,fire")
    add(tmp_path, "b", "s,camera,test,fire")
    add(tmp_path, "c", "other,camera,val,fire")
    assert leaks(read_manifest(tmp_path)) == {"s/camera": {"train", "test"}}


def test_the_same_picture_in_two_splits_is_named(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g1,train,fire", shade=5)
    add(tmp_path, "b", "s,g1,train,fire", shade=5)
    add(tmp_path, "c", "s,g2,test,fire", shade=5)
    assert copies(read_manifest(tmp_path)) == [("a.png", "c.png")]


def test_the_fingerprint_follows_the_manifest(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,train,fire")
    before = fingerprint(tmp_path)
    add(tmp_path, "b", "s,g,train,fire")
    assert fingerprint(tmp_path) != before


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"manifest\.csv: no such file") as caught:
        read_manifest(tmp_path)
    assert caught.value.path == tmp_path / MANIFEST


def test_an_absent_split_is_named(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,train,fire")
    with pytest.raises(DatasetError, match="no picture of split 'holdout'"):
        read_manifest(tmp_path, "holdout")


@pytest.mark.parametrize("line", ["2 0.5 0.5 0.1 0.1", "0 0.5 0.5 0.1"])
def test_a_bad_box_line_is_refused(tmp_path: Path, line: str) -> None:
    add(tmp_path, "a", "s,g,train,fire", line)
    with pytest.raises(DatasetError, match=r"a\.txt: a line is not"):
        read_manifest(tmp_path)


def test_an_unheard_of_labelling_is_refused(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,train,guessed")
    with pytest.raises(DatasetError, match="labelled is 'guessed'"):
        read_manifest(tmp_path)


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,train,fire")
    (tmp_path / "a.png").write_bytes(b"not a picture")
    with pytest.raises(DatasetError, match=r"a\.png: not a readable picture"):
        read_manifest(tmp_path)[0].read()


def test_a_folder_of_ones_own_needs_two_columns(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,val,fire")
    (tmp_path / MANIFEST).write_text("path,labelled\na.png,smoke+fire\n")
    (picture,) = read_manifest(tmp_path, "val")
    assert (picture.group, picture.source, picture.scene) == ("a.png", "own", "own")
    assert picture.verified_empty


def test_every_wrong_row_is_told_at_once(tmp_path: Path) -> None:
    add(tmp_path, "a", "s,g,val,guessed")
    add(tmp_path, "b", "s,g,val,fire")
    add(tmp_path, "c", "s,g,val,fire", boxes="0 wide\n")
    (tmp_path / "b.png").unlink()
    with pytest.raises(DatasetError) as caught:
        read_manifest(tmp_path)
    for words in ("row 2: ", "guessed", "row 3: ", "b.png: no such picture", "row 4: ", "c.txt"):
        assert words in str(caught.value)


def test_a_manifest_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("picture,labelled\na.png,fire\n")
    with pytest.raises(DatasetError, match="has no column path"):
        read_manifest(tmp_path)


@pytest.mark.pictures
def test_no_group_of_the_real_pictures_stands_in_two_splits(pictures_folder: Path) -> None:
    assert leaks(read_manifest(pictures_folder)) == {}


@pytest.mark.pictures
def test_no_real_picture_stands_in_two_splits(pictures_folder: Path) -> None:
    assert copies(read_manifest(pictures_folder)) == []
