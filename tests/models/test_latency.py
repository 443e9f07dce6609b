from pathlib import Path

import numpy as np

from models.contestant import Ours
from models.latency import WHOLE_WAY, YARDSTICK, timings, with_float
from tests.models.folder import steady_weights

IMAGE = np.zeros((30, 40, 3), np.uint8)


def test_every_network_is_timed_beside_the_yardstick(tmp_path: Path) -> None:
    weights = steady_weights(tmp_path / "d.onnx", smoke=0.9, fire=0.0)
    table = timings([weights], [Ours(weights)], IMAGE)
    alone = [one.network for one in table if one.what == "session.run, 640 x 640"]
    assert alone == ["d", YARDSTICK]
    assert [one.ratio for one in table if one.network == "d"] == [1.0, 1.0]
    assert [one.network for one in table if one.what == WHOLE_WAY] == ["d test-1 @320"]
    assert all(one.wall_ms > 0 for one in table)


def test_bytes_are_timed_with_the_float_beside_them(tmp_path: Path) -> None:
    small, whole = tmp_path / "d-int8.onnx", tmp_path / "d.onnx"
    small.touch()
    assert with_float(small) == [small]
    whole.touch()
    assert with_float(small) == [small, whole]
    assert with_float(whole) == [whole]
