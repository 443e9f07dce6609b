"""A hub's records, its one way in and its reckoner; a station, slopes and schools of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contracts.indicator import AnyBody, ObservationBody
from hub.admission import Admission
from hub.catalogue.periods import Period, Span, containing
from hub.config import Subsystems
from hub.database import Database
from hub.engines.probe_settings import Probe
from hub.knowledge import Knowledge, learn
from hub.mentions.store import MentionBook
from hub.provenance import Entrance, Provenance
from hub.reckoning.reckoner import Reckoner
from hub.records import observations, workings
from hub.wording import LOCAL

NOW = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
"""16:00 of the last day of DOMAIN's worked table."""
TABLE = [(30, 60, 0), (32, 55, 0), (34, 50, 0), (35, 45, 0), (36, 42, 0), (33, 58, 3),
         (28, 85, 12), (31, 60, 0)]  # fmt: skip
P = [508.0, 1191.3, 2093.9, 3174.4, 4412.9, 5108.7, 0.0, 555.9]
H = [1, 2, 3, 4, 5, 6, 0, 1]
STATION = """
units:
  - {id: tram-prao, kind: weather-station, name_vi: Trạm Prao, parent: "20467"}
  - {id: doc-kien, kind: slope, name_vi: Dốc Kiền, parent: "20467", hazard: high}
  - {id: doc-thap, kind: slope, name_vi: Dốc thấp, parent: "20467", hazard: low}
  - {id: thap-prao, kind: tower, name_vi: Tháp Prao, parent: "20467"}
  - {id: thap-prao/bac, kind: camera, name_vi: Camera Bắc, parent: "20467"}
  - {id: thap-la/nam, kind: camera, name_vi: Camera lạ, parent: "20467"}
  - {id: thcs-prao, kind: school, name_vi: Trường THCS Prao, parent: "20467"}
  - {id: th-song-kon, kind: school, name_vi: Trường TH Sông Kôn, parent: "20476"}
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

    def working(self, measure: str, unit: str) -> Any:
        """The newest, with its reason and trace."""
        query = select(workings).where(workings.c.measure == measure, workings.c.unit == unit)
        newest = query.order_by(workings.c.period_start.desc()).limit(1)
        with self.database.read() as connection:
            return connection.execute(newest).one()


def told(measure: str, unit: str, period: Period, value: float) -> ObservationBody:
    return ObservationBody(
        measure=measure, unit=unit, period_start=period.start, period_end=period.end, value=value
    )


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("own")
    (folder / "stations.yaml").write_text(STATION, encoding="utf-8")
    return learn(Subsystems(catalogue_folder=folder), (MAIL, MAIL_CERTIFICATE))


@pytest.fixture
def house(database: Database, knowledge: Knowledge) -> House:
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
