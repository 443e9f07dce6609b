"""Forecasts of the figures: once a day for the district, on demand for any unit; never for a board.

A forecast is of complete periods.  Weekdays on which a figure is never told (schools on Sunday)
are no holes: they are left out, and the season is as many days shorter.
"""

import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from sqlalchemy import Connection, select

from contracts.clock import utc_now
from hub.catalogue.grade import Direction
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span, between, containing
from hub.catalogue.records import Catalogue, Indicator
from hub.clerk import Clerk, Employer
from hub.database import Database, upsert
from hub.engines import anomalies, forecast
from hub.engines.anomalies import Sample, Season
from hub.engines.forecast import Outlook, Series, Step
from hub.prospect import Ahead, Past, Point, Prospect, Unusual
from hub.records import figures, outlooks
from hub.wording import LOCAL

log = logging.getLogger(__name__)

SEASONS = {Span.HOUR: 24, Span.DAY: 7, Span.WEEK: 52, Span.MONTH: 12, Span.QUARTER: 4}
HORIZONS = {Span.HOUR: 24, Span.DAY: 7, Span.WEEK: 4, Span.MONTH: 3, Span.QUARTER: 2}
"""Periods ahead: as far as an officer can still act."""
REACH = {Span.HOUR: 24 * 28, Span.DAY: 400, Span.WEEK: 260, Span.MONTH: 120, Span.QUARTER: 40}
"""Periods of the past that are read at most."""
SHOWN = 60
"""Points of the past that are kept with a forecast, for its drawing."""
LONG_SILENCE = 14
"""Periods without a figure, after which a series begins anew (Tết and its week are shorter)."""
RARE = 0.25
"""A weekday told less often than this share of the most usual one is a day off."""
LOOK_S = 300.0
NICE = 15
"""Of the thread alone (Linux counts niceness by thread): an alarm never waits for a forecast."""
BREATH_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Complete periods on usual days, oldest first, and the ones to come."""

    periods: tuple[Period, ...]
    values: tuple[float | None, ...]
    ahead: tuple[Period, ...]
    season: int


class Outlooks(Employer):
    """One named thread of low priority, and an answer for whoever asks."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self._clerk = Clerk("outlooks", self._refresh_now, every_s=LOOK_S, begins=_step_back)

    def of(self, indicator: Indicator, unit: str, now: datetime) -> Prospect:
        """The forecast of today, made now if there is none yet (some tenths of a second)."""
        with self._database.read() as connection:
            known = kept(connection, indicator.id, unit)
            if known is not None and known.made_on == now.astimezone(LOCAL).date():
                return known
            made = look_ahead(connection, indicator, unit, now)
        self._keep(made)
        return made

    def refresh(self, now: datetime) -> int:
        """Makes what is missing for the district today; returns how many."""
        made = 0
        for indicator in self._missing(now):
            if self._clerk.stopping.wait(BREATH_S):
                break
            self.of(indicator, DISTRICT, now)
            made += 1
        return made

    def _missing(self, now: datetime) -> list[Indicator]:
        today = now.astimezone(LOCAL).date()
        midnight = containing(Span.DAY, now).start
        with self._database.read() as connection:
            known = set(connection.scalars(
                select(outlooks.c.indicator).where(
                    outlooks.c.unit == DISTRICT, outlooks.c.made_at >= midnight
                )
            ))  # fmt: skip
            told = set(connection.scalars(
                select(figures.c.indicator).where(figures.c.unit == DISTRICT).distinct()
            ))  # fmt: skip
        wanted = told - known
        return [one for name, one in self._catalogue.at(today).items() if name in wanted]

    def _keep(self, made: Prospect) -> None:
        row = {
            "indicator": made.indicator, "unit": made.unit, "made_at": made.made_at,
            "body": made.model_dump(mode="json"),
        }  # fmt: skip
        with self._database.work() as work:
            upsert(work.connection, outlooks, [row])

    def _refresh_now(self) -> None:
        self.refresh(utc_now())


def kept(connection: Connection, indicator: str, unit: str) -> Prospect | None:
    """The newest forecast of a figure, whatever its day."""
    query = select(outlooks.c.body).where(
        outlooks.c.indicator == indicator, outlooks.c.unit == unit
    )
    body = connection.scalar(query)
    return None if body is None else Prospect.model_validate(body)


def look_ahead(connection: Connection, indicator: Indicator, unit: str, now: datetime) -> Prospect:
    """Forecast, chance to miss the target, and whether the newest figure is out of the ordinary."""
    span = indicator.period
    blank = Prospect(indicator=indicator.id, unit=unit, made_at=now, history=())
    if span not in SEASONS:
        return blank.model_copy(update={"reason_vi": "Chỉ số tính theo năm thì không dự báo."})
    told = _told(connection, indicator, unit, now)
    if not told.periods:
        return blank.model_copy(update={"reason_vi": "Chưa có kỳ số liệu nào trọn vẹn."})
    rules = forecast.rules()
    found = forecast.forecast(_series(told, indicator), len(told.ahead), rules)
    history = zip(told.periods[-SHOWN:], told.values[-SHOWN:], strict=True)
    return Prospect(
        indicator=indicator.id,
        unit=unit,
        made_at=now,
        history=tuple(Point(start=period.start, value=value) for period, value in history),
        ahead=tuple(
            _ahead(period, step, indicator)
            for period, step in zip(told.ahead, found.steps, strict=False)
        ),
        past=_past(found, rules.level),
        reason_vi=found.reason_vi,
        unusual=_unusual(told, span),
    )


def _told(connection: Connection, indicator: Indicator, unit: str, now: datetime) -> _Told:
    query = (
        select(figures.c.period_start, figures.c.value)
        .where(
            figures.c.indicator == indicator.id,
            figures.c.unit == unit,
            figures.c.period_end <= now,
            figures.c.value.is_not(None),
        )
        .order_by(figures.c.period_start.desc())
        .limit(REACH[indicator.period])
    )
    known = {row.period_start: row.value for row in connection.execute(query)}
    if not known:
        return _Told(periods=(), values=(), ahead=(), season=SEASONS[indicator.period])
    running = containing(indicator.period, now)
    periods = list(between(indicator.period, min(known), running.start))
    while periods[-1].start not in known:
        periods.pop()  # not told yet is no hole
    days = _usual_days(indicator.period, list(known))
    used = _unbroken([one for one in periods if one.day.weekday() in days], known)
    season = len(days) if indicator.period is Span.DAY else SEASONS[indicator.period]
    return _Told(
        periods=used,
        values=tuple(known.get(period.start) for period in used),
        ahead=_next(used[-1], HORIZONS[indicator.period], days),
        season=max(season, 2),
    )


def _unbroken(periods: Sequence[Period], known: Mapping[datetime, float]) -> tuple[Period, ...]:
    """What came after the last long silence: what was before it teaches nothing any more."""
    silent = 0
    for at in range(len(periods) - 1, -1, -1):
        silent = 0 if periods[at].start in known else silent + 1
        if silent > LONG_SILENCE:
            return tuple(periods[at + silent :])
    return tuple(periods)


def _usual_days(span: Span, starts: Sequence[datetime]) -> frozenset[int]:
    """The weekdays on which a daily figure is told; of others all."""
    if span is not Span.DAY:
        return frozenset(range(7))
    counts = [0] * 7
    for start in starts:
        counts[start.astimezone(LOCAL).weekday()] += 1
    return frozenset(day for day in range(7) if counts[day] >= RARE * max(counts))


def _next(last: Period, count: int, days: frozenset[int]) -> tuple[Period, ...]:
    found: list[Period] = []
    while len(found) < count:
        last = last.next()
        if last.day.weekday() in days:
            found.append(last)
    return tuple(found)


def _series(told: _Told, indicator: Indicator) -> Series:
    """Shares stay between 0 and 100, and what was never negative stays so."""
    known = [value for value in told.values if value is not None]
    share = indicator.unit_vi == "%" and max(known) <= 100
    return Series(
        values=told.values,
        season=told.season,
        lowest=0.0 if min(known) >= 0 else -inf,
        highest=100.0 if share else inf,
    )


def _ahead(period: Period, step: Step, indicator: Indicator) -> Ahead:
    judged = indicator.target is not None and indicator.direction is not Direction.WITHIN
    miss = forecast.will_miss(
        step, indicator.target or 0.0, at_least=indicator.direction is Direction.UP
    )
    return Ahead(
        start=period.start, value=step.value, low=step.low, high=step.high,
        miss=miss if judged else None,
    )  # fmt: skip


def _past(found: Outlook, level: float) -> Past | None:
    past = found.accuracy
    return None if past is None else Past(
        folds=past.folds, mean_error=past.mean_error, mase=past.mase,
        naive_mase=past.naive_mase, coverage=past.coverage, level=level,
    )  # fmt: skip


def _unusual(told: _Told, span: Span) -> Unusual | None:
    pairs = zip(told.periods, told.values, strict=True)
    samples = [Sample(at=period.start, value=value) for period, value in pairs if value is not None]
    season = {Span.DAY: Season.WEEKDAY, Span.HOUR: Season.WEEKDAY_HOUR}.get(span, Season.NONE)
    verdict = anomalies.judge(samples[-1], samples[:-1], anomalies.rules(), season=season)
    if not verdict.unusual or None in (verdict.low, verdict.high, verdict.score):
        return None
    return Unusual(
        start=samples[-1].at, value=samples[-1].value, low=verdict.low or 0.0,
        high=verdict.high or 0.0, score=verdict.score or 0.0,
    )  # fmt: skip


def _step_back() -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    except OSError as refused:
        log.info("outlooks run at normal priority: %s", refused)
