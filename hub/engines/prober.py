"""The prober: looks at everything on its schedule and hands on what it saw."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.clock import utc_now
from hub.clerk import Clerk, Employer
from hub.engines.probe_settings import Probe
from hub.engines.probes import Result, look, overdue

log = logging.getLogger(__name__)

TICK_S = 0.1
JITTER = 0.1
"""Share of its interval by which each probe strays, so that they do not march."""
GRACE_S = 0.5
"""A look is given up this long after its own timeouts should have ended it."""


@dataclass(slots=True)
class _Watched:
    """A probe, when it is next due, and the newest look (`started` and `due`: time.monotonic)."""

    probe: Probe
    due: float
    started: float = 0.0
    began: datetime | None = None
    running: threading.Thread | None = None
    given_up: bool = False


class Prober(Employer):
    """A clerk that keeps time and one short-lived thread a look, so that what hangs holds up
    nothing else.  `on_result` is called from those threads, one at a time; what it raises is
    logged."""

    def __init__(
        self,
        probes: Iterable[Probe],
        on_result: Callable[[Result], object],
        *,
        look: Callable[[Probe], Result] = look,
    ) -> None:
        self._on_result = on_result
        self._look = look
        now = time.monotonic()
        spread = random.random
        self._watched = [_Watched(one, now + spread() * one.every_s * JITTER) for one in probes]
        self._guard = threading.Lock()
        self._clerk = Clerk("prober", self._attend_all, every_s=TICK_S)

    def stop(self) -> None:
        """No result is handed on after this returns."""
        super().stop()
        with self._guard:
            pass

    def _attend_all(self) -> None:
        now = time.monotonic()
        for watched in self._watched:
            self._attend(watched, now)

    def _attend(self, watched: _Watched, now: float) -> None:
        """Gives up what hangs; begins what is due, but never a second look beside a hanging one."""
        probe = watched.probe
        hangs = watched.running is not None and watched.running.is_alive()
        if hangs and not watched.given_up and now > watched.started + probe.timeout_s + GRACE_S:
            watched.given_up = True
            self._hand_on(overdue(probe, watched.began or utc_now()))
        if now < watched.due:
            return
        watched.due = now + probe.every_s * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311
        if hangs:
            self._hand_on(overdue(probe, utc_now()))
        else:
            self._begin(watched, now)

    def _begin(self, watched: _Watched, now: float) -> None:
        watched.started, watched.began, watched.given_up = now, utc_now(), False
        watched.running = threading.Thread(
            target=self._one, args=(watched,), name=f"probe-{watched.probe.name}", daemon=True
        )
        watched.running.start()

    def _one(self, watched: _Watched) -> None:
        result = self._look(watched.probe)
        if not watched.given_up:
            self._hand_on(result)

    def _hand_on(self, result: Result) -> None:
        with self._guard:
            if self._clerk.stopping.is_set():
                return
            try:
                self._on_result(result)
            except Exception:
                log.exception("probe %s: its result was not taken", result.probe.name)
