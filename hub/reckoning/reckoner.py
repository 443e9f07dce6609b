"""Reckons every ten minutes and hands in by the one way in, like any other source."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from contracts.clock import utc_now
from contracts.indicator import ObservationBody
from hub.admission import Admission
from hub.catalogue.periods import Span, containing
from hub.catalogue.records import Catalogue
from hub.clerk import Clerk, Employer
from hub.config import Rules
from hub.database import Database, upsert
from hub.provenance import Admitted, Entrance, NotAdmitted, Provenance
from hub.reckoning import (
    air,
    attendance,
    coverage,
    dengue,
    duty,
    fire_danger,
    fire_weather,
    infrastructure,
    landslide,
    rain,
    score766,
)
from hub.reckoning import workings as book
from hub.reckoning.desk import Desk, Reckoned
from hub.records import observations, settings
from hub.timeseries.store import TimeSeries

log = logging.getLogger(__name__)

EVERY_S = 600.0
FIRST_S = 20.0
"""After a start: what was told while the hub was away has been filed by then."""
BACK = timedelta(days=3)
"""How far back figures are reckoned anew, for what is told late."""
FIRST_BACK = timedelta(days=62)
"""At the first run: two months, what the boards show."""
CHUNK = 500
MARK = "reckoned-at"

HUB = "hub"
"""The source of what is reckoned here."""

Reckoning = Callable[[Desk], Iterable[ObservationBody | Reckoned]]
RECKONINGS: Mapping[str, Reckoning] = {
    "fire danger": fire_danger.reckon,
    "air": air.reckon,
    "rain": rain.reckon,
    "score 766": score766.reckon,
    "fire weather": fire_weather.reckon,
    "landslide": landslide.reckon,
    "attendance": attendance.reckon,
    "dengue": dengue.reckon,
    "dengue threshold": dengue.thresholds,
    "duty": duty.reckon,
    "infrastructure": infrastructure.reckon,
    "coverage": coverage.reckon,
}
HOURLY = frozenset({"coverage"})
"""What reads too much to do it more than once an hour, and changes with the hour only."""


class Reckoner(Employer):
    """One named thread; a reckoning that fails is logged and the others go on."""

    def __init__(
        self,
        *,
        database: Database,
        catalogue: Catalogue,
        admission: Admission,
        series: TimeSeries | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._series = series
        self._fresh = timedelta(seconds=(rules or Rules()).blind_after_s)
        self._hour: datetime | None = None
        self._database = database
        self._catalogue = catalogue
        self._admission = admission
        self._clerk = Clerk("reckoner", self._reckon_now, every_s=EVERY_S, first_s=FIRST_S)

    def _reckon_now(self) -> None:
        self.reckon(utc_now())

    def reckon(self, now: datetime) -> Admitted:
        """Everything since the last run, and three days before.  A hub that nobody told anything
        yet has had no first run: it reckons the months that it is filled with."""
        since = self._since(now)
        admitted = Admitted()
        hour = containing(Span.HOUR, now).start
        skipped = HOURLY if hour == self._hour else frozenset[str]()
        self._hour = hour
        for name, reckoning in RECKONINGS.items():
            if name in skipped:
                continue
            try:
                admitted += self._one(reckoning, now, since)
            except NotAdmitted as wrong:
                log.error("reckoning of %s was not admitted: %s", name, wrong)
            except DBAPIError:
                raise
            except Exception:
                log.exception("reckoning of %s failed", name)
        with self._database.work() as work:
            if _is_fed(work.connection):
                upsert(work.connection, settings, [{"name": MARK, "value": now.isoformat()}])
        return admitted

    def _since(self, now: datetime) -> datetime:
        with self._database.read() as connection:
            mark = connection.scalar(select(settings.c.value).where(settings.c.name == MARK))
        back = now - FIRST_BACK if mark is None else datetime.fromisoformat(mark) - BACK
        return containing(Span.DAY, back).start

    def _one(self, reckoning: Reckoning, now: datetime, since: datetime) -> Admitted:
        with self._database.read() as connection:
            desk = Desk(
                connection=connection, catalogue=self._catalogue, now=now, since=since,
                series=self._series, fresh=self._fresh,
            )  # fmt: skip
            found = list(reckoning(desk))
            others = _told_by_others(connection, found)
            found = [one for one in found if _key(one) not in others]
            fresh = book.changed(connection, (o for o in found if isinstance(o, Reckoned)))
            demo = _on_simulated(connection, since)
        by = Provenance(source=HUB, actor=HUB, entrance=Entrance.HUB, recorded_at=now, demo=demo)
        bodies = [each for one in found if (each := _body(one)) is not None]
        admitted = Admitted()
        for at in range(0, len(bodies), CHUNK):
            with self._database.work() as work:
                admitted += self._admission.admit(work, bodies[at : at + CHUNK], by)
            self._clerk.stopping.wait(0.01)
        for at in range(0, len(fresh), CHUNK):
            with self._database.work() as work:
                book.keep(work, fresh[at : at + CHUNK], now)
        return admitted


Key = tuple[str, str, datetime]


def _body(one: ObservationBody | Reckoned) -> ObservationBody | None:
    return one if isinstance(one, ObservationBody) else one.body


def _key(one: ObservationBody | Reckoned) -> Key:
    return one.measure, one.unit, one.period_start


def _told_by_others(
    connection: Connection, found: Iterable[ObservationBody | Reckoned]
) -> set[Key]:
    """What another system tells counts: the hub fills in where nobody does."""
    starts: dict[str, list[datetime]] = {}
    for one in found:
        starts.setdefault(one.measure, []).append(one.period_start)
    told: set[Key] = set()
    for measure, some in starts.items():
        query = select(observations.c.unit, observations.c.period_start).where(
            observations.c.superseded_at.is_(None),
            observations.c.measure == measure,
            observations.c.source != HUB,
            observations.c.period_start.between(min(some), max(some)),
        )
        told |= {(measure, row.unit, row.period_start) for row in connection.execute(query)}
    return told


def _is_fed(connection: Connection) -> bool:
    """Whether anybody but the hub itself told a figure."""
    query = select(observations.c.id).where(observations.c.source != HUB).limit(1)
    return connection.execute(query).first() is not None


def _on_simulated(connection: Connection, since: datetime) -> bool:
    """Whether simulated figures are among what is reckoned from: then so is the result."""
    query = select(observations.c.id).where(
        observations.c.demo.is_(True),
        observations.c.superseded_at.is_(None),
        observations.c.period_start >= since,
    )
    return connection.execute(query.limit(1)).first() is not None
