"""Two lanes between threads."""

import threading

from contracts.identity import Lane
from hub.intake import Intake
from tests.waiting import until


def test_alarms_are_taken_first_and_alone() -> None:
    intake: Intake[str] = Intake(10)
    intake.put(Lane.BULK, "b")
    intake.put(Lane.ALARM, "a")
    assert intake.take(10) == ["a"]
    assert intake.take(10) == ["b"]


def test_no_more_is_taken_than_asked_for_in_order() -> None:
    intake: Intake[int] = Intake(10)
    for number in range(5):
        intake.put(Lane.BULK, number)
    assert intake.take(3) == [0, 1, 2]
    assert intake.take(3) == [3, 4]


def test_a_full_lane_blocks_its_putter_and_not_the_other_lane() -> None:
    intake: Intake[int] = Intake(1)
    intake.put(Lane.BULK, 1)
    putter = threading.Thread(target=intake.put, args=(Lane.BULK, 2))
    putter.start()
    assert intake.put(Lane.ALARM, 3)
    assert putter.is_alive()
    assert intake.waiting(Lane.BULK) == 1
    assert intake.take(10) == [3]
    assert intake.take(10) == [1]
    putter.join(10)
    assert intake.take(10) == [2]


def test_a_waiting_taker_is_woken() -> None:
    intake: Intake[int] = Intake(1)
    taken: list[int] = []
    taker = threading.Thread(target=lambda: taken.extend(intake.take(1)))
    taker.start()
    intake.put(Lane.BULK, 7)
    taker.join(10)
    assert taken == [7]


def test_closing_lets_everyone_go_and_takes_nothing_more() -> None:
    intake: Intake[int] = Intake(1)
    intake.put(Lane.BULK, 1)
    refused: list[bool] = []
    putter = threading.Thread(target=lambda: refused.append(intake.put(Lane.BULK, 2)))
    putter.start()
    intake.close()
    until(lambda: not putter.is_alive())
    assert refused == [False]
    assert intake.take(5) == [1]
    assert intake.take(5) == []
