"""When a measure's figure must be there, and for which period one must be there by now."""

from datetime import datetime, timedelta

from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Measure
from hub.wording import LOCAL

MOMENT = timedelta(microseconds=1)
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


def expected(measure: Measure, now: datetime) -> Period:
    """The newest period whose figure is due; of a plan, which is told ahead, the running one."""
    period = containing(measure.period, now)
    if measure.planned:
        return period
    for _ in range(MOST_STEPS):
        if due_at(measure, period) <= now:
            break
        period = period.previous()
    return period
