"""What the hub reckons from what was told, handed in by the one way in."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from contracts.identity import new_ulid
from contracts.indicator import CaseBody
from hub import audit
from hub.catalogue.periods import Span, containing
from hub.engines.probe_settings import Probe
from hub.engines.probes import Result
from hub.incident import Alarm, Place, Verdict
from hub.incidents import Incidents
from hub.reckoning import reckoner
from hub.records import figures, settings
from hub.services import Services
from hub.wording import LOCAL
from tests.hub.conftest import alarm
from tests.hub.reckoning.conftest import (
    MAIL,
    MAIL_CERTIFICATE,
    NOW,
    H,
    House,
    P,
    hourly,
    tell_weather,
)


def test_the_worked_table_of_fire_danger(house: House) -> None:
    tell_weather(house)
    house.reckoner.reckon(NOW)
    assert house.found("forest-fire.danger-index", "20467") == pytest.approx(P, abs=0.15)
    assert house.found("forest-fire.dry-days", "20467") == H


def test_a_commune_without_a_station_has_the_districts_weather(house: House) -> None:
    tell_weather(house)
    house.reckoner.reckon(NOW)
    assert house.found("forest-fire.danger-index", "20485") == pytest.approx(P, abs=0.15)


def test_before_two_in_the_afternoon_today_is_not_reckoned(house: House) -> None:
    tell_weather(house)
    house.reckoner.reckon(NOW - timedelta(hours=3))
    assert len(house.found("forest-fire.danger-index", "20467")) == 7


def test_reckoning_again_changes_nothing_and_a_late_figure_changes_what_it_must(
    house: House,
) -> None:
    tell_weather(house)
    first = house.reckoner.reckon(NOW)
    again = house.reckoner.reckon(NOW)
    assert first.stored > 0
    assert (again.stored, again.corrected) == (0, 0)
    house.tell(hourly("temperature", datetime(2026, 4, 8, 13, tzinfo=LOCAL), 35))
    assert house.reckoner.reckon(NOW).corrected > 0
    with house.database.read() as connection:
        day = containing(Span.DAY, NOW)
        subject = f"forest-fire.danger-index 20467 {day.start.isoformat()}"
        assert audit.of(connection, subject) == []


def test_dust_of_35_is_an_index_of_70(house: House) -> None:
    day = containing(Span.DAY, NOW - timedelta(days=1))
    house.tell(*(hourly("pm25", day.start + timedelta(hours=h), 35) for h in range(24)))
    house.reckoner.reckon(NOW)
    assert house.found("environment.vn-aqi", "tram-prao") == [70]
    assert house.found("environment.vn-aqi-hour", "tram-prao")[-1] == 70


def test_rain_is_summed_and_a_hole_is_no_dry_hour(house: House) -> None:
    start = containing(Span.HOUR, NOW).start
    house.tell(*(hourly("rain-1h", start - timedelta(hours=h), 10) for h in range(1, 25)))
    house.reckoner.reckon(NOW)
    assert house.found("environment.rain-24h", "tram-prao")[-1] == 240
    assert len(house.found("environment.rain-3h", "tram-prao")) == 22
    assert len(house.found("environment.rain-24h", "tram-prao")) == 7


def test_a_hub_that_started_empty_reckons_the_weeks_that_it_is_filled_with(house: House) -> None:
    """Its first run is the first one after somebody told something."""

    def mark() -> object:
        with house.database.read() as connection:
            return connection.scalar(
                select(settings.c.value).where(settings.c.name == reckoner.MARK)
            )

    house.reckoner.reckon(NOW)
    assert mark() is None
    house.tell(hourly("rain-1h", NOW - timedelta(days=20), 10))
    house.reckoner.reckon(NOW + timedelta(minutes=10))
    assert mark() == (NOW + timedelta(minutes=10)).isoformat()


def test_the_score_says_only_what_figures_tell(house: House) -> None:
    month = containing(Span.MONTH, NOW)
    with house.database.work() as work:
        work.connection.execute(
            insert(figures).values(
                indicator="public-services.on-time", unit="20467", period_start=month.start,
                period_end=month.end, value=94.7368, grade="yellow", missing="", terms=[],
                computed_at=NOW,
            )
        )  # fmt: skip
    house.reckoner.reckon(NOW)
    assert house.found("public-services.score-progress", "20467") == [18.95]
    assert house.found("public-services.score-766", "20467") == [18.95]
    assert house.found("public-services.score-digitisation", "20467") == []


def case(number: int, lat: float, onset: date) -> CaseBody:
    return CaseBody(
        type="disease", case=f"sxh-{number}", state="chan-doan", unit="20467",
        at=NOW - timedelta(days=2),
        attributes={"disease": "sot-xuat-huyet", "group": "B", "lat": lat, "lon": 107.64,
                    "onset": onset.isoformat()},
    )  # fmt: skip


def test_two_cases_near_in_place_and_time_are_an_outbreak(house: House) -> None:
    house.tell(case(1, 15.9270, date(2026, 4, 3)), case(2, 15.9279, date(2026, 4, 6)),
               case(3, 15.95, date(2026, 4, 6)))  # fmt: skip
    house.reckoner.reckon(NOW)
    assert house.found("health.dengue-clusters", "20467")[-1] == 1
    assert house.found("health.dengue-clusters", "20476")[-1] == 0


@pytest.mark.parametrize(("drill", "found"), [(False, [2.5]), (True, [])])
def test_the_desks_speed_is_told_and_drills_do_not_count(
    house: House, drill: bool, found: list[float]
) -> None:
    opened = NOW - timedelta(hours=1)
    incidents = Incidents(lambda *_: None)
    fire: Alarm = alarm(
        originator=new_ulid(), captured_at=opened, received_at=opened, drill=drill,
        place=Place(commune_code="20467"),
    )  # fmt: skip
    with house.database.work() as work:
        name = incidents.raise_(work, fire).incident
        incidents.acknowledge(
            work, name, Verdict.CONFIRMED, who="an", at=opened + timedelta(seconds=150)
        )
    house.reckoner.reckon(NOW)
    assert house.found("forest-fire.ack-minutes", "20467") == found


def look_at(house: House, probe: Probe, at: datetime, *, up: bool, days: float = 0) -> None:
    services = Services(
        database=house.database, incidents=Incidents(lambda *_: None), probes=(probe,)
    )
    services.seen(
        Result(
            probe=probe, at=at, up=up, latency_ms=30.0 if up else None, reason_vi="",
            expires_at=at + timedelta(days=days) if days else None,
        )
    )  # fmt: skip


def test_a_probed_service_is_up_while_none_of_its_probes_is_away(house: House) -> None:
    start = containing(Span.HOUR, NOW).start - timedelta(hours=1)
    for minute in range(61):
        at = start + timedelta(minutes=minute)
        look_at(house, MAIL, at, up=not 30 <= minute < 45)
        look_at(house, MAIL_CERTIFICATE, at + timedelta(seconds=9), up=True, days=40.5)
    house.reckoner.reckon(NOW)
    assert house.found("infrastructure.seconds-watched", "mail") == [3600]
    assert house.found("infrastructure.seconds-up", "mail") == [3600 - 15 * 60]
    assert house.found("infrastructure.response-ms", "mail") == [30.0]
    assert house.found("infrastructure.certificate-days", "mail") == [40]


def test_time_in_which_nobody_looked_is_not_watched(house: House) -> None:
    start = containing(Span.HOUR, NOW).start - timedelta(hours=3)
    look_at(house, MAIL, start, up=True)
    house.reckoner.reckon(NOW)
    assert house.found("infrastructure.seconds-watched", "mail") == [MAIL.holds_s]
    assert house.found("infrastructure.seconds-up", "lan") == []


def test_one_reckoning_that_fails_leaves_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_desk: object) -> Any:
        raise ZeroDivisionError

    changed = {**reckoner.RECKONINGS, "fire danger": breaks}
    monkeypatch.setattr(reckoner, "RECKONINGS", changed)
    day = containing(Span.DAY, NOW - timedelta(days=1))
    house.tell(*(hourly("pm25", day.start + timedelta(hours=h), 35) for h in range(24)))
    house.reckoner.reckon(NOW)
    assert "reckoning of fire danger failed" in caplog.text
    assert house.found("environment.vn-aqi", "tram-prao") == [70]


def test_a_word_that_was_changed_is_verified_only_by_the_last(house: House) -> None:
    opened = NOW - timedelta(hours=1)
    incidents = Incidents(lambda *_: None)
    fire: Alarm = alarm(
        originator=new_ulid(), captured_at=opened, received_at=opened,
        place=Place(commune_code="20467"),
    )  # fmt: skip
    with house.database.work() as work:
        name = incidents.raise_(work, fire).incident
        for minutes, verdict in ((2, Verdict.CONFIRMED), (9, Verdict.FALSE_ALARM)):
            at = opened + timedelta(minutes=minutes)
            incidents.acknowledge(work, name, verdict, who="an", at=at, reason="khói bếp")
    house.reckoner.reckon(NOW)
    assert house.found("forest-fire.ack-minutes", "20467") == [2]
    assert house.found("forest-fire.verify-minutes", "20467") == [7]
    [term] = house.working("forest-fire.verify-minutes", "20467").trace["inputs"]
    assert term["value"] == 7
