"""From an entrance to the admission: one transaction for what comes in and for knowing that it
came (a file's sha256, a connector's place)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert, select, update

from contracts.clock import utc_now
from contracts.indicator import AnyBody
from hub import feeds
from hub.admission import Admission
from hub.database import Database
from hub.provenance import Admitted, Entrance, Provenance
from hub.records import feeds as feeds_table
from hub.records import imports


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A file that is handed in: `mark` is its mapping's name and version, `source` the name."""

    source: str
    actor: str
    file: str
    sha256: bytes
    mark: str


class Files(Protocol):
    """What files need of the hub."""

    def imported(self, sha256: bytes, mark: str) -> datetime | None:
        """When the file was taken in through this mapping, if it was."""

    def take_file(self, bodies: Sequence[AnyBody], delivery: Delivery) -> Admitted:
        """All of `bodies`; raises hub.provenance.NotAdmitted, and then nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A connector: its `name` is the feed's, `subsystem` the one its data are of."""

    name: str
    subsystem: str


class Pulls(Protocol):
    """What connectors need of the hub."""

    def state(self, source: Source) -> Mapping[str, Any]:
        """What `take` stored last; empty at first."""

    def take(
        self, bodies: Sequence[AnyBody], source: Source, state: Mapping[str, Any], refused: int
    ) -> Admitted:
        """All of `bodies`, and where the connector goes on; raises NotAdmitted.  `refused` is how
        many rows of this pull could not be used."""

    def failed(self, source: Source, why: str, refused: int = 0) -> None:
        """Says of the source that the last try brought nothing, and why."""


class Gate:
    """Files and Pulls on the hub's records."""

    def __init__(self, database: Database, admission: Admission) -> None:
        self._database = database
        self._admission = admission

    def imported(self, sha256: bytes, mark: str) -> datetime | None:
        query = select(imports.c.at).where(imports.c.sha256 == sha256, imports.c.mapping == mark)
        with self._database.read() as connection:
            return connection.scalar(query)

    def take_file(self, bodies: Sequence[AnyBody], delivery: Delivery) -> Admitted:
        provenance = Provenance(
            source=delivery.source,
            actor=delivery.actor,
            entrance=Entrance.FILE,
            recorded_at=utc_now(),
        )
        with self._database.work() as work:
            admitted = self._admission.admit(work, bodies, provenance)
            work.connection.execute(
                insert(imports).values(
                    sha256=delivery.sha256, mapping=delivery.mark, file=delivery.file,
                    at=provenance.recorded_at, actor=delivery.actor, stored=admitted.stored,
                    corrected=admitted.corrected, repeated=admitted.repeated,
                )
            )  # fmt: skip
        return admitted

    def state(self, source: Source) -> Mapping[str, Any]:
        query = select(feeds_table.c.state).where(feeds_table.c.name == source.name)
        with self._database.read() as connection:
            return connection.scalar(query) or {}

    def take(
        self, bodies: Sequence[AnyBody], source: Source, state: Mapping[str, Any], refused: int
    ) -> Admitted:
        provenance = _pulled(source)
        with self._database.work() as work:
            admitted = self._admission.admit(work, bodies, provenance)
            if not bodies:
                feeds.spoke(work, provenance, source.subsystem, 0)
            where = feeds_table.c.name == source.name
            work.connection.execute(
                update(feeds_table)
                .where(where)
                .values(state=dict(state), refused=feeds_table.c.refused + refused)
            )
        return admitted

    def failed(self, source: Source, why: str, refused: int = 0) -> None:
        with self._database.work() as work:
            feeds.failed(work, _pulled(source), source.subsystem, why, refused)


def _pulled(source: Source) -> Provenance:
    return Provenance(
        source=source.name, actor=source.name, entrance=Entrance.PULL, recorded_at=utc_now()
    )
