"""Ways to look at a picture; needs torch and onnx."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")
pytest.importorskip("onnx", reason="restoring needs onnx, which agents do not carry")

from edge_agent.detector import Detector as EdgeDetector  # noqa: E402
from models.contestant import FLOOR  # noqa: E402
from models.looks import SIZE, WAYS, Look, Looker, Looks, as_markdown, found  # noqa: E402
from tests.models.test_export import detector, exported  # noqa: E402, F401


def look(side: float, score: float, *, finest: bool = False) -> Look:
    """One box of smoke, `side` of the picture wide and high."""
    return Look(
        boxes=np.array([[0, 0, side, side]], np.float32),
        scores=np.array([[score, 0]], np.float32),
        sides=np.array([side], np.float32),
        finest=np.array([finest]),
    )


@pytest.mark.parametrize(
    ("full", "half", "scores"),
    [
        (look(0.1, 0.6), look(0.1, 0.9), [0.6]),  # small: full scale's answer alone
        (look(0.8, 0.9), look(0.8, 0.6), [0.6]),  # large: half scale's answer alone
        (look(0.3, 0.6), look(0.3, 0.9), [0.9]),  # in between: the better of both
        (look(0.8, 0.9), look(0.8, 0.6, finest=True), []),
    ],
)
def test_a_box_counts_from_the_look_that_is_meant_for_its_size(
    full: Look, half: Look, scores: list[float]
) -> None:
    answer = found(WAYS["as deployed"](Looks(full=full, half=half)))
    assert answer.scores.tolist() == pytest.approx(scores)


def test_the_deployed_way_is_what_the_exported_file_does(exported: Path) -> None:  # noqa: F811
    picture = np.random.default_rng(7).integers(0, 255, (SIZE * 3 // 4, SIZE, 3), dtype=np.uint8)
    mine = found(WAYS["as deployed"](Looker(exported)(picture)))
    theirs = EdgeDetector(exported, SIZE).detect(picture, FLOOR)
    assert len(theirs) > 0
    best = sorted(mine.scores, reverse=True)
    assert best[0] == pytest.approx(theirs[0].score, abs=1e-3)


def test_the_table_names_each_column_and_its_mean() -> None:
    text = as_markdown([(0, "tower"), (1, "web-fire")], {"one way": [0.5, 0.7]})
    assert text.splitlines()[0] == "| AP50 | smoke tower | fire web-fire | mean |"
    assert text.splitlines()[2] == "| one way | 0.500 | 0.700 | 0.600 |"
