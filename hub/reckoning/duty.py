"""How fast the desk is, by commune and day: minutes from a fire's first sign to a person's first
word, and from that to the word that stood in the end."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select

from hub.catalogue.periods import Period, Span, containing
from hub.engines.profile import Confidence
from hub.engines.trace import Input, Trace
from hub.incident import Action, IncidentType
from hub.reckoning.desk import Desk, Reckoned
from hub.records import incident_history, incidents
from hub.wording import clock

FIRES = (IncidentType.FOREST_FIRE.value, IncidentType.STREET_FIRE.value)
ACKNOWLEDGED = "forest-fire.ack-minutes"
VERIFIED = "forest-fire.verify-minutes"
FORMULA_VI = {
    ACKNOWLEDGED: "Trung bình số phút từ khi mở sự việc đến kết luận đầu tiên của người trực",
    VERIFIED: "Trung bình số phút từ kết luận đầu tiên đến kết luận còn giữ (0: xác minh ngay khi "
    "nhận)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """`called`: the incident, for people."""

    called: str
    minutes: float


def reckon(desk: Desk) -> Iterator[Reckoned]:
    found: dict[tuple[str, str, Period], list[Wait]] = defaultdict(list)
    for row in _judged(desk):
        day = containing(Span.DAY, row.opened_at)
        called = f"{row.title_vi}, {clock(row.opened_at)}"
        first, last = row.first_word_at, row.acknowledged_at
        for measure, start, end in (
            (ACKNOWLEDGED, row.opened_at, first),
            (VERIFIED, first, last),
        ):
            wait = Wait(called=called, minutes=_minutes(start, end))
            found[measure, row.commune_code, day].append(wait)
    for (measure, commune, day), waits in found.items():
        mean = sum(one.minutes for one in waits) / len(waits)
        yield Reckoned(
            measure=measure, unit=commune, period=day, value=round(mean, 2),
            trace=_trace(measure, waits),
        )  # fmt: skip


def _judged(desk: Desk) -> list[Row[Any]]:
    """Drills and what came late do not count: nobody could have been faster."""
    first = (
        select(incident_history.c.incident, func.min(incident_history.c.at).label("first_word_at"))
        .where(
            incident_history.c.action == Action.ACKNOWLEDGED.value,
            incident_history.c.at >= desk.since,
        )
        .group_by(incident_history.c.incident)
        .subquery()
    )
    query = (
        select(incidents, first.c.first_word_at)
        .join(first, first.c.incident == incidents.c.id)
        .where(
            incidents.c.type.in_(FIRES),
            incidents.c.opened_at >= desk.since,
            incidents.c.acknowledged_at.is_not(None),
            incidents.c.commune_code.is_not(None),
            incidents.c.drill.is_(False),
            incidents.c.late.is_(False),
        )
    )
    return list(desk.connection.execute(query))


def _trace(measure: str, waits: Sequence[Wait]) -> Trace:
    return Trace(
        formula_vi=FORMULA_VI[measure],
        inputs=tuple(
            Input(name_vi=one.called, value=round(one.minutes, 2), unit="phút") for one in waits
        ),
        source="Sổ sự việc của trung tâm",
        confidence=Confidence.HIGH,
        effective_from=date(2026, 1, 1),
    )


def _minutes(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0) / 60
