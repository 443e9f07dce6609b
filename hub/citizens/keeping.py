"""How long citizens' reports are kept: first what may name a person goes, last the report itself.

1. the photo, 2. the words, the place, the position and the answer, 3. the report with its receipt.
The case stays, with nothing in it but what figures count: what it was about, where, how it went.
Days count from the end of the case; the last term also from its coming, for one that never ended.
Each removal is audited, and an answer leaves the audit with the words.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from hub import audit
from hub.citizens.reports import ANSWERED, SOURCE, TYPE
from hub.config import Keep
from hub.database import Database, Work
from hub.provenance import Entrance, Provenance
from hub.records import audit as audit_table
from hub.records import case_events, cases, citizen_reports

CHUNK = 100
"""Reports of one transaction: an alarm waits for milliseconds."""
POSITION = ("lat", "lon")

Strip = Callable[[Work, Sequence[str], Provenance], None]


def forget(database: Database, keep: Keep, now: datetime) -> int:
    """Removes what is past its time; how many removals."""
    ended = cases.c.finished_at
    photos = citizen_reports.c.photo.is_not(None) & (ended < _before(now, keep.citizen_photos_days))
    words = citizen_reports.c.words_gone_at.is_(None) & (
        ended < _before(now, keep.citizen_words_days)
    )
    last = _before(now, keep.citizen_reports_days)
    whole = or_(ended < last, citizen_reports.c.received_at < last)
    by = Provenance(source=SOURCE, actor="hub", entrance=Entrance.HUB, recorded_at=now)
    return (
        _each(database, photos, _without_photo, by, "report-photo-gone", keep.citizen_photos_days)
        + _each(database, words, _without_words, by, "report-words-gone", keep.citizen_words_days)
        + _each(database, whole, _gone, by, "report-forgotten", keep.citizen_reports_days)
    )


def _before(now: datetime, days: float) -> datetime:
    return now - timedelta(days=days)


def _each(
    database: Database, where: ColumnElement[bool], strip: Strip, by: Provenance, action: str,
    days: float,
) -> int:  # fmt: skip
    query = (
        select(citizen_reports.c.case)
        .join(cases, (cases.c.case == citizen_reports.c.case) & (cases.c.type == TYPE))
        .where(where)
        .limit(CHUNK)
    )
    total = 0
    while True:
        with database.work() as work:
            some = work.connection.scalars(query).all()
            if some:
                strip(work, some, by)
                noted = [(f"{TYPE} {case}", {"after_days": days}) for case in some]
                audit.note_all(work, by, action, noted)
        total += len(some)
        if len(some) < CHUNK:
            return total


def _without_photo(work: Work, some: Sequence[str], _by: Provenance) -> None:
    _set(work, some, photo=None)


def _without_words(work: Work, some: Sequence[str], by: Provenance) -> None:
    _set(
        work, some, photo=None, text="", place="", answer="", digests=["", ""],
        words_gone_at=by.recorded_at,
    )  # fmt: skip
    for table, keys in ((cases, (cases.c.type, cases.c.case)), (case_events, (case_events.c.id,))):
        query = select(*keys, table.c.attributes).where(
            table.c.type == TYPE, table.c.case.in_(some)
        )
        for row in work.connection.execute(query).all():
            left = {name: said for name, said in row.attributes.items() if name not in POSITION}
            if left != row.attributes:
                where = [key == row._mapping[key] for key in keys]  # noqa: SLF001
                work.connection.execute(update(table).where(*where).values(attributes=left))
    _redact(work, some)


def _redact(work: Work, some: Sequence[str]) -> None:
    """Who answered when stays in the audit; what was answered does not."""
    subjects = [f"{TYPE} {case}" for case in some]
    query = update(audit_table).where(
        audit_table.c.subject.in_(subjects), audit_table.c.action == ANSWERED
    )
    work.connection.execute(query.values(detail={"removed": True}))


def _gone(work: Work, some: Sequence[str], by: Provenance) -> None:
    _without_words(work, some, by)
    work.connection.execute(delete(citizen_reports).where(citizen_reports.c.case.in_(some)))


def _set(work: Work, some: Sequence[str], **values: Any) -> None:
    work.connection.execute(
        update(citizen_reports).where(citizen_reports.c.case.in_(some)).values(values)
    )
