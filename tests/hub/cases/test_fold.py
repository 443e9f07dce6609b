"""A case as its events make it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases.fold import CaseEvent, CaseNow, Flag, UnknownState, flag, fold
from hub.cases.lifecycle import Phase, Value, load
from hub.wording import LOCAL
from hub.working_time import working_time

CYCLES, CLOCK = load(), working_time()
DOSSIER = CYCLES["dossier"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


def event(state: str, when: str, told: str = "", **rest: Value) -> CaseEvent:
    due = rest.pop("due", None)
    return CaseEvent(
        state=state, at=at(when), recorded_at=at(told or when), unit="20467",
        due_at=at(str(due)) if due else None, attributes=rest,
    )  # fmt: skip


def folded(*events: CaseEvent, of: str = "dossier") -> CaseNow:
    return fold(CYCLES[of], events, CLOCK)


def test_a_dossier_from_its_entry_to_its_result() -> None:
    case = folded(
        event("1", "03-02 08:00"), event("2", "03-02 09:00", online=True),
        event("4", "03-03 08:00"), event("9", "03-05 10:00"), event("10", "03-06 08:00"),
    )  # fmt: skip
    assert (case.received_at, case.first_handled_at) == (at("03-02 08:00"), at("03-02 09:00"))
    assert (case.finished_at, case.state.code) == (at("03-05 10:00"), "10")
    assert (case.attributes, case.irregular, case.reopened) == ({"online": True}, "", 0)
    assert flag(case, at("04-01 08:00"), CLOCK) is Flag.DONE_IN_TIME


def test_the_clock_stands_still_while_papers_are_awaited() -> None:
    case = folded(
        event("2", "03-02 10:00"), event("5", "03-03 10:00"), event("4", "03-05 10:00"),
    )  # fmt: skip
    assert case.due_at == CLOCK.add_days(at("03-02 10:00"), 12)


def test_the_deadline_that_the_other_system_says_counts() -> None:
    case = folded(event("2", "03-02 10:00", due="03-04 17:30"))
    assert case.due_at == at("03-04 17:30")


def test_a_pause_that_lasts_is_shown_as_paused_not_as_overdue() -> None:
    case = folded(event("2", "03-02 10:00", due="03-04 17:30"), event("5", "03-03 10:00"))
    assert flag(case, at("04-01 08:00"), CLOCK) is Flag.PAUSED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("03-03 10:00", Flag.IN_TIME), ("03-04 09:00", Flag.SOON),
        ("03-04 17:30", Flag.SOON), ("03-04 17:31", Flag.OVERDUE),
    ],
)  # fmt: skip
def test_how_a_case_stands_with_its_deadline(now: str, expected: Flag) -> None:
    case = folded(event("2", "03-02 10:00", due="03-04 17:30"))
    assert flag(case, at(now), CLOCK) is expected


@pytest.mark.parametrize(
    ("done", "expected"), [("03-04 17:30", Flag.DONE_IN_TIME), ("03-04 17:31", Flag.DONE_LATE)]
)
def test_done_at_the_deadline_is_in_time(done: str, expected: Flag) -> None:
    case = folded(event("2", "03-02 10:00", due="03-04 17:30"), event("9", done))
    assert flag(case, at("04-01 08:00"), CLOCK) is expected


def test_a_reopened_report_is_unfinished_again() -> None:
    case = folded(
        event("moi", "03-02 08:00"), event("da-xu-ly", "03-03 08:00"),
        event("mo-lai", "03-04 08:00"), of="report",
    )  # fmt: skip
    assert (case.finished_at, case.reopened, case.phase) == (None, 1, Phase.OPEN)
    assert case.irregular == "Mới → Đã xử lý"


def test_a_reopened_report_has_its_whole_term_again() -> None:
    case = folded(
        event("moi", "03-02 08:00"), event("da-xu-ly", "03-03 08:00"),
        event("mo-lai", "03-20 08:00"), of="report",
    )  # fmt: skip
    assert case.due_at == CLOCK.add_days(at("03-20 08:00"), 5)


def test_some_diseases_of_group_b_are_told_within_a_day() -> None:
    case = folded(event("chan-doan", "03-07 22:00", group="B", at_once=True), of="disease")
    assert case.due_at == at("03-07 22:00") + timedelta(hours=24)


def test_a_state_that_is_known_no_more_is_named() -> None:
    with pytest.raises(UnknownState, match="'99'"):
        folded(event("99", "03-02 08:00"))


def test_an_urgent_report_has_a_day_whatever_the_hour() -> None:
    case = folded(event("moi", "03-07 22:00", urgency="khan"), of="report")
    assert case.due_at == at("03-07 22:00") + timedelta(hours=24)


def test_a_disease_of_group_a_is_told_within_a_day_and_of_group_b_within_two() -> None:
    for group, hours in (("A", 24), ("B", 48)):
        case = folded(event("chan-doan", "03-07 22:00", group=group), of="disease")
        assert case.due_at == at("03-07 22:00") + timedelta(hours=hours)


def test_an_unusual_step_is_kept_and_said() -> None:
    case = folded(event("1", "03-02 08:00"), event("10", "03-02 09:00"))
    assert case.irregular == "Mới đăng ký → Đã trả kết quả"


def test_a_case_that_goes_on_after_its_end_is_said() -> None:
    case = folded(event("2", "03-02 08:00"), event("7", "03-03 08:00"), event("4", "03-04 08:00"))
    assert case.irregular == "Công dân yêu cầu rút hồ sơ → Đang xử lý"


def test_a_later_word_about_the_same_step_counts() -> None:
    case = folded(
        event("2", "03-02 08:00", "03-02 08:01", procedure="a", online=True),
        event("2", "03-02 08:00", "03-05 08:00", procedure="b"),
    )
    assert case.attributes == {"procedure": "b", "online": True}


EVENTS = st.builds(
    lambda state, minute, told, online: CaseEvent(
        state=state, at=at("03-02 08:00") + timedelta(hours=minute), unit="20467",
        recorded_at=at("03-02 08:00") + timedelta(hours=told), attributes={"online": online},
    ),
    st.sampled_from([state.code for state in DOSSIER.states]),
    st.integers(0, 30), st.integers(0, 60), st.booleans(),
)  # fmt: skip


@given(st.lists(EVENTS, min_size=1, max_size=8).flatmap(
    lambda told: st.tuples(st.just(told), st.permutations(told))))  # fmt: skip
def test_the_order_of_coming_changes_nothing(
    both: tuple[list[CaseEvent], list[CaseEvent]],
) -> None:
    assert fold(DOSSIER, both[0], CLOCK) == fold(DOSSIER, both[1], CLOCK)
