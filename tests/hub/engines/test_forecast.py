"""Forecasts that earned to be shown."""

import random
import sys
from dataclasses import replace

import pytest

from hub.engines import forecast as module
from hub.engines.forecast import FLAT_VI, NOT_INSTALLED_VI, Series, Step, forecast, rules, will_miss

RULES = rules()
WEEK = (2.0, 1.0, 0.0, 0.0, -1.0, -3.0, -5.0)


def weekly(days: int = 84, noise: float = 1.0, seed: int = 7) -> Series:
    chance = random.Random(seed)
    values = tuple(90 + WEEK[day % 7] + chance.gauss(0, noise) for day in range(days))
    return Series(values=values, season=7, lowest=0, highest=100)


def test_a_weekly_rhythm_is_found_and_beats_last_week() -> None:
    found = forecast(weekly(), 7, RULES)
    assert [step.value for step in found.steps] == pytest.approx(
        [90 + one for one in WEEK], abs=1.5
    )
    assert found.accuracy is not None
    assert found.accuracy.mase < found.accuracy.naive_mase
    assert all(step.low <= step.value <= step.high for step in found.steps)


def test_intervals_cover_about_what_they_promise() -> None:
    shares = [
        accuracy.coverage
        for seed in range(12)
        if (accuracy := forecast(weekly(seed=seed), 3, RULES).accuracy) and accuracy.coverage
    ]
    assert len(shares) == 12
    assert 0.7 <= sum(shares) / len(shares) <= 0.95


def test_a_random_walk_is_seldom_shown_and_then_with_its_accuracy() -> None:
    chance, level, values = random.Random(3), 50.0, []
    for day in range(84):
        level += chance.gauss(0, 1) if day % 7 == 0 else 0
        values.append(level)
    found = forecast(Series(values=tuple(values), season=7), 7, RULES)
    assert found.accuracy is not None
    beats = found.accuracy.mase < found.accuracy.naive_mase
    assert bool(found.steps) is beats
    assert bool(found.reason_vi) is not beats


def test_what_does_not_beat_last_week_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_points", lambda values, season, horizon: [0.0] * horizon)
    found = forecast(weekly(), 7, RULES)
    assert found.steps == ()
    assert "không tốt hơn" in found.reason_vi
    assert found.accuracy is not None


def test_a_short_history_says_how_much_it_needs() -> None:
    assert forecast(weekly(38), 7, RULES).reason_vi == "Mới có 38 kỳ số liệu, cần ít nhất 39."
    assert forecast(weekly(39), 7, RULES).accuracy is not None


def test_a_steady_series_needs_no_forecast() -> None:
    assert forecast(Series(values=(5.0,) * 60, season=7), 7, RULES).reason_vi == FLAT_VI


def test_few_holes_are_bridged_and_many_are_not() -> None:
    series = weekly()
    few = tuple(None if day in (3, 20, 50, 70) else one for day, one in enumerate(series.values))
    many = tuple(None if day % 7 == 0 else one for day, one in enumerate(series.values))
    assert forecast(replace(series, values=few), 7, RULES).steps
    assert forecast(replace(series, values=many), 7, RULES).reason_vi == (
        "Thiếu số liệu 12 trên 84 kỳ."
    )


def test_a_share_never_passes_a_hundred() -> None:
    series = weekly(noise=0.5)
    lifted = tuple(min(value + 9, 100.0) for value in series.values if value is not None)
    found = forecast(replace(series, values=lifted), 7, RULES)
    assert found.steps
    assert all(step.high <= 100 for step in found.steps)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "augurs", None)
    assert forecast(weekly(), 7, RULES).reason_vi == NOT_INSTALLED_VI


def test_the_back_test_never_sees_the_future() -> None:
    """A jump in the last week changes no fold that ended before it."""
    series = weekly()
    jumped = replace(series, values=(*series.values[:-7], *[0.0] * 7))
    before = module._back_test(series, 7, RULES)
    after = module._back_test(jumped, 7, RULES)
    assert before[0] == after[0]
    assert before[-1] != after[-1]


@pytest.mark.parametrize(
    ("target", "at_least", "probability"),
    [(80, True, 0.5 / 10), (100, True, 9.5 / 10), (90, True, 4.5 / 10), (90, False, 4.5 / 10)],
)
def test_the_chance_to_miss_comes_from_past_errors(
    target: float, at_least: bool, probability: float
) -> None:
    step = Step(value=90, low=85, high=95, errors=(-4, -3, -2, -1, 0, 1, 2, 3, 4))
    assert will_miss(step, target, at_least=at_least) == pytest.approx(probability)


def test_a_season_of_one_step_is_refused() -> None:
    with pytest.raises(ValueError, match="season of 1"):
        Series(values=(1.0,), season=1)
