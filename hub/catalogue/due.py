"""When a measure's figure must be there, and for which period one must be there by now."""

from datetime import datetime, timedelta

from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Measure
from hub.wording import LOCAL
from hub.working_time import WorkingTime

MOMENT = timedelta(microseconds=1)
GRACE = timedelta(minutes=30)
"""For what may not be told before its period is over and is due at that moment: machines take
minutes, and a board that is blank at the start of every hour is no board."""
MOST_STEPS = 800
"""Periods looked back: a month of hours; a term longer than that is no term."""


def due_at(measure: Measure, period: Period) -> datetime:
    """`due_days` after the period's last day: at `due`, or else at that day's end (UTC)."""
    last = (period.end - MOMENT).astimezone(LOCAL)
    if measure.period is Span.HOUR and measure.due is None:
        return period.end + timedelta(days=measure.due_days)
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    day = midnight + timedelta(days=measure.due_days)
    if measure.due is None:
        return (day + timedelta(days=1)).astimezone(period.end.tzinfo)
    due = day.replace(hour=measure.due.hour, minute=measure.due.minute)
    return due.astimezone(period.end.tzinfo)


def is_told(measure: Measure, period: Period, clock: WorkingTime) -> bool:
    """Whether anybody tells it for this period: schools are closed on Sundays and at Tết."""
    return not measure.working_days or clock.is_working_day(period.day)


def late_at(measure: Measure, period: Period) -> datetime:
    """From when on a figure that is not there is missed."""
    due = due_at(measure, period)
    return due + GRACE if due == period.end else due


def expected(measure: Measure, now: datetime, clock: WorkingTime) -> Period:
    """The newest period whose figure is missed if it is not there; of a plan, which is told
    ahead, the running one."""
    period = containing(measure.period, now)
    if measure.planned:
        return period
    for _ in range(MOST_STEPS):
        if is_told(measure, period, clock) and late_at(measure, period) <= now:
            break
        period = period.previous()
    return period
