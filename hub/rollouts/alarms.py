"""Whether false alarms rise with an update: of the same cameras, before and since.

Only what an officer called a false alarm counts, so a soak has to be long enough for verdicts.
One alarm is added to those before: a camera that never gave any must not condemn an update with its
first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.fires import TYPES
from hub.incident import Verdict
from hub.records import cameras, devices, incidents
from hub.rollouts.settings import UpdatesSection

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """False alarms over camera-days."""

    alarms: int
    camera_days: float

    def over(self, added: int = 0) -> float:
        """Per camera and day."""
        return (self.alarms + added) / max(self.camera_days, 1 / DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    before: Rate
    since: Rate

    def rises(self, rules: UpdatesSection) -> bool:
        enough = self.since.alarms >= rules.least_false_alarms
        return enough and self.since.over() > rules.false_alarm_factor * self.before.over(added=1)


def compare(
    connection: Connection, boxes: Sequence[Row[Any]], rules: UpdatesSection, now: datetime
) -> Comparison:
    """Of the `boxes` of a roll-out, each since it was offered the update."""
    back = timedelta(days=rules.baseline_days)
    first = min((box.offered_at for box in boxes), default=now) - back
    past = _past(connection, first, now)
    before = [past.rate(box.device, box.offered_at - back, box.offered_at) for box in boxes]
    since = [past.rate(box.device, box.offered_at, now) for box in boxes]
    return Comparison(before=_sum(before), since=_sum(since))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """Of every device: first heard when, how many cameras, and when it alarmed falsely."""

    born: Mapping[str, datetime]
    eyes: Mapping[str, int]
    false: Mapping[str, Sequence[datetime]]

    def rate(self, device: str, start: datetime, end: datetime) -> Rate:
        start = max(start, self.born.get(device, start))
        days = max((end - start).total_seconds(), 0.0) / DAY_S
        alarms = sum(start <= at < end for at in self.false.get(device, ()))
        return Rate(alarms=alarms, camera_days=days * self.eyes.get(device, 1))


def _past(connection: Connection, first: datetime, now: datetime) -> _Past:
    """Three queries, however many boxes: they are asked inside of a write transaction."""
    born = connection.execute(select(devices.c.device, devices.c.first_seen_at)).all()
    eyes = connection.execute(
        select(cameras.c.device, func.count().label("eyes")).group_by(cameras.c.device)
    ).all()
    told = select(incidents.c.camera, incidents.c.opened_at).where(
        incidents.c.camera.is_not(None),
        incidents.c.type.in_(TYPES),
        incidents.c.verdict == Verdict.FALSE_ALARM.value,
        incidents.c.drill.is_(False),
        incidents.c.opened_at >= first,
        incidents.c.opened_at < now,
    )
    false = defaultdict(list)
    for camera, at in connection.execute(told):
        false[camera.partition("/")[0]].append(at)
    return _Past(
        born={row.device: row.first_seen_at for row in born if row.first_seen_at is not None},
        eyes={row.device: row.eyes for row in eyes},
        false=false,
    )


def _sum(rates: Sequence[Rate]) -> Rate:
    return Rate(
        alarms=sum(rate.alarms for rate in rates),
        camera_days=sum(rate.camera_days for rate in rates),
    )
