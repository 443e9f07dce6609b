"""Whether false alarms rise with an update: of the same cameras, before and since.

Only what an officer called a false alarm counts, so a soak has to be long enough for verdicts.
One alarm is added to those before: a camera that never gave any must not condemn an update with its
first.
"""

from collections.abc import Sequence
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
    before = [_rate(connection, box.device, box.offered_at - back, box.offered_at) for box in boxes]
    since = [_rate(connection, box.device, box.offered_at, now) for box in boxes]
    return Comparison(before=_sum(before), since=_sum(since))


def _rate(connection: Connection, device: str, start: datetime, end: datetime) -> Rate:
    born = connection.scalar(select(devices.c.first_seen_at).where(devices.c.device == device))
    start = max(start, born) if born is not None else start
    eyes = connection.scalar(
        select(func.count()).select_from(cameras).where(cameras.c.device == device)
    )
    alarms = connection.scalar(
        select(func.count())
        .select_from(incidents)
        .where(
            incidents.c.camera.startswith(f"{device}/", autoescape=True),
            incidents.c.type.in_(TYPES),
            incidents.c.verdict == Verdict.FALSE_ALARM.value,
            incidents.c.drill.is_(False),
            incidents.c.opened_at >= start,
            incidents.c.opened_at < end,
        )
    )
    days = max((end - start).total_seconds(), 0.0) / DAY_S
    return Rate(alarms=alarms or 0, camera_days=days * max(eyes or 0, 1))


def _sum(rates: Sequence[Rate]) -> Rate:
    return Rate(
        alarms=sum(rate.alarms for rate in rates),
        camera_days=sum(rate.camera_days for rate in rates),
    )
