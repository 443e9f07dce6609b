"""What a box runs of its updates, what ran before, and what it may not go below: on disk.

`state.json` is replaced as a whole; a lock lets the agent and `ioc agent update` take turns.  Files
are named by their sha256.  One that is in use, or was before it, is never deleted; others are only
when the one in use has proven itself.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts import files
from contracts.update import Offer, UpdateManifest, What
from edge_agent.updates.errors import UpdateRefused

log = logging.getLogger(__name__)

STATE, LOCK = "state.json", "lock"
PART = ".part"
STARTS = 3
"""A probation that was begun so often without an end in order or in honour is a crash loop."""
REFUSALS = 20
"""Remembered, so that a box does not fetch again what failed here."""
CRASH_LOOP = f"{STARTS} starts ended in a crash"


class Line(BaseModel):
    """One kind of update.  `active` and `previous`: None stands for the box's own settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: int = 0
    active: Offer | None = None
    previous: Offer | None = None
    on_trial: bool = False
    starts: int = 0
    refused: dict[str, str] = Field(default_factory=dict)

    def running(
        self, active: Offer | None, previous: Offer | None, *, on_trial: bool = False
    ) -> "Line":
        """The same with another offer in use, not started yet."""
        use = {"active": active, "previous": previous, "on_trial": on_trial, "starts": 0}
        return self.model_copy(update=use)

    def refusing(self, offer: Offer, why: str) -> "Line":
        refused = {**self.refused, offer.digest: why}
        return self.model_copy(update={"refused": dict(list(refused.items())[-REFUSALS:])})


class State(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = 1
    lines: dict[What, Line] = Field(default_factory=dict)

    def line(self, what: What) -> Line:
        return self.lines.get(what, Line())

    def having(self, what: What, line: Line) -> "State":
        return self.model_copy(update={"lines": {**self.lines, what: line}})

    @property
    def on_trial(self) -> tuple[What, ...]:
        return tuple(what for what, line in self.lines.items() if line.on_trial)


class Store:
    """A folder; each change is durable when its method returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def state(self) -> State:
        """A file that cannot be read is set aside: the box then runs on its own settings."""
        path = self.folder / STATE
        try:
            return State.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return State()
        except ValidationError as broken:
            aside = path.with_suffix(".broken")
            log.error("%s cannot be read (%s); set aside as %s", path, broken, aside.name)
            path.replace(aside)
            return State()

    def line(self, what: What) -> Line:
        return self.state().line(what)

    def path_of(self, manifest: UpdateManifest) -> Path:
        ending = "onnx" if manifest.what is What.MODEL else "toml"
        return self.folder / f"{manifest.sha256}.{ending}"

    def part_of(self, manifest: UpdateManifest) -> Path:
        """Where the file grows until it is whole."""
        path = self.path_of(manifest)
        return path.with_name(path.name + PART)

    def has(self, manifest: UpdateManifest) -> bool:
        return self.path_of(manifest).exists()

    def take_in(self, manifest: UpdateManifest) -> Path:
        """The part is complete; raises UpdateRefused, and drops it, if it is not the file."""
        part = self.part_of(manifest)
        try:
            check(part, manifest)
        except UpdateRefused:
            part.unlink(missing_ok=True)
            raise
        path = self.path_of(manifest)
        files.promote(part, path)
        return path

    def content(self, manifest: UpdateManifest) -> bytes:
        """The file's bytes, if they are those that were signed; raises UpdateRefused."""
        return check(self.path_of(manifest), manifest)

    def adopt(self, offer: Offer, manifest: UpdateManifest) -> None:
        """It runs from the next start on, on trial; what ran is kept."""
        self._change(manifest.what, lambda line: line.running(offer, line.active, on_trial=True))

    def withdraw(self, what: What) -> None:
        """Back to the box's own; what ran is kept."""
        self._change(what, lambda line: line.running(None, line.active))

    def call_back(self, what: What) -> None:
        """The hub thought better of what is on trial: what was before runs again."""
        self._change(what, lambda line: line.running(line.previous, None))
        self.sweep()

    def roll_back(self, what: What, offer: Offer, why: str) -> None:
        """`offer` failed: what was before runs from the next start on."""

        def change(line: Line) -> Line:
            if line.active != offer:
                return line  # the hub called it back meanwhile
            return line.refusing(offer, why).running(line.previous, None)

        log.error("update of the %s undone: %s", what, why)
        self._change(what, change)
        self.sweep()

    def refuse(self, offer: Offer, what: What, why: str) -> None:
        """It failed its self-test and never ran; its file goes."""
        self._change(what, lambda line: line.refusing(offer, why))

    def settle(self, what: What, offer: Offer) -> None:
        """`offer` has proven itself; raises the floor and forgets what is older."""
        floor = offer.read().floor

        def change(line: Line) -> Line:
            if line.active != offer:
                return line  # the hub called it back meanwhile
            proven = {"on_trial": False, "starts": 0, "floor": max(line.floor, floor)}
            return line.model_copy(update=proven)

        self._change(what, change)
        self.sweep()

    def begin(self) -> None:
        """Counts a start of what is on trial; a crash loop ends here."""
        for what in self.state().on_trial:
            line = self.line(what)
            if line.starts >= STARTS and line.active is not None:
                self.roll_back(what, line.active, CRASH_LOOP)
            else:
                self._change(what, lambda line: line.model_copy(update={"starts": line.starts + 1}))

    def ended_in_order(self) -> None:
        """A stop that was asked for is no crash."""
        for what in self.state().on_trial:
            self._change(what, lambda line: line.model_copy(update={"starts": 0}))

    def sweep(self) -> None:
        """Deletes files that neither run nor ran last, unless something is on trial."""
        with self._locked():
            state = self.state()
            if state.on_trial:
                return
            held = [one for line in state.lines.values() for one in (line.active, line.previous)]
            kept = {self.path_of(one.read()).name for one in held if one is not None}
            for path in [*self.folder.glob("*.onnx"), *self.folder.glob("*.toml")]:
                if path.name not in kept:
                    path.unlink(missing_ok=True)

    def _change(self, what: What, change: Callable[[Line], Line]) -> None:
        with self._locked():
            state = self.state()
            state = state.having(what, change(state.line(what)))
            text = state.model_dump_json(indent=2).encode()
            files.replace(self.folder / STATE, text, files.PRIVATE)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, files.PRIVATE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def check(path: Path, manifest: UpdateManifest) -> bytes:
    """The bytes of `path`, if they are those of `manifest`; raises UpdateRefused."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size == manifest.bytes else b""
    except OSError as trouble:
        raise UpdateRefused(f"its file: {trouble.strerror or 'cannot be read'}") from None
    if size != manifest.bytes:
        raise UpdateRefused(f"its file has {size:,} bytes, the manifest says {manifest.bytes:,}")
    if (found := hashlib.sha256(content).hexdigest()) != manifest.sha256:
        raise UpdateRefused(
            f"the sha256 of its file is {found[:16]}…, the manifest says {manifest.sha256[:16]}…"
        )
    return content
