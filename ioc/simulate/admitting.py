"""Words admitted in this process, for a hub that is stopped or runs on the same machine."""

import os
from collections.abc import Callable
from typing import Self

from contracts.clock import utc_now
from hub.admission import Admission
from hub.config import HubConfig
from hub.database import Database, Work
from hub.figures.engine import Figure, Figures
from hub.knowledge import Knowledge, learn
from hub.mentions.store import MentionBook
from hub.provenance import Admitted, Entrance, Provenance
from hub.reckoning.reckoner import Reckoner
from hub.server import open_database
from ioc.simulate.batches import Batch

SOURCE = "mo-phong"
ACTOR = "ioc simulate"


class Desk:
    """The admission over the records of `config`; use it as a context."""

    def __init__(self, config: HubConfig) -> None:
        self.knowledge: Knowledge = learn(config.subsystems, config.probe)
        self.database: Database = open_database(config)
        self._admission = Admission(self.knowledge, MentionBook())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.database.close()

    def send(self, batch: Batch) -> Admitted:
        """Durable when it returns.  Raises NotAdmitted."""
        told = Provenance(
            source=SOURCE, actor=f"{ACTOR} {os.getpid()}", entrance=Entrance.FILE,
            recorded_at=utc_now(), demo=True,
        )  # fmt: skip
        with self.database.work() as work:
            return self._admission.admit(work, batch.bodies, told)

    def reckon(self) -> Admitted:
        """What the hub's engines make of what was told."""
        reckoner = Reckoner(
            database=self.database, catalogue=self.knowledge.catalogue, admission=self._admission
        )
        return reckoner.reckon(utc_now())

    def compute(self, progress: Callable[[int], None] = lambda _: None) -> int:
        """All figures that are stale; how many marks were worked off.  Raises no alarm: a hub
        that runs judges what it computes itself."""
        engine = Figures(database=self.database, catalogue=self.knowledge.catalogue, judge=_nothing)
        done = 0
        while marks := engine.compute(utc_now()):
            done += marks
            progress(done)
        return done


def _nothing(_work: Work, _figure: Figure) -> None:
    """Simulated history raises no alarm."""
