"""A small simulated month, made once and admitted once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from hub.config import HubConfig, load
from hub.provenance import Admitted
from ioc.simulate import units
from ioc.simulate.admitting import Desk
from ioc.simulate.batches import batches
from ioc.simulate.district import District
from ioc.simulate.told import Told
from ioc.simulate.world import World

SINCE = datetime(2026, 9, 30, 17, tzinfo=UTC)
UNTIL = datetime(2026, 10, 31, 17, tzinfo=UTC)
"""October 2026, local: school, rain, offices; long over."""


@dataclass(frozen=True, kw_only=True)
class Month:
    world: World
    told: list[Told]


@pytest.fixture(scope="session")
def month() -> Month:
    world = World(seed=7)
    return Month(world=world, told=District(world).told(SINCE, UNTIL))


def configuration(folder: Path) -> HubConfig:
    """A hub's, with the units of the usual scale."""
    units.write(folder / "catalogue", World(seed=7).scale)
    (folder / "hub.toml").write_text('[subsystems]\ncatalogue_folder = "catalogue"\n')
    return load(folder / "hub.toml")


@dataclass(frozen=True, kw_only=True)
class Filled:
    desk: Desk
    admitted: Admitted

    def count(self, table: Table, *where: object) -> int:
        with self.desk.database.read() as connection:
            query = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
            return connection.scalar(query) or 0


@pytest.fixture(scope="session")
def filled(month: Month, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The month in a hub's records, reckoned and computed."""
    with Desk(configuration(tmp_path_factory.mktemp("hub"))) as desk:
        admitted = Admitted()
        for batch in batches(month.told):
            admitted += desk.send(batch)
        desk.compute()
        desk.reckon()
        desk.compute()
        yield Filled(desk=desk, admitted=admitted)
