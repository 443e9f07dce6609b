"""What has to be computed anew: marked in the transaction of the change, worked off later."""

from collections.abc import Iterable
from datetime import datetime

from contracts.clock import utc_now
from hub.database import Work, upsert
from hub.records import stale

MENTIONS = "mention"
"""The source that indicators over mentions depend on."""


def mark(work: Work, changes: Iterable[tuple[str, str, datetime]]) -> None:
    """Each change: (measure, case type or `mention`; unit; start of the first period touched).

    A mark that is there gets the new time, so that whoever works on the old one leaves it.
    """
    since = utc_now()
    upsert(
        work.connection,
        stale,
        [
            {"source": source, "unit": unit, "period_start": start, "since": since}
            for source, unit, start in dict.fromkeys(changes)
        ],
    )
