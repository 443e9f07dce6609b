from dataclasses import replace

import numpy as np
import pytest

from contracts.sighting import Label
from edge_agent.detector import Detection
from edge_agent.policy import TOWER
from models.metrics import Judged
from models.operating_point import Choice, Evidence, choose, toml
from models.recording import Recording
from tests.models.stillness import steady_things_open  # noqa: F401
from tests.models.test_recording import SMOKE, recording

NOTHING = Judged(scores=np.zeros(0, np.float32), right=np.zeros((1, 0), bool), boxes=0)


def steady(score: float, looks: int) -> Recording:
    seen: tuple[Detection, ...] = (replace(SMOKE, score=score),)
    return recording([seen] * looks, clear=looks)


def silence(hours: float) -> Recording:
    looks = round(hours * 60)
    return recording([()] * looks, clear=looks)


def chosen(
    *calm: Recording,
    held: tuple[Recording, ...] = (),
    fires: tuple[Recording, ...] = (),
    a_day: float = 1.0,
) -> Choice:
    evidence = Evidence(
        scene="tower", calm=calm, held=held, fires=fires, pictures={Label.SMOKE: (NOTHING,)}
    )
    return choose(evidence, a_day)


def test_the_threshold_lies_just_above_what_alarms_falsely() -> None:
    choice = chosen(steady(0.5, 20), silence(72), a_day=0.1)
    assert choice.chosen.opens[Label.SMOKE] == pytest.approx(0.51)
    assert choice.chosen.measured is not None
    assert choice.chosen.measured.count == 0


def test_a_larger_budget_allows_a_lower_threshold() -> None:
    half, once, twice = chosen(steady(0.5, 20), steady(0.3, 20), silence(23), a_day=1.0).points
    assert [half.asked, once.asked, twice.asked] == [0.5, 1.0, 2.0]
    assert half.opens[Label.SMOKE] >= once.opens[Label.SMOKE] > twice.opens[Label.SMOKE]


def test_what_it_costs_is_shown_in_fires_and_delay() -> None:
    fire = recording([()] * 5 + [(replace(SMOKE, score=0.45),)] * 10, onset=5, clear=5)
    choice = chosen(steady(0.5, 20), silence(72), fires=(fire,), a_day=0.1)
    assert (choice.chosen.raised, choice.chosen.fires) == (0, 1)
    assert (choice.now.raised, choice.now.delay_s) == (1, 4 * 60.0)


def test_few_hours_of_silence_show_no_small_rate() -> None:
    choice = chosen(silence(5))
    assert not choice.shown
    assert choice.least == pytest.approx(14.4, abs=0.1)
    assert "1 false alarms a day are NOT shown by 5 h" in toml([choice])


def test_three_silent_days_show_one_a_day() -> None:
    choice = chosen(silence(72))
    assert choice.shown
    assert toml([choice]).splitlines() == [
        '# scene = "tower": at most 1 false alarms a day, shown at 95 %',
        "opens_smoke = 0.10",
    ]


def test_the_present_thresholds_stand_beside() -> None:
    assert chosen(silence(5)).now.opens == {Label.SMOKE: TOWER.opens[Label.SMOKE]}


def test_a_still_counts_when_it_alarms_but_adds_no_hours() -> None:
    choice = chosen(silence(5), held=(steady(0.5, 6),))
    assert choice.hours == 5
    assert choice.chosen.opens[Label.SMOKE] == pytest.approx(0.51)


def test_without_hours_nothing_is_shown() -> None:
    choice = chosen(held=(steady(0.5, 6),))
    assert (choice.hours, choice.least, choice.chosen.measured) == (0.0, float("inf"), None)
