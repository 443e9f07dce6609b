"""Lag by timestamps: a backlog is told from a quiet link, and clocks may drift."""

import pytest

from edge_agent.sources.lag import Lag


def test_a_stream_that_keeps_up_has_no_lag() -> None:
    lag = Lag()
    assert [lag.behind(t * 0.1, 500 + t * 0.1) for t in range(50)] == pytest.approx([0.0] * 50)


def test_after_a_stall_the_backlog_is_late_and_then_caught_up() -> None:
    lag = Lag()
    lag.behind(0.0, 100.0)
    assert lag.behind(0.1, 105.1) == pytest.approx(5.0, abs=0.01)
    assert lag.behind(2.0, 105.2) == pytest.approx(3.2, abs=0.01)
    assert lag.behind(5.3, 105.3) == pytest.approx(0.0, abs=0.01)


def test_a_stream_that_is_decoded_too_slowly_lags_more_and_more() -> None:
    lag = Lag()
    late = [lag.behind(t * 0.1, t * 0.15) for t in range(200)]
    assert late == sorted(late)
    assert late[-1] > 9


def test_a_camera_whose_clock_is_slow_is_not_taken_for_late() -> None:
    lag = Lag()
    day = [lag.behind(t * 0.9999, float(t)) for t in range(0, 86_400, 20)]
    assert max(day) < 0.1


def test_timestamps_that_begin_anew_are_no_lag() -> None:
    lag = Lag()
    lag.behind(5000.0, 100.0)
    assert lag.behind(0.0, 100.1) == 0.0
    assert lag.behind(9000.0, 100.2) == 0.0
