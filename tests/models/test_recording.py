from collections.abc import Sequence

import numpy as np
import pytest

from contracts.sighting import Box, Label
from edge_agent.detector import Detection
from edge_agent.policy import TOWER
from models.metrics import Found
from models.recording import Look, Recording, detections, play, touches
from tests.models.stillness import steady_things_open  # noqa: F401

SMOKE = Detection(label=Label.SMOKE, score=0.9, box=Box(x=0.4, y=0.4, w=0.1, h=0.1))
SEEN: tuple[Detection, ...] = (SMOKE,)


def recording(
    shown: Sequence[tuple[Detection, ...]],
    *,
    onset: int | None = None,
    clear: int = 0,
    camera: str = "cam",
) -> Recording:
    """A look a minute; the first `clear` of them known to be clear; smoke boxed where SMOKE is."""
    return Recording(
        name="r",
        camera=camera,
        scene="tower",
        looks=tuple(
            Look(at_s=60.0 * number, detections=one, clear=number < clear)
            for number, one in enumerate(shown)
        ),
        onset=onset,
        where=np.array([[0.4, 0.4, 0.5, 0.5]], np.float32),
    )


def test_a_sighting_opens_once_and_its_close_is_kept() -> None:
    (opening,) = play(recording([SEEN] * 8 + [()] * 12), TOWER)
    assert (opening.label, opening.at) == (Label.SMOKE, TOWER.hits - 1)
    assert opening.closed is not None
    assert opening.closed > 8


def test_silence_opens_nothing() -> None:
    assert play(recording([()] * 10), TOWER) == []


def test_the_step_is_the_usual_gap_between_looks() -> None:
    assert recording([()] * 5).step_s == 60.0
    assert recording([()]).step_s == 0.0


def test_a_recording_can_be_played_at_another_pace() -> None:
    assert [look.at_s for look in recording([()] * 3).paced(2.0).looks] == [0.0, 2.0, 4.0]


def test_answers_become_detections_best_first_and_flat_boxes_are_left_out() -> None:
    found = Found(
        boxes=np.array([[0, 0, 0.5, 0.5], [0, 0, 1, 1], [0.2, 0, 0.2, 1]], np.float32),
        scores=np.array([0.3, 0.6, 0.9], np.float32),
        classes=np.array([0, 1, 1]),
    )
    best, other = detections(found)
    assert best.label is Label.FIRE
    assert best.score == pytest.approx(0.6)
    assert other.box == Box(x=0, y=0, w=0.5, h=0.5)


def test_a_box_touches_only_what_it_shares_area_with() -> None:
    where = np.array([[0.5, 0.5, 0.6, 0.6]], np.float32)
    assert touches(Box(x=0.55, y=0.55, w=0.2, h=0.2), where)
    assert not touches(Box(x=0.0, y=0.0, w=0.5, h=0.5), where)
    assert touches(Box(x=0.0, y=0.0, w=0.1, h=0.1), where[:0])
