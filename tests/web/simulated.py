"""A few simulated days up to now in one hub, for every test that looks at full boards."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contracts.clock import utc_now
from hub.admission import Admission
from hub.config import Citizens
from hub.context import Context
from hub.health import Health
from hub.incidents import Incidents
from hub.mentions.store import MentionBook
from hub.timeseries.duck import DuckStore
from ioc.simulate import admitting
from ioc.simulate.batches import batches
from ioc.simulate.district import District
from ioc.simulate.world import World
from tests.hub.web.conftest import Desk
from tests.ioc.simulate.conftest import configuration

DAYS = timedelta(days=4)
"""Slow figures go back a year whatever is asked; more days only take longer."""


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder, now = tmp_path_factory.mktemp("simulated"), utc_now()
    config = configuration(folder).model_copy(update={"citizens": Citizens(enabled=True)})
    with admitting.Desk(config) as hub:
        for batch in batches(District(World(seed=7)).told(now - DAYS, now)):
            hub.send(batch)
        hub.compute()
        hub.reckon()
        hub.compute()
        context = Context(
            config=config, database=hub.database, feed=hub.database.feed, knowledge=hub.knowledge,
            series=DuckStore(folder / "series.duckdb"), health=_health,
            incidents=Incidents(lambda _work, _row, _event: None),
            admission=Admission(hub.knowledge, MentionBook()),
        )  # fmt: skip
        yield Desk(context=context)


def _health() -> Health:
    now = utc_now()
    return Health(
        at=now, started_at=now, broker_connected=True, last_message_at=now, last_processed_at=now,
        waiting_alarm=0, waiting_bulk=0, inbox_undone=0, series_backlog=0, series_error="",
        notifications_pending=0, quarantined=0, dead=(), counters={}, troubles=(),
    )  # fmt: skip
