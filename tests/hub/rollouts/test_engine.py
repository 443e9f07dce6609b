"""Ring after ring while all is well; undone and told when it is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from contracts.rollout import Phase
from contracts.update import Ring
from hub.database import Database
from hub.devices import write_status
from hub.rollouts.engine import Word
from hub.rollouts.errors import AlreadyRunning, NoSuchRollout, NotNow
from tests.hub.messages import status
from tests.hub.rollouts.making import CAMERAS, DAY, HOUR, Centre, offered

NAMES = ("thap-a", "thap-b", "thap-c", "thap-d")
RINGS = ("canary=thap-a", "first=25%", "all")
MINUTE = timedelta(minutes=1)
OFFER = offered()


@pytest.fixture
def centre(database: Database, tmp_path: Path) -> Centre:
    return Centre(database, tmp_path, *NAMES)


def settle(centre: Centre, *names: str) -> None:
    for name in names:
        centre.say(name, Phase.SETTLED, OFFER)


def test_ring_after_ring_each_after_its_soak(centre: Centre) -> None:
    centre.start(OFFER, *RINGS)
    assert centre.members() == {"thap-a": 0}
    assert centre.wish("thap-a") == OFFER.digest
    centre.look(2 * HOUR)
    assert centre.members() == {"thap-a": 0}  # it has not said anything yet
    settle(centre, "thap-a")
    centre.look()
    centre.look(59 * MINUTE)
    assert centre.members() == {"thap-a": 0}
    centre.look(MINUTE)
    [second] = [name for name, ring in centre.members().items() if ring == 1]
    settle(centre, second)
    centre.look()
    centre.look(HOUR)
    assert len(centre.members()) == 4
    settle(centre, *NAMES)
    centre.look()
    centre.look(HOUR)
    row = centre.rollout()
    assert (row.state, row.ended_at) == ("done", centre.now)
    assert centre.troubles() == []


def test_a_hub_that_starts_anew_goes_on(centre: Centre, tmp_path: Path) -> None:
    centre.start(OFFER, *RINGS)
    settle(centre, "thap-a")
    centre.look()
    again = Centre(centre.database, tmp_path)
    again.now = centre.now
    again.look(HOUR)
    assert len(centre.members()) == 2


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.FETCHING, Phase.TESTING, Phase.TRIAL])
def test_a_box_that_is_at_it_is_waited_for(centre: Centre, phase: Phase) -> None:
    centre.start(OFFER, "canary=thap-a,thap-b", "all")
    settle(centre, "thap-a")
    centre.say("thap-b", phase, OFFER)
    centre.look()
    centre.look(DAY)
    assert len(centre.members()) == 2
    centre.look(DAY, "thap-b")  # silent since: the more so
    assert len(centre.members()) == 2


def test_a_box_that_ails_or_fell_silent_is_not_well(centre: Centre) -> None:
    centre.start(OFFER, *RINGS)
    settle(centre, "thap-a")
    centre.look()
    centre.look(DAY, "thap-a")
    assert len(centre.members()) == 1
    with centre.database.work() as work:
        ill = status(centre.now, device="thap-a", cameras=CAMERAS, reason="hết pin")
        write_status(work, ill, centre.now)
    centre.look(DAY)
    assert len(centre.members()) == 1


def test_a_box_that_was_never_there_holds_up_nobody(centre: Centre) -> None:
    centre.start(OFFER, "canary=thap-a,thap-b", "all")
    settle(centre, "thap-a")
    centre.look(HOUR, "thap-b")
    centre.look(HOUR, "thap-b")
    assert len(centre.members()) == 4
    with_nobody = [name for name, ring in centre.members().items() if ring == 0]
    assert with_nobody == ["thap-a", "thap-b"]


def test_a_failed_self_test_undoes_it_everywhere_and_is_an_incident(centre: Centre) -> None:
    old = offered(version=1)
    centre.start(old, "all")
    for name in NAMES:
        centre.say(name, Phase.SETTLED, old)
    centre.look()
    centre.look(HOUR)
    centre.start(OFFER, "canary=thap-a,thap-b", "all")
    settle(centre, "thap-a")
    centre.say("thap-b", Phase.FAILED, OFFER, reason="self-test: scores 0.50 for smoke")
    centre.look()
    assert centre.rollout().state == "rolled-back"
    assert [centre.wish(name) for name in NAMES] == [old.digest] * 4
    [trouble] = centre.troubles()
    assert trouble.title_vi == "Cập nhật đã được hoàn tác – mô hình nhận dạng tiny 2"
    assert "Trạm thap-b không dùng được bản cập nhật: self-test" in trouble.text_vi
    centre.look(DAY)
    assert len(centre.members()) == 2  # it goes no further


def test_what_had_no_update_before_goes_back_to_its_own(centre: Centre) -> None:
    centre.start(OFFER, *RINGS)
    centre.say("thap-a", Phase.FAILED, OFFER, reason="x")
    centre.look()
    assert centre.wish("thap-a") is None


def test_rising_false_alarms_undo_it(centre: Centre) -> None:
    for days in (2, 6, 10):
        centre.false_alarm("thap-a", centre.now - days * DAY)
    centre.start(OFFER, *RINGS)
    settle(centre, "thap-a")
    centre.look()
    for hour in range(1, 3):
        centre.false_alarm("thap-a", centre.now + hour * HOUR / 4)
    centre.look(HOUR / 2)
    assert centre.rollout().state == "running"  # two say nothing
    centre.false_alarm("thap-a", centre.now)
    centre.look(MINUTE)
    assert centre.rollout().state == "rolled-back"
    [trouble] = centre.troubles()
    assert "Báo động nhầm tăng: 3 lần" in trouble.text_vi


def test_as_many_false_alarms_as_before_are_no_reason(centre: Centre) -> None:
    for hours in range(1, 14 * 4):
        centre.false_alarm("thap-a", centre.now - hours * HOUR * 6)
    centre.start(OFFER, *RINGS)
    settle(centre, "thap-a")
    for hours in range(1, 4):
        centre.false_alarm("thap-a", centre.now + hours * HOUR * 6)
        centre.false_alarm("thap-b", centre.now + hours * HOUR * 6)  # of no ring yet
        centre.false_alarm("thap-a", centre.now + hours * HOUR, drill=True)
        centre.false_alarm("thap-a", centre.now + hours * HOUR, verdict="confirmed")
    centre.look(DAY)
    assert centre.rollout().state == "running"


def test_a_person_halts_it_and_boxes_keep_what_they_run(centre: Centre) -> None:
    number = centre.start(OFFER, *RINGS)
    settle(centre, "thap-a")
    with centre.database.work() as work:
        centre.rollouts.halt(work, number, Word(actor="lan", at=centre.now, why="nghỉ Tết"))
    centre.look(DAY)
    assert (centre.rollout().state, centre.rollout().reason) == ("halted", "nghỉ Tết")
    assert centre.wish("thap-a") == OFFER.digest
    assert centre.troubles()[0].title_vi.startswith("Cập nhật đã dừng")
    with centre.database.work() as work, pytest.raises(NotNow, match="is halted"):
        centre.rollouts.halt(work, number, Word(actor="lan", at=centre.now))


def test_rolling_out_the_same_again_goes_on_and_can_still_be_undone(centre: Centre) -> None:
    number = centre.start(OFFER, *RINGS)
    with centre.database.work() as work:
        centre.rollouts.halt(work, number, Word(actor="lan", at=centre.now))
    again = centre.start(OFFER, *RINGS)
    assert centre.troubles() == []  # the newer one is the answer
    with centre.database.work() as work:
        centre.rollouts.roll_back(work, again, Word(actor="lan", at=centre.now))
    assert centre.wish("thap-a") is None
    assert "Do lan yêu cầu." in centre.troubles()[0].text_vi
    with centre.database.work() as work, pytest.raises(NotNow, match="nothing to roll back"):
        centre.rollouts.roll_back(work, again, Word(actor="lan", at=centre.now))


def test_one_roll_out_of_a_kind_at_a_time(centre: Centre) -> None:
    centre.start(OFFER, *RINGS)
    with pytest.raises(AlreadyRunning, match="wait, or `ioc update halt 1`"):
        centre.start(offered(version=3), *RINGS)
    with centre.database.work() as work, pytest.raises(NoSuchRollout):
        centre.rollouts.halt(work, 9, Word(actor="lan", at=centre.now))


def test_boxes_of_a_narrower_ring_are_chosen_for_what_is_signed_for_few(centre: Centre) -> None:
    centre.say("thap-c", ring=Ring.CANARY)
    centre.start(offered(ring=Ring.CANARY))
    assert centre.members() == {"thap-c": 0}


def test_a_ring_that_nobody_is_left_for_is_passed(centre: Centre) -> None:
    centre.start(OFFER, f"canary={','.join(NAMES)}", "all")
    settle(centre, *NAMES)
    centre.look()
    centre.look(HOUR)
    centre.look()
    assert centre.rollout().state == "done"
