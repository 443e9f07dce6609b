"""What a connector is: it fetches what is new since a state, and says where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from contracts.indicator import AnyBody
from hub.entrances.admit import Source
from hub.entrances.faults import Fault

State = Mapping[str, Any]
"""JSON: what a connector must remember; `etag` and `last_modified` say that all was read."""


class PullFailed(Exception):
    """Nothing came; `why` is for people, `retry_after_s` the other side's wish."""

    def __init__(self, why: str, *, retry_after_s: float | None = None) -> None:
        self.why = why
        self.retry_after_s = retry_after_s
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What one pull brought: usable bodies, what was wrong with other rows, where to go on.
    With `more` the next pull is due at once."""

    bodies: tuple[AnyBody, ...] = ()
    faults: tuple[Fault, ...] = ()
    state: State = field(default_factory=dict)
    more: bool = False


class Connector(Protocol):
    """One source; used by one thread."""

    @property
    def source(self) -> Source: ...

    @property
    def every_s(self) -> float: ...

    def pull(self, state: State) -> Pulled:
        """Raises PullFailed."""

    def close(self) -> None: ...
