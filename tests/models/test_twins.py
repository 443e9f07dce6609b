"""No near copy across splits: what is known is pinned, and training can leave it out."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.dataset import Image, Picture, read_manifest
from models.twins import count, difference_hash, main, report, twins, without_twins
from tests.models.test_dataset import add

KNOWN = {
    "cctv-a test | cctv-a train": 71,
    "cctv-a train | cctv-a val": 7,
    "cctv-a train | cctv-b test": 4,
    "cctv-b train | web-fire test": 4,
    "cctv-b test | web-fire train": 3,
    "cctv-b test | cctv-b train": 2,
    "cctv-b train | cctv-b val": 2,
    "cctv-b val | web-fire train": 2,
    "cctv-a test | web-fire train": 1,
    "cctv-b test | forest val": 1,
    "web-fire test | web-fire val": 1,
}
"""As the folder was handed over: frames of the test videos of `cctv-a` stand in its train group
`cctv-a-img`; stills of `web-fire` and `cctv-b` are the same pictures.  Eight pairs are chance."""


def scene(seed: int) -> Image:
    blobs = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(blobs, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


def put(folder: Path, name: str, row: str, image: Image) -> None:
    add(folder, name, row)
    cv2.imwrite(str(folder / f"{name}.png"), image)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`b` of test is `a` of train, smaller and darker; `c` is another scene."""
    put(tmp_path, "a", "s,g1,train,fire", scene(1))
    put(tmp_path, "b", "t,g2,test,fire", cv2.resize(scene(1), (200, 150)) // 2)
    put(tmp_path, "c", "s,g3,train,fire", scene(2))
    return tmp_path


def test_a_hash_survives_scaling_and_a_change_of_light() -> None:
    image = scene(1)
    smaller = np.asarray(cv2.resize(image, (160, 120)) * 0.7 + 20, np.uint8)
    assert (difference_hash(image) ^ difference_hash(smaller)).bit_count() <= 2
    assert (difference_hash(image) ^ difference_hash(scene(2))).bit_count() > 10


def test_a_near_copy_in_another_split_is_found_and_counted(folder: Path) -> None:
    (pair,) = twins(read_manifest(folder))
    assert {pair.one.name, pair.other.name} == {"a.png", "b.png"}
    assert count([pair]) == {"s train | t test": 1}
    assert report([pair]).endswith("1 pairs across splits; pictures: 1 of test, 1 of train")


def test_a_near_copy_in_the_same_split_is_none(folder: Path) -> None:
    together = [replace(picture, split="train") for picture in read_manifest(folder)]
    assert twins(together) == []


def test_training_can_leave_out_what_will_judge_it(folder: Path) -> None:
    train, test = read_manifest(folder, "train"), read_manifest(folder, "test")
    assert [one.name for one in without_twins(train, test)] == ["c.png"]
    assert [one.name for one in without_twins(train, [])] == ["a.png", "c.png"]


def test_a_test_can_leave_out_what_was_trained_on(folder: Path) -> None:
    train, test = read_manifest(folder, "train"), read_manifest(folder, "test")
    assert without_twins(test, train) == []
    assert without_twins(test, train[1:]) == test


def test_the_command_counts_and_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(folder), "--pairs"]) == 1
    said = capsys.readouterr().out
    assert "a.png b.png" in said
    assert "1  s train | t test" in said


def test_the_command_is_content_with_splits_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "a", "s,g1,train,fire", scene(1))
    put(tmp_path, "c", "s,g3,test,fire", scene(2))
    assert main(["--data", str(tmp_path)]) == 0
    assert "0 pairs across splits; pictures: none" in capsys.readouterr().out
    assert main(["--data", str(tmp_path / "none")]) == 1


@pytest.fixture(scope="module")
def real(pictures_folder: Path) -> list[Picture]:
    return read_manifest(pictures_folder)


@pytest.mark.pictures
def test_near_copies_across_the_real_splits_are_those_known_and_no_more(
    real: list[Picture],
) -> None:
    found = count(twins(real))
    assert {where: pairs for where, pairs in found.items() if pairs > KNOWN.get(where, 0)} == {}


@pytest.mark.pictures
def test_what_training_leaves_out_leaves_no_near_copy_behind(real: list[Picture]) -> None:
    train = [one for one in real if one.split == "train" and one.source.startswith("cctv")]
    judges = [one for one in real if one.split != "train" and one.source.startswith("cctv")]
    kept = without_twins(train, judges)
    assert 0 < len(train) - len(kept) < len(train) / 5
    left = twins([*kept, *judges])
    assert not [pair for pair in left if "train" in (pair.one.split, pair.other.split)]
