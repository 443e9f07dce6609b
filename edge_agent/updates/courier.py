"""The courier: hears what the hub wants, brings it about, and says how far it is.

It has a connection of its own with a long keepalive, so that the lanes of alarms and figures know
nothing of it.  What is wanted is retained at the broker: a box that was away hears it on return.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiomqtt

from contracts import codec, topics
from contracts.configuration import Broker
from contracts.errors import ContractError
from contracts.rollout import Phase, Standing, Update, UpdateState, Wanted
from contracts.topics import Kind, Topic
from contracts.update import What
from edge_agent.backoff import Backoff
from edge_agent.config import AgentConfig
from edge_agent.link import LOST, Link, cause, explain
from edge_agent.updates.box import Updates
from edge_agent.updates.errors import NotNow, UpdateRefused
from edge_agent.updates.fetch import Way

log = logging.getLogger(__name__)

KEEPALIVE_S = 600
"""A hundred bytes in ten minutes; a wish waits so long at most behind a dead link."""
TIMEOUT_S = 30.0
FIRST_RETRY_S, LONGEST_RETRY_S = 5.0, 600.0
AGAIN_S = 60.0
"""Between two tries of what does not go now."""
MOST_REASON = 300

Note = Callable[..., None]
"""Takes a phase and a reason; tells the hub."""


@dataclass(slots=True, kw_only=True)
class Courier:
    """`run` ends when cancelled; a download in hand ends at its next chunk."""

    device: str
    broker: Broker
    updates: Updates
    way: Way
    ending: threading.Event = field(default_factory=threading.Event)
    again_s: float = AGAIN_S
    _wish: Update | None = field(init=False, default=None)
    _doing: dict[What, Standing] = field(init=False, default_factory=dict)
    _heard: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _told: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    async def run(self) -> None:
        """For ever: whatever fails here must not end an agent that looks."""
        try:
            while True:
                try:
                    async with asyncio.TaskGroup() as both:
                        both.create_task(self._stay_connected(), name="updates-link")
                        both.create_task(self._work(), name="updates-work")
                except Exception:
                    log.exception("updates failed; tried again in %.0f s", self.again_s)
                await asyncio.sleep(self.again_s)
        finally:
            self.ending.set()

    async def _stay_connected(self) -> None:
        backoff = Backoff(FIRST_RETRY_S, LONGEST_RETRY_S)
        while True:
            try:
                await self._session(backoff)
            except (*LOST, ExceptionGroup) as lost:
                log.warning("updates: %s", await explain(self.broker, cause(lost)))
            await asyncio.sleep(backoff.next())

    async def _session(self, backoff: Backoff) -> None:
        async with self._link() as client:
            await client.subscribe(str(Topic(device=self.device, kind=Kind.UPDATE)), qos=topics.QOS)
            backoff.reset()
            self._told.set()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._listen(client), name="updates-hear")
                both.create_task(self._say(client), name="updates-say")

    async def _listen(self, client: Link) -> None:
        async for message in client.messages:
            self._hear(message)

    def _link(self) -> Link:
        return Link(self.broker, f"{self.device}-update", keepalive=KEEPALIVE_S, timeout=TIMEOUT_S)

    def _hear(self, message: aiomqtt.Message) -> None:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        try:
            wish = codec.decode(str(message.topic), payload).message
        except ContractError as wrong:
            log.error("updates: a wish that cannot be read: %s", wrong)
            return
        if isinstance(wish, Update):
            self._wish = wish
            self._heard.set()

    async def _say(self, client: Link) -> None:
        """The state as it is, each time that it changed; a trial that goes on is no news."""
        last = None
        while True:
            await self._told.wait()
            self._told.clear()
            now = self.state()
            if (said := (now.ring, now.lines)) != last:
                await client.publish(str(now.topic), codec.encode(now), qos=topics.QOS, retain=True)
                last = said

    async def _work(self) -> None:
        """One wish at a time; what does not go now is tried again."""
        loop = asyncio.get_running_loop()
        settled = True
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(None if settled else self.again_s):
                    await self._heard.wait()
            self._heard.clear()
            wish, settled = self._wish, True
            for wanted in wish.wanted if wish else ():
                settled &= await asyncio.to_thread(self._attempt, wanted, loop)

    def _attempt(self, wanted: Wanted, loop: asyncio.AbstractEventLoop) -> bool:
        """False if it has to be tried again."""

        def note(phase: Phase, reason: str = "") -> None:
            self._doing[wanted.what] = Standing(
                what=wanted.what, wanted=wanted.digest, phase=phase, reason=reason[:MOST_REASON]
            )
            loop.call_soon_threadsafe(self._told.set)

        try:
            return self._bring_about(wanted, note)
        except UpdateRefused as refused:
            log.error("update of the %s refused: %s", wanted.what, refused)
            note(Phase.FAILED, refused.reason)
            return True
        except NotNow as later:
            log.warning("update of the %s waits: %s", wanted.what, later)
            note(Phase.WAITING, later.reason)
        except OSError as trouble:
            log.error("update of the %s waits: %s", wanted.what, trouble)
            note(Phase.WAITING, str(trouble))
        return False

    def _bring_about(self, wanted: Wanted, note: Note) -> bool:
        line = self.updates.store.line(wanted.what)
        if wanted.digest == (line.active.digest if line.active else None):
            self._doing.pop(wanted.what, None)
            note(Phase.TRIAL if line.on_trial else Phase.SETTLED)
            return not line.on_trial
        if line.on_trial and wanted.digest == (line.previous.digest if line.previous else None):
            self.updates.store.call_back(wanted.what)
        elif wanted.offer is None:
            self.updates.withdraw(wanted.what)
        else:
            self._bring(wanted, note)
        return False

    def _bring(self, wanted: Wanted, note: Note) -> None:
        assert wanted.offer is not None
        manifest = self.updates.admit(wanted.offer)
        if manifest.what is not wanted.what:
            raise UpdateRefused(f"called a {wanted.what}, signed as a {manifest.what}")
        store = self.updates.store
        if not store.has(manifest):
            note(Phase.FETCHING)
            self.way.fetch(wanted.path, store.part_of(manifest), manifest.bytes)
            try:
                store.take_in(manifest)
            except UpdateRefused as spoilt:  # by the link or the disk: the next try may be good
                raise NotNow(spoilt.reason) from None
        note(Phase.TESTING)
        self.updates.adopt(wanted.offer, manifest)

    def state(self) -> UpdateState:
        """What runs, from disk; what is being done, from the last note."""
        kept = self.updates.store.state()
        lines = []
        for what in What:
            line = kept.line(what)
            facts: dict[str, object] = {"what": what, "floor": line.floor}
            doing = self._doing.get(what, Standing(what=what))
            if line.active is not None:
                manifest = line.active.read()
                facts |= {"running": line.active.digest, "name": manifest.name,
                          "version": manifest.version}  # fmt: skip
            lines.append(doing.model_copy(update=facts))
        return UpdateState(
            device=self.device, at=self.updates.clock(), ring=self.updates.gate.ring,
            lines=tuple(lines),
        )  # fmt: skip


def carrying(config: AgentConfig, updates: Updates, alarms: Callable[[], bool]) -> Courier:
    """The courier of a box; `alarms`: whether some wait to be sent."""
    ending = threading.Event()
    way = Way(section=updates.base.update, alarms=alarms, stopping=ending.is_set)
    return Courier(
        device=config.device.name, broker=config.broker, updates=updates, way=way, ending=ending
    )
