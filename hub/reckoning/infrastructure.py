"""Availability of each probed service and day, from what the prober saw.

Today counts until the last full hour, so that a day costs twenty-four words and not a hundred.
Time in which nobody looked is neither up nor down: it is not watched.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period
from hub.engines.availability import Interval, availability
from hub.reckoning.desk import Desk, body, hour
from hub.records import probe_spans

Spans = Sequence[Row[Any]]


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    full_hour = hour(desk.now).start
    for unit in desk.units("service"):
        spans = _spans(desk, unit)
        for day in desk.days():
            until = min(day.end, full_hour)
            inside = [one for one in spans if one.until > day.start and one.began_at < until]
            if inside and until > day.start:
                yield from _of_day(unit, day, until, inside)


def _spans(desk: Desk, unit: str) -> Spans:
    query = (
        select(probe_spans)
        .where(probe_spans.c.unit == unit, probe_spans.c.until > desk.since)
        .order_by(probe_spans.c.began_at)
    )
    return desk.connection.execute(query).all()


def _of_day(unit: str, day: Period, until: datetime, spans: Spans) -> Iterator[ObservationBody]:
    """With two probes of a service it is up while none of them is away."""
    held = (Interval(start=one.began_at, end=one.until, up=one.up) for one in spans)
    found = availability(held, day.start, until)
    watched = found.up + found.down
    if not watched:
        return
    yield body("infrastructure.seconds-up", unit, day, round(found.up.total_seconds()))
    yield body("infrastructure.seconds-watched", unit, day, round(watched.total_seconds()))
    answered = [one for one in spans if one.up]
    if answered:
        mean = sum(one.latency_ms for one in answered) / sum(one.looks for one in answered)
        yield body("infrastructure.response-ms", unit, day, round(mean, 1))
    newest = {one.probe: one.certificate_days for one in answered if one.certificate_days}
    if newest:
        left = int(min(newest.values()))
        yield body("infrastructure.certificate-days", unit, day, left)
