from collections.abc import Callable
from math import isnan

import numpy as np
import pytest

from models.dataset import FIRE, SMOKE, Truth
from models.metrics import (
    Found,
    Judged,
    alarm_rate,
    average_precision,
    best_threshold,
    coverage,
    iou,
    judge,
    precision_recall,
    recall_at,
)

LEFT = (0.0, 0.0, 0.2, 0.2)
RIGHT = (0.5, 0.5, 0.7, 0.7)
ELSEWHERE = (0.8, 0.0, 0.9, 0.1)
WHOLE = (0.0, 0.0, 1.0, 1.0)

MakeTruth = Callable[..., Truth]
MakeFound = Callable[..., Found]


def judged(scores: list[float], right: list[bool], boxes: int) -> Judged:
    return Judged(
        scores=np.asarray(scores, np.float32), right=np.asarray([right], bool), boxes=boxes
    )


def judge_known(truth: Truth, found: Found, class_: int = SMOKE) -> Judged:
    verdict = judge(truth, found, class_)
    assert verdict is not None
    return verdict


def test_overlap_is_shared_area_over_joint_area() -> None:
    one = np.array([[0, 0, 2, 2]], np.float32)
    other = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [5, 5, 6, 6]], np.float32)
    assert iou(one, other)[0].tolist() == pytest.approx([1 / 7, 1.0, 0.0])


def test_coverage_is_the_share_of_the_box_in_its_best_region() -> None:
    boxes = np.array([[0, 0, 2, 2]], np.float32)
    regions = np.array([[1, 0, 9, 9], [0, 0, 2, 0.5]], np.float32)
    assert coverage(boxes, regions).tolist() == pytest.approx([0.5])
    assert coverage(boxes, regions[:0]).tolist() == [0.0]


def test_average_precision_of_a_hand_worked_case() -> None:
    # precision 1, 1/2, 2/3, 2/4; recall 1/3, 1/3, 2/3, 2/3 -> 1/3 * 1 + 1/3 * 2/3
    case = judged([0.9, 0.8, 0.7, 0.6], [True, False, True, False], boxes=3)
    assert average_precision([case], 0) == pytest.approx(1 / 3 + 2 / 9)


def test_average_precision_pools_pictures_by_score() -> None:
    one = judged([0.9], [False], boxes=0)
    other = judged([0.8], [True], boxes=1)
    assert average_precision([one, other], 0) == pytest.approx(0.5)


def test_average_precision_without_a_box_to_find_is_undefined() -> None:
    assert isnan(average_precision([judged([0.9], [False], boxes=0)], 0))
    assert isnan(average_precision([], 0))


def test_a_second_detection_of_one_box_is_false(truth: MakeTruth, found: MakeFound) -> None:
    verdict = judge_known(truth([LEFT]), found((0.9, LEFT), (0.8, LEFT)))
    assert verdict.right[0].tolist() == [True, False]


def test_the_better_score_takes_the_box(truth: MakeTruth, found: MakeFound) -> None:
    loose = (0.0, 0.0, 0.2, 0.25)
    verdict = judge_known(truth([LEFT]), found((0.3, LEFT), (0.6, loose)))
    assert verdict.scores.tolist() == pytest.approx([0.6, 0.3])
    assert verdict.right[0].tolist() == [True, False]


def test_a_stricter_overlap_forgives_less(truth: MakeTruth, found: MakeFound) -> None:
    verdict = judge_known(truth([LEFT]), found((0.9, (0.0, 0.0, 0.2, 0.25))))  # overlap 0.8
    assert verdict.right[:, 0].tolist() == [True] * 7 + [False] * 3


def test_a_class_that_nobody_boxed_is_neither_punished_nor_rewarded(
    truth: MakeTruth, found: MakeFound
) -> None:
    partly = truth([LEFT], [FIRE], unknown=[WHOLE], unknown_classes=[SMOKE])
    answer = found((0.9, RIGHT), class_=SMOKE)
    assert judge(partly, answer, SMOKE) is None
    assert judge_known(partly, answer, FIRE).scores.size == 0


def test_a_detection_in_an_unknown_zone_does_not_count_but_one_outside_does(
    truth: MakeTruth, found: MakeFound
) -> None:
    partly = truth(unknown=[(0.4, 0.4, 0.8, 0.8)], unknown_classes=[SMOKE])
    verdict = judge_known(partly, found((0.9, RIGHT), (0.8, ELSEWHERE)))
    assert verdict.scores.tolist() == pytest.approx([0.8])
    assert verdict.right[0].tolist() == [False]


def test_a_found_box_inside_an_unknown_zone_still_counts(
    truth: MakeTruth, found: MakeFound
) -> None:
    partly = truth([RIGHT], unknown=[(0.4, 0.4, 0.8, 0.8)], unknown_classes=[SMOKE])
    assert judge_known(partly, found((0.9, RIGHT))).right[0].tolist() == [True]


def test_the_other_class_is_not_looked_at(truth: MakeTruth, found: MakeFound) -> None:
    verdict = judge_known(truth([LEFT], [FIRE]), found((0.9, LEFT), class_=SMOKE), FIRE)
    assert verdict.scores.size == 0
    assert verdict.boxes == 1


def test_recall_at_a_budget_stops_where_the_budget_is_spent() -> None:
    first = judged([0.9, 0.7, 0.5], [True, False, True], boxes=2)
    second = judged([0.8, 0.6, 0.4], [False, False, True], boxes=1)
    pictures = [first, second]
    # best first: hit .9, false .8, false .7, false .6, hit .5, hit .4
    assert recall_at(pictures, 0.0) == pytest.approx(1 / 3)
    assert recall_at(pictures, 1.0) == pytest.approx(1 / 3)
    assert recall_at(pictures, 1.5) == pytest.approx(1.0)


def test_recall_with_nothing_said_is_nought_and_without_boxes_undefined() -> None:
    assert recall_at([judged([], [], boxes=1)], 1.0) == 0.0
    assert isnan(recall_at([judged([0.5], [False], boxes=0)], 1.0))


def test_alarms_are_counted_on_pictures_without_a_box_only() -> None:
    pictures = [
        judged([0.9, 0.8], [False, False], boxes=0),
        judged([0.2], [False], boxes=0),
        judged([0.9], [False], boxes=1),
    ]
    assert alarm_rate(pictures, 0.5) == pytest.approx(0.5)
    assert isnan(alarm_rate(pictures[2:], 0.5))


def test_precision_and_recall_at_a_threshold() -> None:
    case = judged([0.9, 0.8, 0.3], [True, False, True], boxes=4)
    assert precision_recall([case], 0.5) == pytest.approx((0.5, 0.25))
    precision, recall = precision_recall([case], 0.95)
    assert isnan(precision)
    assert recall == 0.0


def test_the_best_threshold_has_the_best_f1() -> None:
    case = judged([0.9, 0.8, 0.3], [True, True, False], boxes=2)
    assert best_threshold([case]) == pytest.approx(0.8)
    assert best_threshold([]) == 0.5
