"""The hub's sign of life for its supervisor: given only while a restart would mend nothing.

A broker or a database server that is away is no reason: killing the hub brings neither back.  A
dead thread, a console whose loop hangs or a records database that no longer answers is.
"""

import logging
import time
from collections.abc import Callable
from threading import Thread

import uvicorn

from contracts import supervisor
from hub.clerk import Clerk
from hub.health import Health, dead_of

log = logging.getLogger(__name__)


class Console(uvicorn.Server):
    """A server that knows when its loop last turned; ready when it turns for the first time."""

    turned_at: float | None = None
    """Of time.monotonic."""

    async def on_tick(self, counter: int) -> bool:
        if self.turned_at is None:
            supervisor.tell(supervisor.READY)
        self.turned_at = time.monotonic()
        return await super().on_tick(counter)


class Pulse:
    """Nothing runs where nobody waits for signs of life."""

    def __init__(
        self,
        health: Callable[[], Health],
        console: Console,
        patience_s: float | None,
    ) -> None:
        self._health = health
        self._console = console
        self._patience_s = patience_s or 0.0
        every_s = self._patience_s / 4
        self._clerk = Clerk("pulse", self._beat, every_s=every_s) if patience_s else None

    @property
    def threads(self) -> tuple[Thread, ...]:
        return self._clerk.threads if self._clerk else ()

    def start(self) -> None:
        if self._clerk:
            self._clerk.start()

    def stop(self) -> None:
        if self._clerk:
            self._clerk.stop()

    def _beat(self) -> None:
        if stuck := self.stuck():
            log.error("no sign of life to the supervisor: %s", stuck)
        else:
            supervisor.tell(supervisor.ALIVE)

    def stuck(self) -> str:
        """Why a restart would help; empty if it would not.  Hangs where the records hang."""
        turned_at = self._console.turned_at
        if turned_at is not None and time.monotonic() - turned_at > self._patience_s:
            return f"the console's loop has not turned for {self._patience_s:.0f} s"
        if dead := dead_of(self._health):
            return f"these threads are dead: {', '.join(dead)}"
        return ""
