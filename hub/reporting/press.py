"""Makes the reports of the schedule, in one named thread."""

import logging
from collections.abc import Callable
from datetime import datetime

from contracts.clock import utc_now
from hub.clerk import Clerk, Employer
from hub.reporting.archive import Archive
from hub.reporting.schedule import due
from hub.reporting.settings import Reports

log = logging.getLogger(__name__)

LOOK_S = 20.0
"""How late a report may be."""


class Press(Employer):
    """`on_made` is told that letters may wait."""

    def __init__(self, settings: Reports, archive: Archive, on_made: Callable[[], object]) -> None:
        self._settings = settings
        self._archive = archive
        self._on_made = on_made
        self._clerk = Clerk("reports", self._look_now, every_s=LOOK_S)

    def look(self, now: datetime) -> int:
        """Makes what is due; returns how many."""
        made = 0
        settings = self._settings
        for slot in due(settings.periods, settings.clock_time, self._archive.done(), now):
            if self._clerk.stopping.is_set():
                break
            number = self._archive.make_slot(slot, now)
            if number is not None:
                log.info("report %d made: %s", number, slot.key)
                made += 1
        if made:
            self._on_made()
        return made

    def _look_now(self) -> None:
        """A report that fails stays due."""
        self.look(utc_now())
