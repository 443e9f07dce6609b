"""What has to be computed anew: marked in the transaction of the change, worked off later."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from hub.database import Work
from hub.records import stale

MENTIONS = "mention"
"""The source that indicators over mentions depend on."""


def mark(work: Work, changes: Iterable[tuple[str, str, datetime]], since: datetime) -> None:
    """Each change: (measure, case type or `mention`; unit; start of the first period touched)."""
    rows = [
        {"source": source, "unit": unit, "period_start": start, "since": since}
        for source, unit, start in dict.fromkeys(changes)
    ]
    if not rows:
        return
    make = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    work.connection.execute(make(stale).on_conflict_do_nothing(), rows)
