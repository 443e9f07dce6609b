"""When a message is filed."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.arrival import FutureDated, judge, line_of, nanoseconds
from hub.config import Rules
from tests.hub.conftest import NOON
from tests.hub.messages import sighting, telemetry

RULES = Rules()
HOUR = timedelta(hours=1)


def test_what_comes_in_time_keeps_its_time() -> None:
    filed = judge(sighting(NOON), NOON + timedelta(seconds=2), RULES, None)
    assert (filed.captured_at, filed.late, filed.clock_suspect) == (NOON, False, False)


def test_a_sighting_of_an_hour_ago_is_late() -> None:
    assert judge(sighting(NOON), NOON + HOUR, RULES, None).late


def test_an_alarm_from_the_future_is_corrected_by_its_own_age() -> None:
    ahead = sighting(NOON + HOUR, sent_at=NOON + HOUR + timedelta(seconds=30))
    filed = judge(ahead, NOON, RULES, None)
    assert filed.captured_at == NOON - timedelta(seconds=30)
    assert filed.clock_suspect
    assert not filed.late


@pytest.mark.parametrize("sent_at", [None, NOON])
def test_an_alarm_from_the_future_without_a_sane_age_is_of_now(sent_at: datetime | None) -> None:
    filed = judge(sighting(NOON + HOUR, sent_at=sent_at), NOON, RULES, None)
    assert filed.captured_at == NOON
    assert filed.clock_suspect


def test_an_alarm_of_a_clock_known_to_be_behind_is_not_called_late() -> None:
    behind = sighting(NOON - HOUR, sent_at=NOON - HOUR + timedelta(seconds=3))
    filed = judge(behind, NOON, RULES, skew_s=-3599.0)
    assert filed.captured_at == NOON - timedelta(seconds=3)
    assert filed.clock_suspect
    assert not filed.late


def test_an_alarm_of_1970_is_of_a_box_without_a_clock() -> None:
    dawn = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    filed = judge(sighting(dawn, sent_at=dawn + timedelta(seconds=4)), NOON, RULES, None)
    assert filed.captured_at == NOON - timedelta(seconds=4)
    assert filed.clock_suspect


def test_a_figure_from_the_future_is_refused_by_both_clocks() -> None:
    with pytest.raises(FutureDated, match="3600 s after it came") as refused:
        judge(telemetry(NOON + HOUR), NOON, RULES, None)
    assert (refused.value.captured_at, refused.value.received_at) == (NOON + HOUR, NOON)


def test_a_figure_a_little_ahead_is_taken() -> None:
    ahead = NOON + timedelta(seconds=119)
    assert judge(telemetry(ahead), NOON, RULES, None).captured_at == ahead


def test_two_figures_of_one_microsecond_are_two_points() -> None:
    one, other = line_of(telemetry(NOON, seq=1)), line_of(telemetry(NOON, seq=2))
    assert one == f"box,device=thap-prao cpu_percent=12.0 {nanoseconds(NOON) + 1}"
    assert one != other


def test_a_camera_figure_carries_its_camera() -> None:
    message = telemetry(NOON, measurement="camera", camera="bac", values={"frame_age_s": 1.0})
    assert line_of(message).startswith("camera,device=thap-prao,camera=bac frame_age_s=1.0 ")


def test_nanoseconds_are_exact() -> None:
    moment = datetime(2026, 4, 1, 5, 0, 0, 123457, tzinfo=UTC)
    assert nanoseconds(moment) == 1_775_019_600_123_457_000
