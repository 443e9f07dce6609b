"""A console on a fresh database, and ways to fill it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from contracts.clock import utc_now
from contracts.evidence import Size
from contracts.identity import new_ulid
from contracts.indicator import CaseBody, MentionBody, ObservationBody
from hub import observations
from hub.cases.store import CaseBook
from hub.config import Citizens, Console, HubConfig, Influx
from hub.context import Context
from hub.database import Database
from hub.devices import write_status
from hub.figures.engine import Figures
from hub.health import Health
from hub.incident import Place
from hub.incidents import Incidents
from hub.mentions.store import MentionBook
from hub.provenance import Entrance, Provenance
from hub.records import evidence, sightings
from hub.timeseries.duck import DuckStore
from hub.web.app import create_app
from tests.hub.conftest import admission, alarm, knowledge
from tests.hub.messages import jpeg, status

HERE = "http://127.0.0.1"
SHUT = Citizens()


@dataclass(slots=True, kw_only=True)
class Desk:
    """The console's context, and what a hub would write into its records."""

    context: Context
    troubles: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    def client(self) -> TestClient:
        return TestClient(create_app(self.context), base_url=HERE, follow_redirects=False)

    def raise_fire(self, **changes: Any) -> str:
        now = utc_now()
        place = Place(
            lat=15.93, lon=107.64, bearing_deg=125.0, sigma_deg=1.0, camera="thap-prao/bac",
            camera_title="Camera Bắc", commune="Xã Đông Giang", commune_code="20467",
        )  # fmt: skip
        fields = {"captured_at": now, "received_at": now, "place": place, "score": 0.6,
                  "originator": new_ulid()} | changes  # fmt: skip
        with self.context.database.work() as work:
            return self.context.incidents.raise_(work, alarm(**fields)).incident

    def add_picture(
        self, incident: str, size: Size, *, sighting: str = "", camera: str = "bac"
    ) -> str:
        now, name = utc_now(), new_ulid()
        sighting = sighting or new_ulid()
        common = {"device": "thap-prao", "camera": camera, "label": "smoke", "captured_at": now}
        with self.context.database.work() as work:
            work.connection.execute(insert(sightings).values(
                sighting=sighting, incident=incident, state="opened", score=0.6, frames=5,
                first_seen_at=now, findings=[], model="m", drill=False, late=False, **common,
            ))  # fmt: skip
            work.connection.execute(insert(evidence).values(
                id=name, sighting=sighting, size=size.value, received_at=now, width=64, height=48,
                jpeg=jpeg(), **common,
            ))  # fmt: skip
        return name

    def tell(self, *told: ObservationBody, demo: bool = False, actor: str = "school") -> None:
        """Figures, as an entrance would file them."""
        with self.context.database.work() as work:
            observations.store(work, told, self._provenance(actor, demo))

    def file(self, *told: CaseBody, demo: bool = False) -> None:
        book = CaseBook(self.context.knowledge.lifecycles, self.context.knowledge.clock)
        with self.context.database.work() as work:
            book.store(work, told, self._provenance("one-stop", demo))

    def publish(self, *told: MentionBody, demo: bool = False) -> None:
        with self.context.database.work() as work:
            MentionBook().store(work, told, self._provenance("rss", demo))

    def compute(self) -> None:
        """The figures of all that was told, as the engine's thread would."""
        engine = Figures(
            database=self.context.database, catalogue=self.context.knowledge.catalogue,
            judge=lambda _work, _figure: None,
        )  # fmt: skip
        while engine.compute(utc_now()):
            pass

    @staticmethod
    def _provenance(actor: str, demo: bool) -> Provenance:
        return Provenance(
            source=actor, actor=actor, entrance=Entrance.HTTP, recorded_at=utc_now(), demo=demo
        )

    def introduce(self, seconds_ago: float = 0.0, **changes: Any) -> None:
        at = utc_now() - timedelta(seconds=seconds_ago)
        with self.context.database.work() as work:
            write_status(work, status(at, **changes), at)


@pytest.fixture
def make_desk(database: Database, tmp_path: Path) -> Callable[..., Desk]:
    def make(citizens: Citizens = SHUT, **console: Any) -> Desk:
        series = DuckStore(tmp_path / "series.duckdb")
        troubles: list[str] = []
        dead: list[str] = []
        config = HubConfig(console=Console(**console), influx=Influx(), citizens=citizens)

        def health() -> Health:
            now = utc_now()
            return Health(
                at=now, started_at=now, broker_connected=True, last_message_at=now,
                last_processed_at=now, waiting_alarm=0, waiting_bulk=0, inbox_undone=0,
                series_backlog=0, series_error="", notifications_pending=0, quarantined=0,
                counters={}, dead=tuple(dead), troubles=tuple(troubles),
            )  # fmt: skip

        context = Context(
            config=config, database=database, feed=database.feed, series=series, health=health,
            incidents=Incidents(lambda _work, _row, _event: None),
            knowledge=knowledge(), admission=admission(),
        )  # fmt: skip
        return Desk(context=context, troubles=troubles, dead=dead)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
