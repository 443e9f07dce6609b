"""Runs the connectors: one named thread each, with back-off, so that none waits for another.

What came and where to go on are stored in one transaction; a kill between fetching and storing
fetches again, and the admission knows what comes twice.
"""

import logging
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from contracts.indicator import AnyBody
from hub.entrances.admit import Pulls
from hub.entrances.pull.connector import Connector, Pulled, PullFailed
from hub.provenance import Admitted, NotAdmitted

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 3_600.0
"""A source that came back is asked again after this at most (or its own interval)."""

SAID_FAULTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a connector fares; when it last brought something new is in hub.feeds."""

    name: str
    failures: int
    error: str


class Puller:
    """One connector's thread."""

    def __init__(self, connector: Connector, pulls: Pulls) -> None:
        self._connector = connector
        self._pulls = pulls
        self._failures = 0
        self._error = ""
        self._stopping = threading.Event()
        name = f"pull-{connector.source.name}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def facts(self) -> Facts:
        return Facts(name=self._connector.source.name, failures=self._failures, error=self._error)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the call in hand."""
        self._stopping.set()
        self._thread.join()
        self._connector.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                wait_s = self.pull()
            except DBAPIError as broken:
                log.error("pull %s cannot use the database: %s", self.facts.name, broken.orig)
                wait_s = self._connector.every_s
            except Exception:
                log.exception("pull %s failed", self.facts.name)
                wait_s = self._connector.every_s
            self._stopping.wait(wait_s)

    def pull(self) -> float:
        """One pull; returns seconds until the next."""
        source = self._connector.source
        try:
            pulled = self._connector.pull(self._pulls.state(source))
        except PullFailed as failed:
            self._failures += 1
            self._error = failed.why
            log.warning("pull %s: %s (failure %d)", source.name, failed.why, self._failures)
            self._pulls.failed(source, failed.why)
            return failed.retry_after_s or backoff_s(self._connector.every_s, self._failures)
        self._file(pulled)
        self._failures = 0
        return 0.0 if pulled.more else self._connector.every_s

    def _file(self, pulled: Pulled) -> None:
        """Takes what can be taken: a wrong row of another system must not stop the others."""
        source = self._connector.source
        bodies: Sequence[AnyBody] = pulled.bodies
        refused = len({fault.row for fault in pulled.faults})
        said = [f"{each.column}: {each.wrong}" for each in pulled.faults]
        state = dict(pulled.state)
        try:
            admitted = self._take(bodies, state, refused)
        except NotAdmitted as wrong:
            bad = {each.index for each in wrong.refusals}
            refused += len(bad)
            said += [f"{each.field}: {each.why_vi}" for each in wrong.refusals]
            bodies = [body for index, body in enumerate(bodies) if index not in bad]
            admitted = self._take(bodies, state, refused)
        self._error = f"{refused} rows refused: {'; '.join(said[:SAID_FAULTS])}" if refused else ""
        level = logging.WARNING if refused else logging.INFO
        log.log(
            level, "pull %s: %d new, %d changed, %d known; %s",
            source.name, admitted.stored, admitted.corrected, admitted.repeated,
            self._error or "all usable",
        )  # fmt: skip

    def _take(self, bodies: Sequence[AnyBody], state: dict[str, object], refused: int) -> Admitted:
        if refused:  # what is refused today (a unit yet unknown) is to be seen again
            state.pop("etag", None)
            state.pop("last_modified", None)
        return self._pulls.take(bodies, self._connector.source, state, refused)


class Schedule:
    """All connectors of a hub."""

    def __init__(self, connectors: Sequence[Connector], pulls: Pulls) -> None:
        self._pullers = [Puller(each, pulls) for each in connectors]

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return tuple(thread for each in self._pullers for thread in each.threads)

    def start(self) -> None:
        for puller in self._pullers:
            puller.start()

    def stop(self) -> None:
        for puller in self._pullers:
            puller.stop()

    def facts(self) -> list[Facts]:
        return [puller.facts for puller in self._pullers]


def backoff_s(every_s: float, failures: int) -> float:
    """The interval, then twice and four times it … at most an hour (or the interval), each spread
    by a quarter either way."""
    longest = max(every_s, LONGEST_WAIT_S)
    base: float = min(every_s * 2.0 ** min(failures - 1, 20), longest)
    return base * random.uniform(0.75, 1.25)  # noqa: S311
