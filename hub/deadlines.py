"""Cases past their time and sources that fell silent, as incidents; looked at every minute.

What is urgent (a citizen's urgent report, a document "hỏa tốc", a notifiable disease) is an
incident of its own; other overdue cases are one incident for each unit and type, so that fifty
late dossiers are one thing to look at and not fifty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from hub import feeds
from hub.catalogue.records import Catalogue
from hub.config import Rules
from hub.database import Database
from hub.incident import Alarm, IncidentType, Place, Severity
from hub.incidents import Incidents, unclosed
from hub.knowledge import Knowledge
from hub.provenance import Entrance
from hub.records import cases
from hub.wording import LOCAL, clock
from hub.working_time import WorkingTime

TYPES = (IncidentType.OVERDUE_CASE, IncidentType.SILENT_FEED)
URGENT = ("khan", "hoa-toc")
"""Values of the attribute `urgency` that make a case one to look at by itself."""
AT_ONCE = ("disease",)
"""Types that are always urgent: the law counts hours."""
MOST_URGENT = 100
NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    originator: str
    type: IncidentType
    subsystem: str
    severity: Severity
    title_vi: str
    text_vi: str
    since: datetime
    place: Place = NOWHERE
    simulated: bool = False


class Deadlines:
    """`look` compares what is with what should be."""

    def __init__(self, incidents: Incidents, knowledge: Knowledge, rules: Rules) -> None:
        self._rules = rules
        self._incidents = incidents
        self._knowledge = knowledge

    def look(self, database: Database, now: datetime) -> None:
        """Raises what is overdue or silent and clears what is not any more.

        All unfinished cases are read for it, so they are read outside of any write transaction:
        an alarm that comes meanwhile waits for nobody.
        """
        with database.read() as connection:
            open_now = unclosed(connection, *TYPES)
            found = [_alarm(trouble, now) for trouble in self._troubles(connection, now)]
        self._incidents.match(database, open_now, found, now, "đã xử lý")

    def _troubles(self, connection: Connection, now: datetime) -> Iterator[Trouble]:
        yield from (self._urgent(row, now) for row in _urgent(connection, now))
        yield from self._late_units(connection, now)
        silent_after = timedelta(hours=self._rules.silent_feed_h)
        yield from _silent(connection, now, self._knowledge.clock, silent_after)

    def _urgent(self, row: Row[Any], now: datetime) -> Trouble:
        cycle = self._knowledge.lifecycles[row.type]
        unit, place = _unit(self._knowledge.catalogue, row.unit, now)
        return Trouble(
            originator=f"case {row.type} {row.case}",
            type=IncidentType.OVERDUE_CASE,
            subsystem=row.subsystem,
            severity=Severity.MAJOR,
            title_vi=f"{cycle.name_vi} khẩn quá hạn – {unit}",
            text_vi=f"Số {row.case}, hạn {clock(row.due_at)}.",
            since=row.due_at,
            place=place,
            simulated=row.demo,
        )

    def _late_units(self, connection: Connection, now: datetime) -> Iterator[Trouble]:
        for row in _counts(connection, now):
            tolerated = self._rules.overdue_share * row.unfinished
            if row.overdue < self._rules.overdue_least or row.overdue <= tolerated:
                continue
            cycle = self._knowledge.lifecycles[row.type]
            unit, place = _unit(self._knowledge.catalogue, row.unit, now)
            yield Trouble(
                originator=f"cases {row.type} {row.unit}",
                type=IncidentType.OVERDUE_CASE,
                subsystem=cycle.subsystem,
                severity=Severity.WARNING,
                title_vi=f"{cycle.name_vi} quá hạn – {unit}",
                text_vi=f"{row.overdue} trong {row.unfinished} đang xử lý đã quá hạn.",
                since=row.oldest,
                place=place,
                simulated=row.simulated > 0,
            )


def _past_due(now: datetime) -> ColumnElement[bool]:
    return and_(cases.c.finished_at.is_(None), cases.c.due_at < now, cases.c.phase != "paused")


def _urgent(connection: Connection, now: datetime) -> list[Row[Any]]:
    said = cases.c.attributes["urgency"].as_string()
    query = (
        select(cases)
        .where(_past_due(now), or_(cases.c.type.in_(AT_ONCE), said.in_(URGENT)))
        .order_by(cases.c.due_at)
        .limit(MOST_URGENT)
    )
    return list(connection.execute(query))


def _counts(connection: Connection, now: datetime) -> list[Row[Any]]:
    late = func.count().filter(_past_due(now))
    query = (
        select(
            cases.c.type, cases.c.unit, func.count().label("unfinished"), late.label("overdue"),
            func.min(cases.c.due_at).label("oldest"),
            func.count().filter(cases.c.demo).label("simulated"),
        )
        .where(cases.c.finished_at.is_(None))
        .group_by(cases.c.type, cases.c.unit)
    )  # fmt: skip
    return list(connection.execute(query))


def _silent(
    connection: Connection, now: datetime, clock_: WorkingTime, silent_after: timedelta
) -> Iterator[Trouble]:
    """People's sources: machines that fall silent are told of by the watch of devices."""
    for feed in feeds.known(connection):
        told = feed.last_item_at
        if told is None or feed.entrance in (Entrance.PERSON, Entrance.HUB, Entrance.MQTT):
            continue
        if clock_.between(told, now) > silent_after:
            said = f" Lỗi lần cuối: {feed.error}." if feed.error else ""
            yield Trouble(
                originator=f"feed {feed.name}",
                type=IncidentType.SILENT_FEED,
                subsystem=feed.subsystem,
                severity=Severity.WARNING,
                title_vi=f"Nguồn dữ liệu im lặng – {feed.name}",
                text_vi=f"Số liệu mới nhất nhận lúc {clock(told)}.{said}",
                since=told,
            )


def _unit(catalogue: Catalogue, code: str, now: datetime) -> tuple[str, Place]:
    unit = catalogue.unit(code, now.astimezone(LOCAL).date())
    if unit is None:
        return code, Place()
    is_commune = unit.kind == "commune"
    return unit.name_vi, Place(
        commune_code=code if is_commune else None, commune=unit.name_vi if is_commune else None
    )


def _alarm(trouble: Trouble, now: datetime) -> Alarm:
    return Alarm(
        originator=trouble.originator, type=trouble.type, subsystem=trouble.subsystem,
        severity=trouble.severity, title_vi=trouble.title_vi, text_vi=trouble.text_vi,
        captured_at=trouble.since, received_at=now, place=trouble.place,
        drill=trouble.simulated,
    )  # fmt: skip
