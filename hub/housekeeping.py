"""What must happen by the clock: signs of life, link figures, the watch, bounds, retention."""

import logging
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from contracts.clock import utc_now
from hub.config import HubConfig
from hub.database import Database
from hub.deadlines import Deadlines
from hub.devices import Devices
from hub.health import Health
from hub.points import hub_line, link_line
from hub.records import inbox, spool
from hub.retention import forget
from hub.shed import bound_spool
from hub.watch import Watch

log = logging.getLogger(__name__)

PRESENCE_S = 1.0
WATCH_S = 5.0
DEADLINES_S = 60.0
LINKS_S = 60.0
HUB_S = 60.0
BOUNDS_S = 30.0
RETENTION_S = 3600.0

GRACE_S = 30.0
"""After a start, devices get this long to be heard before the watch calls them silent."""


@dataclass(slots=True)
class Chore:
    """Something to do every so often; `due` is of time.monotonic."""

    every_s: float
    work: Callable[[], object]
    due: float


class Housekeeping:
    """One named thread; a chore that fails is logged and tried at its next time."""

    def __init__(
        self,
        *,
        config: HubConfig,
        database: Database,
        devices: Devices,
        watch: Watch,
        deadlines: Deadlines,
        series_refusal: Callable[[], str],
        health: Callable[[], Health],
    ) -> None:
        self._config = config
        self._database = database
        self._devices = devices
        self._watch = watch
        self._deadlines = deadlines
        self._series_refusal = series_refusal
        self._health = health
        now = time.monotonic()
        self._chores = [
            Chore(PRESENCE_S, devices.flush, now),
            Chore(WATCH_S, self._look, now + GRACE_S),
            Chore(DEADLINES_S, self._look_at_deadlines, now + GRACE_S),
            Chore(LINKS_S, self._write_links, now + LINKS_S),
            Chore(HUB_S, self._write_hub, now + HUB_S),
            Chore(BOUNDS_S, self._bound, now),
            Chore(RETENTION_S, self._forget, now + GRACE_S),
        ]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the chore in hand; the last signs of life are written."""
        self._stopping.set()
        self._thread.join()
        self._devices.flush()

    def _run(self) -> None:
        while not self._stopping.wait(PRESENCE_S / 4):
            for chore in self._chores:
                if time.monotonic() >= chore.due and not self._stopping.is_set():
                    chore.due = time.monotonic() + chore.every_s
                    self._do(chore)

    @staticmethod
    def _do(chore: Chore) -> None:
        try:
            chore.work()
        except DBAPIError as broken:
            log.error("housekeeping cannot use the database: %s", broken.orig)
        except Exception:
            log.exception("housekeeping failed")

    def _look(self) -> None:
        with self._database.work() as work:
            self._watch.look(work, utc_now(), self._series_refusal())

    def _look_at_deadlines(self) -> None:
        self._deadlines.look(self._database, utc_now())

    def _write_links(self) -> None:
        now = utc_now()
        lines = [{"line": link_line(each, now)} for each in self._devices.link_figures()]
        if lines:
            with self._database.work() as work:
                work.connection.execute(insert(spool), lines)

    def _write_hub(self) -> None:
        health = self._health()
        with self._database.work() as work:
            received = work.connection.scalar(select(func.max(inbox.c.id))) or 0
            line = hub_line(platform.node() or "hub", health, received=received)
            work.connection.execute(insert(spool), [{"line": line}])

    def _bound(self) -> None:
        bound_spool(self._database, self._config.influx.backlog_points)

    def _forget(self) -> None:
        forget(self._database, self._config.keep, utc_now())
