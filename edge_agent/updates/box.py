"""Updates of one box: what it starts with, how what is new is tried, and when it is undone."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from contracts.clock import utc_now
from contracts.update import Offer, UpdateManifest, What
from edge_agent import weights
from edge_agent.config import AgentConfig, DetectorSection
from edge_agent.detector import Detector, ModelError
from edge_agent.updates import overlay, selftest
from edge_agent.updates.admit import Gate, require_floor
from edge_agent.updates.errors import NotNow, UpdateRefused
from edge_agent.updates.selftest import Tester
from edge_agent.updates.store import Store
from edge_agent.weights import Chosen

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""Between two looks at what is on trial and at what another process adopted."""
ENOUGH = 20
"""Frames that were scored, or not, before they say anything about an update."""
BUILT_IN_NUMBER = 0
"""The version of a box's own settings: what it ran before it ever took an update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What the box did since it started: frames scored and failed; what ails its detector."""

    scored: int
    failed: int
    trouble: str = ""


@dataclass(slots=True, kw_only=True)
class Updates:
    """`path` is the agent's file, `base` what it says.  Raises ModelError, OSError when made; later
    nothing that is wrong with an update keeps a box from looking."""

    path: Path
    base: AgentConfig
    tester: Tester = selftest.apart
    clock: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    look_s: float = LOOK_S
    gate: Gate = field(init=False)
    store: Store = field(init=False)
    _running: dict[What, str] = field(init=False, default_factory=dict)
    _since: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.gate = Gate.of(self.base.update)
        self.store = Store(self.base.updates_folder)

    def begin(self) -> AgentConfig:
        """Counts the start; the configuration to run with."""
        try:
            self.store.begin()
        except OSError as full:
            log.error("a start on trial could not be counted: %s", full)
        config = self._configuration()
        self._since = self.monotonic()
        state = self.store.state()
        self._running = {what: _digest(state.line(what).active) for what in What}
        return config

    def _configuration(self) -> AgentConfig:
        line = self.store.line(What.CONFIGURATION)
        if line.active is None:
            return self.base
        try:
            manifest = self.gate.signed(line.active)
            return overlay.read(self.path, self.store.content(manifest))
        except UpdateRefused as refused:
            if line.on_trial and self._undone(What.CONFIGURATION, line.active, refused.reason):
                return self._configuration()
            log.error("updated settings cannot be used: %s; running on the box's own", refused)
            return self.base

    def choose(self, section: DetectorSection) -> Chosen:
        """The updated detector, or the box's own where there is none or it cannot be used."""
        line = self.store.line(What.MODEL)
        if line.active is None:
            return weights.choose(section)
        try:
            return self._open(line.active, section)
        except (UpdateRefused, ModelError) as refused:
            if line.on_trial and self._undone(What.MODEL, line.active, refused.reason):
                self._running[What.MODEL] = _digest(self.store.line(What.MODEL).active)
                return self.choose(section)
            log.error("the updated detector cannot be used: %s", refused)
            own = weights.choose(section)
            reason = f"{weights.FALLEN_BACK}{refused.reason}"
            return Chosen(detector=own.detector, model=own.model, trouble=reason)

    def _open(self, offer: Offer, section: DetectorSection) -> Chosen:
        manifest = self.gate.signed(offer)
        content = self.store.content(manifest)
        path = self.store.path_of(manifest)
        detector = Detector(path, section.size, section.threads, content)
        log.info("detector %s %d, an update", manifest.name, manifest.version)
        return Chosen(detector=detector, model=detector.facts.version)

    def _undone(self, what: What, offer: Offer, why: str) -> bool:
        """A disk that takes nothing leaves it on trial; the box looks all the same."""
        try:
            self.store.roll_back(what, offer, why)
        except OSError as full:
            log.error("an update could not be undone on disk: %s", full)
            return False
        return True

    def admit(self, offer: Offer) -> UpdateManifest:
        """Raises UpdateRefused, NotNow.  What ran here before need not be fresh again."""
        manifest = self.gate.signed(offer)
        line = self.store.line(manifest.what)
        if on_trial := self.store.state().on_trial:
            raise NotNow(f"an update of the {on_trial[0]} is on trial", "wait until it is proven")
        if (why := line.refused.get(offer.digest)) is not None:
            raise UpdateRefused(f"failed here before: {why}")
        if line.previous is not None and line.previous.digest == offer.digest:
            require_floor(manifest.version, line.floor)
        else:
            self.gate.fresh(manifest, line.floor, self.clock())
        return manifest

    def adopt(self, offer: Offer, manifest: UpdateManifest) -> None:
        """Tests the file that lies in the store, then runs it from the next start on; raises
        UpdateRefused, and remembers it, if it does not pass."""
        try:
            content = self.store.content(manifest)
            if manifest.what is What.MODEL:
                selftest.judge(manifest, self.tester(self.store.path_of(manifest)))
            else:
                overlay.read(self.path, content)
        except UpdateRefused as refused:
            self.store.refuse(offer, manifest.what, refused.reason)
            self.store.sweep()
            raise
        self.store.adopt(offer, manifest)
        log.info("%s passed its self-test and is on trial from the next start on", manifest)

    def withdraw(self, what: What) -> None:
        """Back to the box's own; raises UpdateRefused below the floor."""
        require_floor(BUILT_IN_NUMBER, self.store.line(what).floor)
        self.store.withdraw(what)

    def ended_in_order(self) -> None:
        with suppress(OSError):
            self.store.ended_in_order()

    async def mind(self, looks: Callable[[], Looks]) -> None:
        """Returns when the agent has to start anew: something was adopted or undone."""
        while True:
            try:
                if self.judge(looks()):
                    return
            except OSError as full:
                log.error("what is known of updates cannot be kept: %s", full)
            await asyncio.sleep(self.look_s)

    def judge(self, looks: Looks) -> bool:
        """Settles or undoes what is on trial; whether something else has to run now."""
        for what in self.store.state().on_trial:
            offer = self.store.line(what).active
            if offer is not None and offer.digest == self._running[what]:
                self._judge(what, offer, looks)
        state = self.store.state()
        return any(_digest(state.line(what).active) != self._running[what] for what in What)

    def _judge(self, what: What, offer: Offer, looks: Looks) -> None:
        if what is What.MODEL and looks.trouble:
            self.store.roll_back(what, offer, looks.trouble)
        elif looks.failed > looks.scored and looks.failed >= ENOUGH:
            told = f"{looks.failed} of {looks.failed + looks.scored} frames could not be scored"
            self.store.roll_back(what, offer, told)
        elif self._is_proven(looks):
            self.store.settle(what, offer)
            log.info("%s has proven itself", offer.read())

    def _is_proven(self, looks: Looks) -> bool:
        lasted = self.monotonic() - self._since
        return looks.scored >= ENOUGH and lasted >= self.base.update.probation_s


def opened(path: Path, base: AgentConfig) -> Updates | None:
    """None for a box that trusts no key, or cannot: it looks all the same."""
    if not base.update.trusted_keys:
        return None
    try:
        return Updates(path=path, base=base)
    except (ModelError, OSError) as wrong:
        log.error("no updates are taken: %s", wrong)
        return None


def _digest(offer: Offer | None) -> str:
    return offer.digest if offer else ""
