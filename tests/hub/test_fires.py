"""Which fire a sighting belongs to."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from contracts.sighting import Label, Sighting, State
from hub.config import HubConfig, Rules, Webhook
from hub.database import Database
from hub.devices import write_status
from hub.fires import Arrived, Fires
from hub.incident import Verdict
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.places import district
from hub.records import incidents, notifications, sightings
from hub.wording import small
from tests.hub.conftest import NOON
from tests.hub.messages import PRAO, SONG_KON, looking, sighting, status

MINUTE = timedelta(minutes=1)
PHONE = Webhook(name="may", url="http://127.0.0.1/", secret_env="S")


class Lookout:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.incidents = Incidents(Announcer((PHONE,), "https://ioc.vn/"))
        self.fires = Fires(self.incidents, district(), Rules())

    def sees(self, message: Sighting, *, late: bool = False, clock_suspect: bool = False) -> None:
        arrived = Arrived(
            sighting=message,
            captured_at=message.captured_at,
            received_at=message.captured_at + timedelta(seconds=1),
            late=late,
            clock_suspect=clock_suspect,
        )
        with self.database.work() as work:
            self.fires.take(work, arrived)

    def all(self) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(incidents).order_by(incidents.c.id)))

    def events(self) -> list[str]:
        with self.database.read() as connection:
            return list(
                connection.scalars(select(notifications.c.event).order_by(notifications.c.id))
            )


@pytest.fixture
def lookout(database: Database) -> Lookout:
    with database.work() as work:
        write_status(work, status(NOON), NOON)
        write_status(
            work, status(NOON, device="thap-ba", title="Tháp Ba", cameras=[
                {"name": "dong", "title": "Camera Đông", "position": SONG_KON}
            ]), NOON,
        )  # fmt: skip
    return Lookout(database)


def test_the_title_says_what_where_and_in_which_commune(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(125)))
    [fire] = lookout.all()
    assert fire.title_vi == "Nghi có khói rừng – tháp Prao, hướng 125°, xã Đông Giang"
    assert fire.text_vi == (
        "Tháp Prao · Camera Bắc thấy khói lúc 12:00:00 ngày 01/04/2026, độ rõ: rõ. "
        "Hướng 125° (Đông Nam)."
    )
    assert (fire.severity, fire.commune_code, fire.fixed) == ("major", "20467", False)
    assert (fire.lat, fire.lon, fire.camera) == (*PRAO.values(), "thap-prao/bac")


def test_an_updated_sighting_refreshes_its_fire(lookout: Lookout) -> None:
    first = sighting(NOON, **looking(125))
    lookout.sees(first)
    lookout.sees(first.model_copy(update={"state": State.UPDATED, "captured_at": NOON + MINUTE}))
    [fire] = lookout.all()
    assert (fire.last_seen_at, fire.refreshes) == (NOON + MINUTE, 1)
    assert lookout.events() == ["incident.opened"]


def test_a_new_sighting_in_the_same_direction_is_the_same_fire(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(125)))
    lookout.sees(sighting(NOON + 5 * MINUTE, **looking(127.5)))
    assert len(lookout.all()) == 1


def test_a_second_fire_elsewhere_in_the_view_is_not_swallowed(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(125)))
    lookout.sees(sighting(NOON + MINUTE, **looking(160)))
    assert len(lookout.all()) == 2


def test_directions_wrap_around_north(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(359)))
    lookout.sees(sighting(NOON + MINUTE, **looking(1)))
    assert len(lookout.all()) == 1


def box(x: float) -> dict[str, Any]:
    return {"findings": [
        {"label": "smoke", "score": 0.8, "box": {"x": x, "y": 0.2, "w": 0.1, "h": 0.1}}
    ]}  # fmt: skip


@pytest.mark.parametrize(("x", "fires"), [(0.12, 1), (0.6, 2)])
def test_without_bearings_boxes_tell_fires_apart(lookout: Lookout, x: float, fires: int) -> None:
    lookout.sees(sighting(NOON, **box(0.1)))
    lookout.sees(sighting(NOON + MINUTE, **box(x)))
    assert len(lookout.all()) == fires


def test_after_the_window_it_is_a_new_fire(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(125)))
    lookout.sees(sighting(NOON + 31 * MINUTE, **looking(125)))
    assert len(lookout.all()) == 2


def test_flames_after_smoke_raise_the_severity_and_tell_the_phone(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(125)))
    lookout.sees(sighting(NOON + MINUTE, label="fire", **looking(125)))
    [fire] = lookout.all()
    assert fire.severity == "critical"
    assert fire.title_vi.startswith("Nghi có cháy rừng – tháp Prao")
    assert lookout.events() == ["incident.opened", "incident.updated"]


def test_a_second_tower_whose_ray_crosses_joins_and_locates(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(107.3806)))
    joining = sighting(NOON + MINUTE, device="thap-ba", camera="dong", **looking(169.1787))
    lookout.sees(joining)
    [fire] = lookout.all()
    assert fire.fixed
    assert (fire.lat, fire.lon) == (pytest.approx(15.9, abs=5e-4), pytest.approx(107.73, abs=5e-4))
    assert fire.severity == "critical"
    assert fire.text_vi.startswith(
        "2 camera cùng thấy: Tháp Prao · Camera Bắc; Tháp Ba · Camera Đông. "
    )
    assert "Hai camera cắt nhau tại 15.90" in fire.text_vi
    assert lookout.events() == ["incident.opened", "incident.updated"]


@pytest.mark.parametrize(("label", "what"), [("smoke", "khói rừng"), ("fire", "cháy rừng")])
def test_a_second_tower_does_not_take_the_title_away_from_the_first(
    lookout: Lookout, label: str, what: str
) -> None:
    lookout.sees(sighting(NOON, **looking(107.3806)))
    lookout.sees(
        sighting(NOON + MINUTE, device="thap-ba", camera="dong", label=label, **looking(169.1787))
    )
    [fire] = lookout.all()
    assert fire.title_vi == f"Nghi có {what} – tháp Prao, hướng 107°, xã Đông Giang"
    assert (fire.camera, fire.camera_title) == ("thap-prao/bac", "Tháp Prao · Camera Bắc")
    assert fire.bearing_deg == 107.3806


def test_the_title_names_the_commune_of_the_crossing(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, device="thap-ba", camera="dong", **looking(169.1787)))
    before = lookout.all()[0].title_vi
    lookout.sees(sighting(NOON + MINUTE, **looking(107.3806)))
    [fire] = lookout.all()
    assert before.startswith("Nghi có khói rừng – tháp Ba, hướng 169°")
    assert fire.title_vi == f"Nghi có khói rừng – tháp Ba, hướng 169°, {small(fire.commune)}"


def test_a_tower_that_looks_elsewhere_sees_another_fire(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(107.3806)))
    lookout.sees(sighting(NOON + MINUTE, device="thap-ba", camera="dong", **looking(20)))
    assert len(lookout.all()) == 2


def test_a_drill_never_mixes_with_a_fire(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, drill=True, **looking(125)))
    lookout.sees(sighting(NOON + MINUTE, **looking(125)))
    drill, fire = lookout.all()
    assert drill.title_vi.startswith("[DIỄN TẬP] Nghi có khói rừng")
    assert (drill.drill, fire.drill) == (True, False)


def test_a_late_sighting_says_so_and_is_not_urgent(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, **looking(125)), late=True)
    [fire] = lookout.all()
    assert fire.late
    assert fire.title_vi.startswith("Tin đến muộn: ")
    with lookout.database.read() as connection:
        assert connection.scalars(select(notifications.c.urgent)).all() == [False]


def test_a_doubtful_clock_is_said(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON), clock_suspect=True)
    [fire] = lookout.all()
    assert fire.clock_suspect
    assert "Đồng hồ của thiết bị sai" in fire.text_vi


def test_a_fire_is_cleared_when_its_last_sighting_closes(lookout: Lookout) -> None:
    one, other = sighting(NOON, **looking(125)), sighting(NOON + MINUTE, **looking(126))
    for each in (one, other):
        lookout.sees(each)
    lookout.sees(closed(one, NOON + 2 * MINUTE))
    assert lookout.all()[0].cleared_at is None
    lookout.sees(closed(other, NOON + 3 * MINUTE))
    fire = lookout.all()[0]
    assert fire.cleared_at == NOON + 3 * MINUTE + timedelta(seconds=1)
    assert fire.closed_at is None


def closed(message: Sighting, at: datetime) -> Sighting:
    return message.model_copy(update={"state": State.CLOSED, "captured_at": at})


def test_an_opening_that_comes_after_its_closing_changes_nothing(lookout: Lookout) -> None:
    message = sighting(NOON, **looking(125))
    lookout.sees(closed(message, NOON + MINUTE))
    lookout.sees(message)
    [fire] = lookout.all()
    assert fire.cleared_at is not None
    with lookout.database.read() as connection:
        assert connection.scalars(select(sightings.c.state)).all() == ["closed"]


def test_a_sighting_judged_false_stays_judged_and_a_new_one_opens_anew(lookout: Lookout) -> None:
    message = sighting(NOON, **looking(125))
    lookout.sees(message)
    with lookout.database.work() as work:
        lookout.incidents.acknowledge(
            work, lookout.all()[0].id, Verdict.FALSE_ALARM, who="lan", at=NOON, reason="sương"
        )
    lookout.sees(message.model_copy(update={"captured_at": NOON + MINUTE, "state": State.UPDATED}))
    assert len(lookout.all()) == 1
    lookout.sees(sighting(NOON + 2 * MINUTE, **looking(125)))
    assert len(lookout.all()) == 2


SECOND = timedelta(seconds=1)


def judged(
    lookout: Lookout, verdict: Verdict = Verdict.FALSE_ALARM, **changes: Any
) -> tuple[Sighting, str]:
    """A sighting and its incident, judged by Lan at noon."""
    message = sighting(NOON, **looking(125) | changes)
    lookout.sees(message)
    [incident] = lookout.all()
    with lookout.database.work() as work:
        lookout.incidents.acknowledge(
            work, incident.id, verdict, who="Lan", at=NOON, reason="sương"
        )
    return message, incident.id


def still(message: Sighting, after: timedelta, **changes: Any) -> Sighting:
    return message.model_copy(
        update={"state": State.UPDATED, "captured_at": NOON + after} | changes
    )


def test_a_fire_wrongly_called_false_opens_anew_while_it_is_still_seen(lookout: Lookout) -> None:
    message, first = judged(lookout, label="fire")
    lookout.sees(still(message, 5 * MINUTE))
    assert len(lookout.all()) == 1
    lookout.sees(still(message, 5 * MINUTE + SECOND, label=Label.SMOKE))
    closed, anew = lookout.all()
    assert (closed.id, anew.severity) == (first, "critical")
    assert anew.title_vi.startswith("Nghi có cháy rừng – tháp Prao")
    assert anew.text_vi.startswith(
        "Sự việc trước đã đóng là “Báo động giả” bởi Lan lúc 12:00:00 ngày 01/04/2026, "
        "camera vẫn còn thấy."
    )
    assert lookout.events() == ["incident.opened", "incident.closed", "incident.opened"]


def test_one_closing_is_followed_by_one_incident(lookout: Lookout) -> None:
    message, _ = judged(lookout)
    for seconds in (301, 331, 361):
        lookout.sees(still(message, timedelta(seconds=seconds)))
    assert len(lookout.all()) == 2
    with lookout.database.work() as work:
        lookout.incidents.acknowledge(
            work, lookout.all()[1].id, Verdict.FALSE_ALARM, who="Lan", at=NOON + 7 * MINUTE,
            reason="sương",
        )  # fmt: skip
    lookout.sees(still(message, 12 * MINUTE))
    assert len(lookout.all()) == 2
    lookout.sees(still(message, 12 * MINUTE + SECOND))
    assert len(lookout.all()) == 3


def test_a_second_sighting_of_the_closed_fire_joins_the_one_that_followed(
    lookout: Lookout,
) -> None:
    message = sighting(NOON, **box(0.1))
    other = sighting(NOON, **box(0.12))
    for each in (message, other):
        lookout.sees(each)
    with lookout.database.work() as work:
        lookout.incidents.acknowledge(
            work, lookout.all()[0].id, Verdict.FALSE_ALARM, who="Lan", at=NOON, reason="sương"
        )
    lookout.sees(still(message, 6 * MINUTE))
    lookout.sees(still(other, 6 * MINUTE, findings=sighting(NOON, **box(0.8)).findings))
    assert len(lookout.all()) == 2


def test_flames_in_what_was_called_false_open_anew_at_once(lookout: Lookout) -> None:
    message, _ = judged(lookout)
    lookout.sees(still(message, SECOND, label=Label.FIRE))
    _, anew = lookout.all()
    assert anew.severity == "critical"


def test_a_controlled_burn_is_left_alone_for_two_hours(lookout: Lookout) -> None:
    message, _ = judged(lookout, Verdict.CONTROLLED_BURN)
    lookout.sees(still(message, 120 * MINUTE))
    assert len(lookout.all()) == 1
    lookout.sees(still(message, 120 * MINUTE + SECOND))
    assert len(lookout.all()) == 2


def test_what_ends_after_its_verdict_opens_nothing(lookout: Lookout) -> None:
    message, _ = judged(lookout)
    lookout.sees(still(message, 10 * MINUTE, state=State.CLOSED))
    lookout.sees(still(message, 11 * MINUTE))
    assert len(lookout.all()) == 1


def test_a_street_camera_reports_a_street_fire(lookout: Lookout) -> None:
    card = {"name": "cong", "title": "Camera Cổng", "scene": "street", "position": PRAO}
    with lookout.database.work() as work:
        write_status(work, status(NOON, device="pho-prao", title="Phố Prao", cameras=[card]), NOON)
    lookout.sees(sighting(NOON, device="pho-prao", camera="cong", label="fire"))
    [fire] = lookout.all()
    assert (fire.type, fire.subsystem) == ("street-fire", "cameras")
    assert fire.title_vi == "Nghi có lửa – Phố Prao, Camera Cổng, xã Đông Giang"


def test_a_device_that_never_introduced_itself_is_believed(lookout: Lookout) -> None:
    lookout.sees(sighting(NOON, device="thap-la", camera="x"))
    [fire] = lookout.all()
    assert fire.title_vi == "Nghi có khói rừng – thap-la, x"


def test_rules_are_the_configuration_s() -> None:
    assert HubConfig().rules.same_fire_s == 1800
