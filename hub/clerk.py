"""A named thread that does one thing again and again, and outlives its failures."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)


class Clerk:
    """Calls `work` after `first_s` and then with `every_s` between two calls.

    What fails is logged and tried again at the next time.  `begins` runs first, in the thread.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        *,
        every_s: float,
        first_s: float = 0.0,
        begins: Callable[[], object] = lambda: None,
    ) -> None:
        self.stopping = threading.Event()
        """Long work looks at it between its steps, and waits on it instead of sleeping."""
        self._name = name
        self._work = work
        self._every_s = every_s
        self._first_s = first_s
        self._begins = begins
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the work in hand has ended."""
        self.stopping.set()
        self._thread.join()

    def _run(self) -> None:
        self._begins()
        wait_s = self._first_s
        while not self.stopping.wait(wait_s):
            wait_s = self._every_s
            try:
                self._work()
            except DBAPIError as broken:
                log.error("%s cannot use the database, tries again: %s", self._name, broken.orig)
            except Exception:
                log.exception("%s failed, tries again", self._name)


class Employer:
    """What has a clerk of its own: it starts, stops and is watched with it."""

    _clerk: Clerk

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return self._clerk.threads

    def start(self) -> None:
        self._clerk.start()

    def stop(self) -> None:
        self._clerk.stop()
