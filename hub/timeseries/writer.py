"""The writer: takes lines from the spool to the time-series store, for ever, losing none.

A line leaves the spool in a transaction after the store said it has it; dying in between writes
it again, which overwrites the same point.  What the store refuses is found by halving and goes
to quarantine; what it cannot take now waits.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import DBAPIError

from contracts.clock import utc_now
from hub import quarantine
from hub.config import HubConfig
from hub.counters import Counter, bump
from hub.database import Database
from hub.quarantine import Refused
from hub.records import spool
from hub.timeseries.store import (
    Misconfigured,
    Rejected,
    SeriesError,
    TimeSeries,
    TooLarge,
    Unavailable,
)

log = logging.getLogger(__name__)

GATHER_S = 0.5
"""Points are worth more to the server in batches; a board does not see half a second."""

WAIT_S = (1.0, 30.0)
"""Between attempts while the store is away."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the spool."""

    id: int
    line: str


class Writer:
    """One named thread; `error` is empty while the store takes what it is given."""

    def __init__(self, *, config: HubConfig, database: Database, store: TimeSeries) -> None:
        self.error = ""
        self.misconfigured = False
        self._config = config
        self._database = database
        self._store = store
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="series-writer", daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the batch in hand; the spool keeps the rest."""
        self._stopping.set()
        self._awake.set()
        self._thread.join()

    def wake(self) -> None:
        self._awake.set()

    def _run(self) -> None:
        wait_s = WAIT_S[0]
        while not self._stopping.is_set():
            try:
                full = self.write_batch() == self._config.influx.batch_points
                self._good()
                wait_s = WAIT_S[0]
                if not full:
                    self._awake.wait(10.0)
                    self._awake.clear()
                    self._stopping.wait(GATHER_S)
            except SeriesError as refused:
                self._bad(refused)
                wish = refused.retry_after_s if isinstance(refused, Unavailable) else None
                self._stopping.wait(wish or wait_s)
                wait_s = min(wait_s * 2, WAIT_S[1])
            except DBAPIError as broken:
                log.error("series writer cannot use the database: %s", broken.orig)
                self._stopping.wait(WAIT_S[0])

    def write_batch(self) -> int:
        """Moves the oldest batch; returns how many lines left the spool.  Raises SeriesError."""
        query = select(spool).order_by(spool.c.id).limit(self._config.influx.batch_points)
        with self._database.read() as connection:
            lines = [Line(*row) for row in connection.execute(query)]
        if lines:
            bad = self._write(lines)
            self._drop(lines, bad)
        return len(lines)

    def _write(self, lines: Sequence[Line]) -> list[tuple[Line, str]]:
        """Gives `lines` to the store; returns those it will never take, with its words."""
        try:
            self._store.write([each.line for each in lines])
        except (Rejected, TooLarge) as refused:
            if len(lines) == 1:
                return [(lines[0], refused.answer)]
            half = len(lines) // 2
            return self._write(lines[:half]) + self._write(lines[half:])
        return []

    def _drop(self, lines: Sequence[Line], bad: Sequence[tuple[Line, str]]) -> None:
        now = utc_now()
        refused = [
            Refused(
                topic="spool",
                body=line.line.encode(),
                reason="series-rejected",
                detail=answer,
                received_at=now,
            )
            for line, answer in bad
        ]
        keep = self._config.keep
        with self._database.work() as work:
            quarantine.keep(
                work, refused, messages=keep.quarantine_messages, size=keep.quarantine_bytes
            )
            bump(work, Counter.SERIES_REJECTED, len(refused))
            # One by one: another process may have committed a lower number meanwhile.
            work.connection.execute(
                delete(spool).where(spool.c.id == bindparam("line_id")),
                [{"line_id": line.id} for line in lines],
            )

    def _good(self) -> None:
        if self.error:
            log.info("time series: the store takes points again")
        self.error, self.misconfigured = "", False

    def _bad(self, refused: SeriesError) -> None:
        if str(refused) != self.error:
            log.error("time series: %s", refused)
        self.error = str(refused)
        self.misconfigured = isinstance(refused, Misconfigured)
