"""Plan, actual, same period."""

from datetime import date

import pytest

from hub.engines.same_period import (
    Figures,
    Period,
    Traffic,
    Trend,
    compare,
    rules,
    traffic,
    year_before,
)

RULES = rules()


def test_actual_against_plan_pace_and_last_year() -> None:
    found = compare(Figures(actual=45, plan=100, last_year=40, elapsed=0.5), RULES)
    assert (found.plan_percent, found.pace_percent) == (45, 90)
    assert (found.change, found.change_percent, found.trend) == (5, 12.5, Trend.UP)


@pytest.mark.parametrize(
    ("actual", "last_year", "percent", "trend"),
    [
        (5, 0, None, Trend.UP), (0, 0, None, Trend.FLAT), (5, None, None, Trend.UNKNOWN),
        (1001, 1000, 0.1, Trend.FLAT), (-5, -10, 50, Trend.UP),
    ],
)  # fmt: skip
def test_nothing_last_year_makes_no_percentage(
    actual: float, last_year: float | None, percent: float | None, trend: Trend
) -> None:
    found = compare(Figures(actual=actual, last_year=last_year), RULES)
    assert found.change_percent == (None if percent is None else pytest.approx(percent))
    assert found.trend is trend


def test_a_missing_or_empty_plan_is_not_zero_percent() -> None:
    assert compare(Figures(actual=5), RULES).plan_percent is None
    assert compare(Figures(actual=5, plan=0), RULES).plan_percent is None


def test_traffic_is_told_in_a_sentence() -> None:
    now = Traffic(accidents=12, deaths=1, injured=4)
    found = traffic(now, Traffic(accidents=15, deaths=1, injured=0), RULES)
    assert found.sentence_vi == (
        "12 vụ, giảm 3 (20 %) so với cùng kỳ; 1 người chết, không đổi so với cùng kỳ; "
        "4 bị thương, tăng 4 so với cùng kỳ."
    )
    assert "chưa có số cùng kỳ" in traffic(now, None, RULES).sentence_vi


def test_last_years_period_keeps_its_days() -> None:
    february = Period(start=date(2028, 2, 1), end=date(2028, 3, 1))
    assert year_before(february) == Period(start=date(2027, 2, 1), end=date(2027, 3, 1))
    assert year_before(Period(start=date(2028, 2, 1), end=date(2028, 2, 29))).end == date(
        2027, 3, 1
    )
