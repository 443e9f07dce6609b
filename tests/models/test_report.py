from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.dataset import Picture, Truth, read_manifest
from models.metrics import Found
from models.report import Row, as_json, as_text, members, mixed_scenes
from models.report import rows as rows_of
from tests.models.test_dataset import add


def rows(pictures: list[Picture], found: list[Found], thresholds: tuple[float, float]) -> list[Row]:
    return rows_of(members(pictures, found), thresholds)


NOTHING = Found(
    boxes=np.zeros((0, 4), np.float32),
    scores=np.zeros(0, np.float32),
    classes=np.zeros(0, np.int64),
)


def found(score: float, class_: int) -> Found:
    return Found(
        boxes=np.array([[0.4, 0.3, 0.6, 0.7]], np.float32),
        scores=np.array([score], np.float32),
        classes=np.array([class_]),
    )


@pytest.fixture
def pictures(tmp_path: Path) -> list[Picture]:
    add(tmp_path, "a", "s1,g1,val,smoke+fire", "1 0.5 0.5 0.2 0.4\n")
    add(tmp_path, "b", "s2,g2,val,fire")
    return read_manifest(tmp_path)


def test_a_class_has_a_row_only_where_it_is_known(pictures: list[Picture]) -> None:
    table = rows(pictures, [NOTHING, NOTHING], (0.5, 0.5))
    counted = {(row.class_name, row.scene): (row.pictures, row.boxes) for row in table}
    assert counted == {
        ("smoke", "all"): (1, 0),
        ("smoke", "cctv"): (1, 0),
        ("smoke", "source s1"): (1, 0),
        ("fire", "all"): (2, 1),
        ("fire", "cctv"): (2, 1),
        ("fire", "source s1"): (1, 1),
        ("fire", "source s2"): (1, 0),
    }


def test_precision_recall_and_alarms_are_taken_at_the_threshold(pictures: list[Picture]) -> None:
    answers = [found(0.9, 1), found(0.6, 1)]
    strict = {row.scene: row for row in rows(pictures, answers, (0.5, 0.7))}["all"]
    loose = {row.scene: row for row in rows(pictures, answers, (0.5, 0.5))}["all"]
    assert (strict.precision, strict.recall, strict.alarm_rate.value) == (1.0, 1.0, 0.0)
    assert (loose.precision, loose.recall, loose.alarm_rate.value) == (0.5, 1.0, 1.0)


def test_a_clear_tower_frame_counts_with_the_far_views(pictures: list[Picture]) -> None:
    clear = replace(pictures[0], scene="tower_no_box", truth=_empty())
    (row,) = [
        row for row in rows([clear], [NOTHING], (0.5, 0.5))
        if (row.class_name, row.scene) == ("smoke", "wildfire_longrange")
    ]  # fmt: skip
    assert row.empty == 1


def test_a_source_has_its_own_row_only_in_a_mixed_scene(pictures: list[Picture]) -> None:
    assert mixed_scenes(pictures) == {"cctv"}
    assert mixed_scenes(pictures[:1]) == set()
    assert not any(row.scene.startswith("source") for row in rows(pictures[:1], [NOTHING], (1, 1)))


def test_text_lines_up_and_json_has_null_for_the_undefined(pictures: list[Picture]) -> None:
    table = rows(pictures, [found(0.9, 1), NOTHING], (0.5, 0.5))
    lines = as_text(table).splitlines()
    column = lines[0].index("AP50")
    assert all(line[column - 1] == " " for line in lines)
    smoke = as_json(table)[0]
    assert smoke["class_name"] == "smoke"
    assert smoke["ap50"] == {"value": None, "low": None, "high": None}


def _empty() -> Truth:
    return Truth(
        boxes=np.zeros((0, 4), np.float32),
        classes=np.zeros(0, np.int64),
        unknown=np.zeros((0, 4), np.float32),
        unknown_classes=np.zeros(0, np.int64),
    )
