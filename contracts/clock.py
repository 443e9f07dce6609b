"""Time on the wire: aware UTC, microseconds, RFC 3339 with `Z`."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def utc_now() -> datetime:
    return datetime.now(UTC)


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""A box without a battery wakes in 1970; what lies outside is no time but a mistake, and would
overflow where it is counted in microseconds or moved into another zone."""


def _in_utc(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("a time lies between 1970 and 2200")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant; any offset is taken, UTC is kept.  A time without offset is refused."""
