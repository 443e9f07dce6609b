"""What the hub reckons from what was told, handed in by the one way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from contracts.identity import new_ulid
from contracts.indicator import AnyBody, CaseBody, ObservationBody
from hub import audit
from hub.admission import Admission
from hub.catalogue.periods import Span, containing
from hub.config import Subsystems
from hub.database import Database
from hub.engines.probe_settings import Probe
from hub.engines.probes import Result
from hub.incident import Alarm, Place, Verdict
from hub.incidents import Incidents
from hub.knowledge import learn
from hub.mentions.store import MentionBook
from hub.provenance import Entrance, Provenance
from hub.reckoning import reckoner
from hub.reckoning.reckoner import Reckoner
from hub.records import figures, observations
from hub.services import Services
from hub.wording import LOCAL
from tests.hub.conftest import alarm

NOW = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
"""16:00 of the last day of DOMAIN's worked table."""
TABLE = [(30, 60, 0), (32, 55, 0), (34, 50, 0), (35, 45, 0), (36, 42, 0), (33, 58, 3),
         (28, 85, 12), (31, 60, 0)]  # fmt: skip
P = [508.0, 1191.3, 2093.9, 3174.4, 4412.9, 5108.7, 0.0, 555.9]
H = [1, 2, 3, 4, 5, 6, 0, 1]
STATION = """
units:
  - {id: tram-prao, kind: weather-station, name_vi: Trạm Prao, parent: "20467"}
"""


MAIL = Probe(name="mail-1", title_vi="thư", service="mail", kind="tcp", host="h", port=25)
MAIL_CERTIFICATE = MAIL.model_copy(update={"name": "mail-2", "kind": "tls", "port": 443})


@dataclass(frozen=True)
class House:
    database: Database
    admission: Admission
    reckoner: Reckoner

    def tell(self, *bodies: AnyBody) -> None:
        by = Provenance(source="tram", actor="tram", entrance=Entrance.HTTP, recorded_at=NOW)
        with self.database.work() as work:
            self.admission.admit(work, bodies, by)

    def found(self, measure: str, unit: str) -> list[float]:
        """Oldest first, current ones."""
        query = (
            select(observations.c.value)
            .where(
                observations.c.measure == measure,
                observations.c.unit == unit,
                observations.c.superseded_at.is_(None),
            )
            .order_by(observations.c.period_start)
        )
        with self.database.read() as connection:
            return list(connection.scalars(query))


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "stations.yaml").write_text(STATION, encoding="utf-8")
    knowledge = learn(Subsystems(catalogue_folder=folder), (MAIL, MAIL_CERTIFICATE))
    admission = Admission(knowledge, MentionBook())
    reckoner = Reckoner(database=database, catalogue=knowledge.catalogue, admission=admission)
    return House(database=database, admission=admission, reckoner=reckoner)


def hourly(what: str, at: datetime, value: float) -> ObservationBody:
    hour = containing(Span.HOUR, at)
    return ObservationBody(
        measure=f"environment.{what}", unit="tram-prao", period_start=hour.start,
        period_end=hour.end, value=value,
    )  # fmt: skip


def tell_weather(house: House, days: Sequence[tuple[float, float, float]] = TABLE) -> None:
    for number, (warm, damp, rain) in enumerate(days):
        at = datetime(2026, 4, 1 + number, 13, tzinfo=LOCAL)
        house.tell(
            hourly("temperature", at, warm),
            hourly("humidity", at, damp),
            *(hourly("rain-1h", at - timedelta(hours=back), rain / 24) for back in range(1, 25)),
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
