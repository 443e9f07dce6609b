"""What a time-series store can do, and how its refusals are told apart.

SeriesError
├── Rejected     these lines are wrong (400): find the bad ones, keep them aside, go on
├── TooLarge     too many at once (413): send half
├── Unavailable  not now (429, 503, no connection): wait, then again, for ever
└── Misconfigured  not with this address or these credentials (401, 403, 404): say so, keep trying
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from contracts.measurement import Measurement
from hub.timeseries.point import Sample


class SeriesError(Exception):
    """Root; `store` names the server, `answer` is what it said."""

    def __init__(self, *, store: str, answer: str) -> None:
        self.store = store
        self.answer = answer
        super().__init__(f"{store}: {answer}")


class Rejected(SeriesError):
    pass


class TooLarge(SeriesError):
    pass


class Unavailable(SeriesError):
    """`retry_after_s` is the server's wish, if it said one."""

    def __init__(self, *, store: str, answer: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(store=store, answer=answer)


class Misconfigured(SeriesError):
    pass


class TimeSeries(Protocol):
    """Thread-safe.  Writing a point again overwrites it: at least once is exactly once."""

    def write(self, lines: Sequence[str]) -> None:
        """Stores `lines` of line protocol (nanoseconds), all or none; raises SeriesError."""
        ...

    def samples(
        self,
        measurement: Measurement,
        field: str,
        tags: Mapping[str, str],
        since: datetime,
        limit: int,
    ) -> list[Sample]:
        """The newest `limit` values of one series since `since`, oldest first."""
        ...

    def close(self) -> None: ...
