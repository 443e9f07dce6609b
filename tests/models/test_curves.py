import numpy as np
import pytest

from models.curves import FALSE, PRECISION, RECALL, chart, precision_recall, recall_false
from models.metrics import Judged

JUDGED = [
    Judged(scores=np.array([0.9, 0.6], np.float32), right=np.array([[True, False]]), boxes=2),
    Judged(scores=np.array([0.3], np.float32), right=np.array([[True]]), boxes=0),
]


def test_precision_stands_against_recall_with_the_threshold_marked() -> None:
    line = precision_recall(JUDGED, 0.5)
    assert line.points == [(0.5, 1.0), (0.5, 0.5), (1.0, pytest.approx(2 / 3))]
    assert line.mark == (0.5, 0.5)


def test_recall_stands_against_false_positives_an_image() -> None:
    assert recall_false(JUDGED, 0.95).mark is None
    assert recall_false(JUDGED, 0.5).points == [(0.0, 0.5), (0.5, 0.5), (0.5, 1.0)]


def test_nothing_to_find_draws_no_line() -> None:
    assert precision_recall([], 0.5).points == []


def test_a_chart_holds_a_line_for_each_contestant_and_escapes_its_title() -> None:
    lines = [precision_recall(JUDGED, 0.5), precision_recall([], 0.5)]
    svg = chart(lines, RECALL, PRECISION, "<smoke>")
    assert svg.count("<polyline") == 1
    assert "&lt;smoke&gt;" in svg


@pytest.mark.parametrize(("value", "place"), [(0.0, 0.0), (0.1, 1 / 3), (10.0, 1.0), (99.0, 1.0)])
def test_few_false_positives_have_most_of_the_room(value: float, place: float) -> None:
    assert FALSE.place(value) == pytest.approx(place)
