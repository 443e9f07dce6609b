from collections.abc import Sequence

import numpy as np
import pytest

from models.bootstrap import with_interval
from models.metrics import Judged, average_precision


def one(hit: bool) -> Judged:
    return Judged(scores=np.array([0.5], np.float32), right=np.array([[hit]]), boxes=1)


def share(judged: Sequence[Judged]) -> float:
    return float(np.mean([each.right[0, 0] for each in judged]))


def test_the_interval_holds_the_value_and_is_the_same_every_time() -> None:
    judged = [one(number % 2 == 0) for number in range(40)]
    groups = [str(number) for number in range(40)]
    interval = with_interval(judged, groups, share)
    assert interval.low < interval.value < interval.high
    assert interval == with_interval(judged, groups, share)


def test_pictures_of_one_camera_are_not_independent() -> None:
    judged = [one(number < 20) for number in range(40)]
    cameras = [str(number // 10) for number in range(40)]
    apart = with_interval(judged, [str(number) for number in range(40)], share)
    together = with_interval(judged, cameras, share)
    assert together.high - together.low > apart.high - apart.low


def test_a_single_group_is_drawn_picture_by_picture() -> None:
    judged = [one(number % 2 == 0) for number in range(40)]
    interval = with_interval(judged, ["camera"] * 40, share)
    assert interval.low < interval.high


def test_an_undefined_figure_has_no_interval() -> None:
    interval = with_interval([], [], lambda judged: average_precision(judged, 0))
    assert np.isnan([interval.value, interval.low, interval.high]).all()
    assert str(interval) == "-"


def test_an_interval_reads_as_a_figure_with_its_bounds() -> None:
    judged = [one(hit=True)] * 5
    assert str(with_interval(judged, list("abcde"), share)) == "1.000 [1.000, 1.000]"


def test_every_judged_picture_needs_its_group() -> None:
    with pytest.raises(ValueError, match="shorter"):
        with_interval([one(hit=True)], [], share)
