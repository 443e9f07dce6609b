"""Minutes that cameras and towers saw: with a fresh, changing picture, from their telemetry.

A unit of kind `camera` is `<device>/<camera>`; one of kind `tower` is a device, whose cameras
count alike: of four eyes with one blind a tower sees three quarters.  Telemetry that a box kept
through an outage comes late and counts then.  Today counts until the last full hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from contracts.measurement import Measurement
from hub.catalogue.periods import Period, Span, between, containing
from hub.engines.availability import Interval, Look, availability, from_looks
from hub.engines.profile import Confidence
from hub.engines.trace import Input, Trace
from hub.incident import IncidentType, Verdict
from hub.reckoning.desk import Desk, Reckoned, hour
from hub.records import cameras, devices, incidents, spool
from hub.timeseries.store import SeriesError, TimeSeries

SUBSYSTEMS = {"camera": "cameras", "tower": "forest-fire"}
"""Of the measures, by the kind of unit."""
BACK = timedelta(days=3)
"""Further back late telemetry changes nothing: a day of one camera is thousands of points."""
MOST = 50_000
"""Points of one camera that are read: three days at one in ten seconds."""
BEHIND = 10_000
"""Lines that may wait for the time series: a quarter of an hour of a hundred devices."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """A camera and when it had a picture; `known_since`: when its device was first heard."""

    name: str
    known_since: datetime
    seen: Sequence[Interval]


def reckon(desk: Desk) -> Iterator[Reckoned]:
    if desk.series is None:
        return
    since = max(desk.since, containing(Span.DAY, desk.now - BACK).start)
    rows = _rows(desk)
    waiting = desk.connection.scalar(select(func.count()).select_from(spool)) or 0
    for kind in SUBSYSTEMS:
        for unit in desk.units(kind):
            own = [row for row in rows if unit in (row.device, f"{row.device}/{row.camera}")]
            if not own:
                why = f"Chưa thiết bị nào báo camera của đơn vị {unit}."
                yield _nothing(desk, kind, unit, why)
            elif waiting > BEHIND:
                yield _nothing(desk, kind, unit, "Chuỗi thời gian chưa nhận đủ số liệu.")
            else:
                yield from _of_unit(desk, desk.series, kind, unit, own, since)


def _rows(desk: Desk) -> list[Row[Any]]:
    query = select(cameras.c.device, cameras.c.camera, devices.c.first_seen_at).join(
        devices, devices.c.device == cameras.c.device
    )
    return list(desk.connection.execute(query.order_by(cameras.c.camera)))


def _of_unit(
    desk: Desk, series: TimeSeries, kind: str, unit: str, rows: list[Row[Any]], since: datetime
) -> Iterator[Reckoned]:
    try:
        eyes = [_eye(desk, series, row, since) for row in rows]
    except SeriesError as refused:
        yield _nothing(desk, kind, unit, f"Chuỗi thời gian không trả lời: {refused.answer}")
        return
    for day in between(Span.DAY, since, desk.now):
        until = min(day.end, hour(desk.now).start)
        start = max(day.start, min(eye.known_since for eye in eyes))
        if until > start:
            yield from _of_day(desk, kind, unit, day, eyes, (until - start) / MINUTE, until)


def _eye(desk: Desk, series: TimeSeries, row: Row[Any], since: datetime) -> Eye:
    tags = {"device": row.device, "camera": row.camera}

    def told(field: str) -> dict[datetime, float]:
        found = series.samples(Measurement.CAMERA, field, tags, since - desk.fresh, MOST)
        return {one.at: one.value for one in found}

    ages, changing = told("frame_age_s"), told("changing")
    limit = desk.fresh.total_seconds()
    looks = (Look(at=at, up=age <= limit and changing.get(at, 1.0) > 0) for at, age in ages.items())
    return Eye(
        name=f"{row.device}/{row.camera}", known_since=row.first_seen_at,
        seen=tuple(from_looks(looks, desk.fresh)),
    )  # fmt: skip


def _of_day(
    desk: Desk, kind: str, unit: str, day: Period, eyes: Sequence[Eye], expected: float,
    until: datetime,
) -> Iterator[Reckoned]:  # fmt: skip
    minutes = {eye.name: availability(eye.seen, day.start, until).up / MINUTE for eye in eyes}
    online = min(sum(minutes.values()) / len(minutes), expected)
    trace = _trace(desk, minutes)
    figures = {"minutes-online": round(online), "minutes-expected": round(expected)}
    if kind == "tower" and online:
        figures |= {"tower-days": 1, "false-alarms": _false_alarms(desk, unit, day)}
    for name, value in figures.items():
        measure = f"{SUBSYSTEMS[kind]}.{name}"
        own = trace if name == "minutes-online" else None
        yield Reckoned(measure=measure, unit=unit, period=day, value=value, trace=own)


def _false_alarms(desk: Desk, tower: str, day: Period) -> int:
    """By the officers' verdicts; drills are none."""
    query = select(func.count()).where(
        incidents.c.type == IncidentType.FOREST_FIRE.value,
        incidents.c.verdict == Verdict.FALSE_ALARM.value,
        incidents.c.drill.is_(False),
        incidents.c.camera.startswith(f"{tower}/", autoescape=True),
        incidents.c.opened_at >= day.start,
        incidents.c.opened_at < day.end,
    )
    return desk.connection.scalar(query) or 0


def _nothing(desk: Desk, kind: str, unit: str, why: str) -> Reckoned:
    return Reckoned(
        measure=f"{SUBSYSTEMS[kind]}.minutes-online", unit=unit,
        period=containing(Span.DAY, desk.now), why_vi=why,
    )  # fmt: skip


def _trace(desk: Desk, minutes: dict[str, float]) -> Trace:
    seconds = f"{desk.fresh.total_seconds():g}"
    return Trace(
        formula_vi=f"Số phút có hình không cũ hơn {seconds} giây và còn thay đổi; nhiều camera "
        "thì lấy trung bình",
        inputs=tuple(
            Input(name_vi=name, value=round(value, 1), unit="phút")
            for name, value in minutes.items()
        ),
        source="Số liệu thiết bị tự báo (telemetry)",
        confidence=Confidence.HIGH,
        effective_from=date(2026, 1, 1),
    )
