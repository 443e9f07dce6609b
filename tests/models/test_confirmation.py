"""Thresholds chosen by rule, on series whose truth is known."""

from dataclasses import replace

import pytest

from contracts.sighting import Box, Label
from edge_agent.policy import TOWER
from models.confirmation import Point, choose, play, point
from models.looked import Look, Recording
from tests.edge_agent.making import SMOKE_BOX, box_at, seen


def recording(*scores: float, clear: int = 0, onset: int | None = None) -> Recording:
    """A frame a minute; a plume of such scores (0: nothing), the first `clear` without fire."""
    looks = tuple(
        Look(
            at_s=60.0 * number,
            clear=number < clear,
            boxed=onset is not None and number >= onset,
            detections=(seen(score, box_at(0.4, 0.4, 0.05 + 0.001 * number)),) if score else (),
        )
        for number, score in enumerate(scores)
    )
    return Recording(name="a", kind="series", camera="a", looks=looks, where=(SMOKE_BOX,))


def test_the_delay_counts_looks_from_the_onset() -> None:
    outcome = play(recording(0, 0, *[0.7] * 10, clear=2, onset=2), TOWER, Label.SMOKE)
    assert (outcome.has_onset, outcome.delay, outcome.false_alarms) == (True, 3, 0)
    assert outcome.clear_s == 120


def test_smoke_seen_before_anyone_boxed_it_is_no_delay() -> None:
    outcome = play(recording(*[0.7] * 12, onset=8), TOWER, Label.SMOKE)
    assert (outcome.delay, outcome.false_alarms) == (0, 0)


def test_an_opening_in_clear_time_is_false_and_raises_no_fire() -> None:
    outcome = play(recording(*[0.7] * 8, clear=8), TOWER, Label.SMOKE)
    assert (outcome.delay, outcome.false_alarms) == (None, 1)


def test_an_opening_beside_the_smoke_does_not_raise_it() -> None:
    beside = replace(recording(*[0.7] * 8, onset=0), where=(Box(x=0.8, y=0.8, w=0.1, h=0.1),))
    assert play(beside, TOWER, Label.SMOKE).delay is None


def test_a_label_is_judged_by_its_own_openings() -> None:
    assert play(recording(*[0.7] * 8, onset=0), TOWER, Label.FIRE).delay is None


def test_a_still_that_alarms_is_counted() -> None:
    still = replace(recording(*[0.7] * 12, clear=12), kind="still")
    assert point([still], TOWER, Label.SMOKE, 0.3).noisy_stills == 1
    assert point([still], TOWER, Label.SMOKE, 0.8).noisy_stills == 0


def a_point(opens: float, raised: int, delay: float, **changes: float) -> Point:
    fields = {"fires": 10, "false_alarms": 0, "clear_s": 86_400.0, "stills": 100}
    return Point(**({"opens": opens, "raised": raised, "delay": delay, "noisy_stills": 0}
                    | fields | changes))  # type: ignore[arg-type]  # fmt: skip


def test_the_most_fires_within_the_budget_win_then_the_surer_threshold() -> None:
    best = choose([
        a_point(0.2, 10, 1, false_alarms=2),
        a_point(0.3, 9, 2),
        a_point(0.4, 9, 3),
        a_point(0.5, 9, 5),
        a_point(0.6, 7, 2),
    ])  # fmt: skip
    assert best is not None
    assert best.opens == 0.4


@pytest.mark.parametrize("over", [{"false_alarms": 2}, {"noisy_stills": 2}])
def test_nothing_is_chosen_beyond_the_budget(over: dict[str, float]) -> None:
    assert choose([a_point(0.2, 10, 1, **over)]) is None
