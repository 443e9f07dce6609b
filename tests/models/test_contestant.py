from pathlib import Path

import numpy as np
import pytest

from edge_agent.detector import ModelError
from models.contestant import PEER_SIZE, Ours, Peer
from tests.edge_agent.tiny_onnx import FLOAT, UINT8, write_answers, write_detector

PICTURE = np.zeros((240, 320, 3), np.uint8)


def test_ours_answers_in_corners_as_fractions(tmp_path: Path) -> None:
    boxes = np.array([[32, 24, 64, 48]], np.float32)
    scores = np.array([[0.2, 0.8]], np.float32)
    ours = Ours(write_detector(tmp_path / "d.onnx", boxes, scores))
    found = ours.find(PICTURE)
    assert found.classes.tolist() == [1, 0]
    assert found.scores.tolist() == pytest.approx([0.8, 0.2])
    assert found.boxes[0].tolist() == pytest.approx([0.1, 0.1, 0.2, 0.2])
    assert ours.thresholds == (0.3, 0.4)
    assert "test-1" in ours.name


def test_the_peers_centres_and_sides_become_the_same_corners(tmp_path: Path) -> None:
    # 320 x 240 fills 640 x 480 of the canvas, 80 pixels of grey above and below
    table = np.zeros((1, 6, 2), np.float32)
    table[0, :, 0] = [96, 80 + 72, 64, 48, 0.7, 0.0]
    table[0, :, 1] = [96, 80 + 72, 64, 48, 0.6, 0.0]
    path = write_answers(
        tmp_path / "peer.onnx", {"output0": table}, ("images", FLOAT, [1, 3, PEER_SIZE, PEER_SIZE])
    )
    found = Peer(path).find(PICTURE)
    assert found.classes.tolist() == [0]
    assert found.scores.tolist() == pytest.approx([0.7])
    assert found.boxes[0].tolist() == pytest.approx([0.1, 0.1, 0.2, 0.2])


def test_a_peer_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = write_answers(
        tmp_path / "peer.onnx",
        {"output0": np.zeros((1, 84, 5), np.float32)},
        ("images", UINT8, [1, 3, 640, 640]),
    )
    with pytest.raises(ModelError, match=r"output \[1, 84, 5\]"):
        Peer(path)
