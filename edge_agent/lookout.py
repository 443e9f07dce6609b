"""The lookout: one thread, one network, all cameras in fair turn, always on the newest frame."""

import logging
import threading
import time
from collections.abc import Sequence

from contracts.identity import Lane
from edge_agent.detector import Detector
from edge_agent.outbox import Draft, Outbox, OutboxFull
from edge_agent.watch import Watch

log = logging.getLogger(__name__)

REST_S = 0.01
"""Between two looks for a new frame; a tenth of the quickest confirmation's step."""
CHORES_S = 1.0
"""Between two rounds of expiry, health and rescue of what could not be kept."""
MOST_UNKEPT = 1_000
"""Alarms held in memory while the disk takes nothing: about 5 MB, hours of a big fire."""


class Lookout(threading.Thread):
    """`pulse` is the monotonic time at which it last moved; `failure` why it ended, if it did;
    `scored` and `failed` count the frames of all cameras."""

    def __init__(self, watches: Sequence[Watch], detector: Detector, outbox: Outbox) -> None:
        super().__init__(name="lookout", daemon=True)
        self.pulse = time.monotonic()
        self.failure: BaseException | None = None
        self.scored = 0
        self.failed = 0
        self._watches = watches
        self._detector = detector
        self._outbox = outbox
        self._stopping = threading.Event()
        self._unkept: list[Draft] = []
        self._disk_is_full = False

    def run(self) -> None:
        try:
            self._look_out()
        except BaseException as error:
            self.failure = error
            raise

    def stop(self) -> None:
        self._stopping.set()

    def _look_out(self) -> None:
        chores_at = time.monotonic()
        while not self._stopping.is_set():
            self.pulse = time.monotonic()
            looked = [self._visit(watch) for watch in self._watches]
            if self.pulse >= chores_at:
                self._chores()
                chores_at = self.pulse + CHORES_S
            if not any(looked):
                self._stopping.wait(REST_S)
        for watch in self._watches:
            watch.remember()

    def _visit(self, watch: Watch) -> bool:
        """One look at one camera, if it is due and has a new frame."""
        now = time.monotonic()
        if now < watch.due or (frame := watch.next_frame()) is None:
            return False
        watch.due = max(watch.due + watch.interval_s, now)
        try:
            drafts = watch.look(frame, self._detector)
        except Exception:
            # one camera's odd frame must not blind the others
            watch.work.failed += 1
            self.failed += 1
            log.exception("camera %s: a frame could not be scored", watch.name)
            return True
        self.scored += 1
        self._keep(drafts)
        return True

    def _chores(self) -> None:
        for watch in self._watches:
            watch.mind_health()
            watch.mind_memory()
            self._keep(watch.expire())
        waiting, self._unkept = self._unkept, []
        self._keep(waiting)

    def _keep(self, drafts: list[Draft]) -> None:
        """On disk; an alarm that the disk refuses is held in memory and tried again."""
        if not drafts:
            return
        try:
            self._outbox.put(*drafts)
            self._disk_is_full = False
        except OutboxFull as full:
            if not self._disk_is_full:
                log.error("%s; held in memory, tried again every second", full)
            self._disk_is_full = True
            alarms = [draft for draft in drafts if draft.lane is Lane.ALARM]
            self._unkept = (self._unkept + alarms)[-MOST_UNKEPT:]
