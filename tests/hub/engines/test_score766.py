"""The score of decision 766, against the worked example of the domain notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.score766 import (
    Dossiers,
    ImpossibleRate,
    UnknownCriterion,
    on_time_percent,
    ranking,
    rules,
    score,
)

RULES = rules()
IDS = [criterion.id for criterion in RULES.criteria]
RATES = st.dictionaries(st.sampled_from(IDS), st.none() | st.floats(0, 100))


def test_the_worked_example_of_dossiers_on_time() -> None:
    percent = on_time_percent(Dossiers(early=610, on_time=290, late=40, overdue=10))
    assert percent == pytest.approx(94.74, abs=0.005)
    result = score("h49", {"resolved-on-time": percent}, RULES)
    assert f"{result.earned:.1f}" == "18.9"
    assert (result.judged, result.unjudged) == (20, 80)


def test_no_dossiers_is_no_rate() -> None:
    assert on_time_percent(Dossiers(early=0, on_time=0, late=0, overdue=0)) is None


def test_the_groups_are_those_of_the_decision() -> None:
    assert [group.points for group in RULES.groups] == [18, 20, 22, 22, 18]


def test_weights_that_we_only_propose_are_marked() -> None:
    result = score("h49", {}, RULES)
    assert any("Trọng số đề xuất" in note for note in result.trace.notes_vi)
    assert all(
        criterion.confidence == "low"
        for criterion in RULES.criteria
        if criterion.source == "Đề xuất của phần mềm"
    )


@pytest.mark.parametrize(
    ("percent", "rank"),
    [
        (100, "Xuất sắc"), (90, "Xuất sắc"), (89.99, "Tốt"), (80, "Tốt"), (70, "Khá"),
        (50, "Trung bình"), (49.9, "Yếu"), (0, "Yếu"),
    ],
)  # fmt: skip
def test_ranks_begin_at_their_bounds(percent: float, rank: str) -> None:
    result = score("h49", dict.fromkeys(IDS, percent), RULES)
    assert (result.rank, result.rank_at_best, result.unjudged) == (rank, rank, 0)


def test_what_was_not_reported_is_neither_zero_nor_full() -> None:
    rates: dict[str, float | None] = dict.fromkeys(IDS, 100.0)
    rates["paid-online"] = None
    del rates["data-reused"]
    result = score("h49", rates, RULES)
    assert (result.earned, result.unjudged) == (86, 14)
    assert (result.rank, result.rank_at_best) == ("Tốt", "Xuất sắc")
    assert set(result.missing) == {"paid-online", "data-reused"}
    assert "Chưa chấm được 14 điểm vì thiếu số liệu." in result.trace.notes_vi


def test_units_of_equal_points_share_a_place() -> None:
    units = {"b": 90.0, "a": 90.0, "c": 95.0, "d": 10.0}
    placed = ranking(score(unit, dict.fromkeys(IDS, rate), RULES) for unit, rate in units.items())
    assert [(one.place, one.score.unit) for one in placed] == [
        (1, "c"), (2, "a"), (2, "b"), (4, "d"),
    ]  # fmt: skip


def test_a_rate_that_nobody_asks_for_is_refused_by_name() -> None:
    with pytest.raises(UnknownCriterion, match="no criterion paid-on-line"):
        score("h49", {"paid-on-line": 50}, RULES)


@pytest.mark.parametrize("percent", [-1, 101, float("nan")])
def test_a_rate_outside_zero_and_hundred_is_refused(percent: float) -> None:
    with pytest.raises(ImpossibleRate, match="paid-online"):
        score("h49", {"paid-online": percent}, RULES)


@given(RATES)
def test_points_lie_between_nothing_and_what_was_judged(rates: dict[str, float | None]) -> None:
    result = score("h49", rates, RULES)
    assert 0 <= result.earned <= result.judged + 1e-9
    assert result.judged + result.unjudged == pytest.approx(100)
    assert sum(one.earned for one in result.criteria) == pytest.approx(result.earned)
