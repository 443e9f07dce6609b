from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.contestant import Ours
from models.dataset import Picture, read_manifest
from models.metrics import Found
from models.mistakes import MOST_OF_A_GROUP, drawn, false_alarms, missed
from tests.models.folder import steady_weights
from tests.models.test_dataset import add

HERE, LOOSE, AWAY = (0.4, 0.3, 0.6, 0.7), (0.3, 0.2, 0.7, 0.8), (0.0, 0.0, 0.2, 0.2)


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    return Ours(steady_weights(tmp_path / "d.onnx", smoke=0.9, fire=0.0))


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    add(tmp_path, "a", "s,g,val,smoke+fire", "0 0.5 0.5 0.2 0.4\n")
    return read_manifest(tmp_path)[0]


def test_a_box_on_nothing_is_a_false_alarm_and_leaves_the_true_one_missed(
    picture: Picture, ours: Ours, found: Callable[..., Found]
) -> None:
    answer = found((0.8, AWAY), (0.1, HERE))
    (false,) = false_alarms([picture], [answer], ours)
    (unseen,) = missed([picture], [answer], ours)
    assert [false.weight, unseen.weight] == pytest.approx([0.8, 0.08])
    assert drawn(false, answer, ours).startswith("data:image/jpeg;base64,/9j/")


def test_a_loose_box_is_neither(picture: Picture, ours: Ours, found: Callable[..., Found]) -> None:
    answer = found((0.8, LOOSE))
    assert false_alarms([picture], [answer], ours) == []
    assert missed([picture], [answer], ours) == []


def test_one_camera_does_not_fill_the_page(
    picture: Picture, ours: Ours, found: Callable[..., Found]
) -> None:
    pictures = [picture] * 5 + [replace(picture, group="other")]
    answers = [found((0.9, AWAY))] * 5 + [found((0.5, AWAY))]
    groups = [one.picture.group for one in false_alarms(pictures, answers, ours)]
    assert groups == ["g"] * MOST_OF_A_GROUP + ["other"]
