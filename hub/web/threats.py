"""Open incidents as the boards show them: by commune on the wall's map, and of a subsystem."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.incident import Severity
from hub.records import incidents
from hub.web.board import IncidentView

MOST = 5
"""Of a subsystem on its board, so that its figures are not pushed out of sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """How many incidents are open in a commune, and how severe the worst is."""

    count: int
    worst: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Threats:
    """The newest open incidents of a subsystem, and how many there are in all."""

    rows: Sequence[Row[Any]]
    total: int


def by_commune(connection: Connection) -> Mapping[str, Threat]:
    """Of all open incidents, by the commune's code."""
    query = select(incidents.c.commune_code, incidents.c.severity, func.count()).where(
        incidents.c.closed_at.is_(None), incidents.c.commune_code.is_not(None)
    )
    found: dict[str, dict[Severity, int]] = defaultdict(dict)
    for code, severity, count in connection.execute(
        query.group_by(incidents.c.commune_code, incidents.c.severity)
    ):
        found[code][Severity(severity)] = count
    return {
        code: Threat(count=sum(some.values()), worst=max(some, key=lambda each: each.rank))
        for code, some in found.items()
    }


def worst_first(open_: Iterable[IncidentView]) -> list[IncidentView]:
    """What waits for a person first, then the most severe; else as the desk's board has them."""
    return sorted(open_, key=lambda one: (not one.needs_a_person, -Severity(one.row.severity).rank))


def of_subsystem(connection: Connection, subsystem: str) -> Threats:
    """Open, newest first."""
    query = select(incidents).where(
        incidents.c.subsystem == subsystem, incidents.c.closed_at.is_(None)
    )
    rows = connection.execute(query.order_by(incidents.c.opened_at.desc()).limit(MOST)).all()
    total = connection.scalar(select(func.count()).select_from(query.subquery())) or 0
    return Threats(rows=rows, total=total)
