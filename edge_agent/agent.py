"""The agent: captures, a lookout, two uplinks; and a guard, for it must not live on blind."""

import asyncio
import logging
import signal
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import cv2

from contracts import supervisor
from contracts.clock import utc_now
from contracts.identity import Lane
from contracts.measurement import Measurement
from contracts.readiness import require
from contracts.status import Presence, Status
from edge_agent import telemetry
from edge_agent.config import AgentConfig, load
from edge_agent.lookout import Lookout
from edge_agent.outbox import Draft, Outbox, OutboxFull
from edge_agent.updates import box as updating
from edge_agent.updates.box import Looks, Updates
from edge_agent.uplink import Uplink
from edge_agent.watch import Watch
from edge_agent.weights import choose

log = logging.getLogger(__name__)

EXIT_BLIND = 70
"""EX_SOFTWARE: systemd restarts what exits so."""
ANEW = -1
"""No exit code: an update was adopted or undone, and the agent is to start again in place."""
STUCK_S = 60.0
"""A look takes a tenth of a second; a lookout that did not move for this long never will."""
GOODBYE_S = 2.0
MOST_REASON = 200
"""Characters of a status."""


class Blind(Exception):
    """A thread that sees is dead or stuck."""

    def __init__(self, *, part: str, why: str) -> None:
        self.part = part
        self.why = why
        super().__init__(f"{part}: {why}; ending, so that the supervisor starts afresh")


class Agent:
    """One box.  Raises ModelError and SecretMissing before anything is started."""

    def __init__(self, config: AgentConfig, updates: Updates | None = None) -> None:
        cv2.setNumThreads(1)  # a box has few cores and the network needs them
        self._config = config
        self._updates = updates
        self._chosen = (updates.choose if updates else choose)(config.detector)
        self._outbox = Outbox(
            config.outbox.path,
            config.device.name,
            int(config.outbox.bulk_mb * telemetry.MEGABYTE),
        )
        self._watches = [Watch(camera, config, self._chosen.model) for camera in config.camera]
        self._lookout = Lookout(self._watches, self._chosen.detector, self._outbox)
        self._gauge = telemetry.Gauge(config.outbox.path.parent)

    async def run(self) -> int:
        """Until SIGTERM or SIGINT (0), until it is blind (70), or has to start ANEW."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        alarm, bulk = self._uplinks()
        tasks = [
            asyncio.create_task(alarm.run(self._status), name="uplink-alarm"),
            asyncio.create_task(bulk.run(), name="uplink-bulk"),
            asyncio.create_task(self._report((alarm, bulk)), name="telemetry"),
            asyncio.create_task(self._stand_guard(), name="guard"),
        ]
        if (renewing := self._renewal()) is not None:
            tasks.append(renewing)
        if self._updates is not None:
            minding = asyncio.create_task(self._updates.mind(self._looks), name="updates")
            tasks += [minding, *self._courier(self._updates)]
        self._start()
        supervisor.tell(supervisor.READY)
        ended = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
        code = 0 if ended.done() else EXIT_BLIND
        for task in tasks:
            if task.done() and (error := task.exception()):
                log.error("%s: %s", task.get_name(), error, exc_info=not isinstance(error, Blind))
            elif task.done() and task.get_name() == "updates" and not ended.done():
                code = ANEW
            task.cancel()
        if code != ANEW:
            supervisor.tell(supervisor.ENDING)
        await asyncio.wait([*tasks, ended], timeout=GOODBYE_S)
        await asyncio.to_thread(self._stop)
        ended.cancel()
        return self._end(code)

    def _end(self, code: int) -> int:
        """A stop in order is told to what is on trial; a lookout that hangs cannot start anew."""
        if code == 0 and self._updates is not None:
            self._updates.ended_in_order()
        return EXIT_BLIND if code == ANEW and self._lookout.is_alive() else code

    def _looks(self) -> Looks:
        lookout = self._lookout
        return Looks(scored=lookout.scored, failed=lookout.failed, trouble=self._chosen.trouble)

    def _renewal(self) -> asyncio.Task[None] | None:
        """A box that was enrolled keeps its certificate fresh; others load nothing for it."""
        broker = self._config.broker
        if broker.cert_file is None:
            return None
        from edge_agent import renewal  # noqa: PLC0415  (cryptography takes 11 MB)

        if (wallet := renewal.managed(broker)) is None:
            log.info("the certificate is not renewed: cert_file and key_file are two files")
            return None
        fresh = renewal.keep_fresh(self._config.device.name, broker, wallet)
        return asyncio.create_task(fresh, name="renewal")

    def _courier(self, updates: Updates) -> list[asyncio.Task[None]]:
        """Hears the hub's wishes, on a box that knows where the hub is."""
        section = updates.base.update
        if not section.hub:
            return []
        from edge_agent.updates.courier import carrying  # noqa: PLC0415  (http, ssl)

        courier = carrying(self._config, updates, lambda: self._outbox.waiting(Lane.ALARM) > 0)
        return [asyncio.create_task(courier.run(), name="courier")]

    def _uplinks(self) -> tuple[Uplink, Uplink]:
        alarm = Uplink(Lane.ALARM, self._outbox, self._config.broker)
        bulk = Uplink(Lane.BULK, self._outbox, self._config.broker, yield_to=alarm)
        by_lane = {Lane.ALARM: alarm, Lane.BULK: bulk}
        loop = asyncio.get_running_loop()

        def wake(lane: Lane) -> None:
            loop.call_soon_threadsafe(by_lane[lane].wake)

        self._outbox.on_put = wake
        return alarm, bulk

    def _start(self) -> None:
        for watch in self._watches:
            watch.capture.start()
        self._lookout.start()
        log.info(
            "agent %s: %d cameras, detector %s, epoch %d",
            self._config.device.name, len(self._watches), self._chosen.model,
            self._outbox.epoch,
        )  # fmt: skip

    def _stop(self) -> None:
        self._lookout.stop()
        for watch in self._watches:
            watch.capture.stop()
        self._lookout.join(GOODBYE_S)
        self._outbox.on_put = lambda _lane: None
        if not self._lookout.is_alive():
            self._outbox.close()

    async def _report(self, uplinks: Sequence[Uplink]) -> None:
        while True:
            await asyncio.sleep(self._config.telemetry_s)
            reconnects = sum(uplink.reconnects for uplink in uplinks)
            try:
                await asyncio.to_thread(self._put_telemetry, reconnects)
            except OutboxFull as full:
                log.error("telemetry not kept: %s", full)

    def _put_telemetry(self, reconnects: int) -> None:
        now, drill = utc_now(), self._config.device.drill
        box = self._gauge.box(self._outbox, reconnects, detector_ok=not self._chosen.trouble)
        drafts: list[Draft] = [telemetry.draft(Measurement.BOX, box, now, drill=drill)]
        for watch in self._watches:
            figures = telemetry.camera(watch.capture, watch.take_work())
            drafts.append(
                telemetry.draft(
                    Measurement.CAMERA, figures, now, camera_name=watch.name, drill=drill
                )
            )
        self._outbox.put(*drafts)

    async def _stand_guard(self) -> None:
        """Health is a frame that was scored, not a process that is up."""
        pulse = supervisor.Pulse()
        while True:
            pulse.beat()
            await asyncio.sleep(1.0)
            if self._lookout.failure is not None:
                raise Blind(part="lookout", why=repr(self._lookout.failure))
            if time.monotonic() - self._lookout.pulse > STUCK_S:
                raise Blind(part="lookout", why=f"has not moved for {STUCK_S:.0f} s")
            for watch in self._watches:
                if not watch.capture.alive:
                    raise Blind(part=f"camera {watch.name}", why="its capture thread is dead")

    def _status(self, state: Presence, reason: str) -> Status:
        return Status(
            device=self._config.device.name,
            state=state,
            at=utc_now(),
            title=self._config.device.title,
            software=f"ioc {version('dong-giang-ioc')}",
            model=self._chosen.model,
            reason=reason or self._chosen.trouble[:MOST_REASON],
            cameras=self._config.cards(),
        )


def run(config_path: Path) -> int:
    """`ioc agent run`; the exit code.  Raises ConfigError, SecretMissing, ModelError."""
    config = load(config_path)
    require(config_path, config, makes_folders=True)
    updates = updating.opened(config_path, config)
    while True:
        effective = updates.begin() if updates else config
        code = asyncio.run(Agent(effective, updates).run())
        if code != ANEW:
            return code
        log.info("starting anew for an update")
