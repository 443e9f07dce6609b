"""Open incidents as the boards show them: by commune on the wall's map, and of a subsystem."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from hub.incident import Severity
from hub.records import incidents
from hub.web.board import IncidentView

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """How many incidents are open in a commune, and how severe the worst is."""

    count: int
    worst: Severity


def by_commune(open_: Iterable[IncidentView]) -> Mapping[str, Threat]:
    """By the commune's code."""
    found: dict[str, list[Severity]] = defaultdict(list)
    for one in open_:
        if one.row.commune_code:
            found[one.row.commune_code].append(Severity(one.row.severity))
    return {
        code: Threat(count=len(some), worst=max(some, key=lambda each: each.rank))
        for code, some in found.items()
    }


def worst_first(open_: Iterable[IncidentView]) -> list[IncidentView]:
    """What waits for a person first, then the most severe; else as the desk's board has them."""
    return sorted(open_, key=lambda one: (not one.needs_a_person, -Severity(one.row.severity).rank))


def of_subsystem(connection: Connection, subsystem: str) -> Sequence[Row[Any]]:
    """Open, newest first."""
    query = select(incidents).where(
        incidents.c.subsystem == subsystem, incidents.c.closed_at.is_(None)
    )
    return connection.execute(query.order_by(incidents.c.opened_at.desc()).limit(MOST)).all()
