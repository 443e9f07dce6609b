"""Composes a report from one consistent state of the records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from hub.catalogue import wording
from hub.catalogue.due import GRACE
from hub.catalogue.grade import Direction, Grade
from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Catalogue, Indicator
from hub.knowledge import Knowledge
from hub.prospect import Prospect, advice, oddity, verdict
from hub.reporting import reading
from hub.reporting.content import (
    Incident,
    KeyFigure,
    Overdue,
    Remark,
    Report,
    Section,
    Silence,
    of_period,
)
from hub.reporting.reading import Kept
from hub.web.told import simulated

MOST_INCIDENTS = 10
MOST_OVERDUE = 10
MOST_NAMES = 5


def compose(
    connection: Connection, knowledge: Knowledge, period: Period, unit: str, now: datetime
) -> Report:
    """The report of `unit` for `period`; what is not known by `now` is not in it."""
    catalogue = knowledge.catalogue
    day = period.day
    whose = catalogue.unit(unit, day)
    units = catalogue.below(unit, day)
    figures = _figures(connection, catalogue, period, unit)
    incidents = _incidents(connection, period, units, unit)
    overdue = _overdue(connection, knowledge, period, units, now)
    remarks = _remarks(connection, catalogue, period, unit)
    silent, never = _silent(connection, catalogue, period, units, min(period.end + GRACE, now))
    shown = [catalogue.at(day)[one.indicator] for some in figures.values() for one in some]
    sections = tuple(
        Section(
            subsystem=name,
            name_vi=subsystem.name_vi,
            figures=tuple(figures.get(name, ())),
            opened=incidents.opened[name],
            closed=incidents.closed[name],
            incidents=tuple(incidents.told[name][:MOST_INCIDENTS]),
            overdue=tuple(overdue.get(name, ()))[:MOST_OVERDUE],
            remarks=tuple(remarks.get(name, ())),
            silent=tuple(silent.get(name, ())),
            never=never.get(name, 0),
        )
        for name, subsystem in catalogue.subsystems.items()
    )
    return Report(
        span=period.span,
        unit=unit,
        unit_vi=whose.name_vi if whose else unit,
        start=period.start,
        end=period.end,
        made_at=now,
        demo=bool(simulated(connection, shown)),
        sections=sections,
    )


def _figures(
    connection: Connection, catalogue: Catalogue, period: Period, unit: str
) -> Mapping[str, list[KeyFigure]]:
    """Of each indicator in force the newest in the period, where it is worth a line."""
    found: dict[str, list[KeyFigure]] = defaultdict(list)
    known = reading.figures_of(connection, period, unit)
    before = reading.figures_before(connection, period, unit, known)
    for name, indicator in catalogue.at(period.day).items():
        if (kept := known.get(name)) is not None and _is_key(indicator, kept, period.span):
            found[catalogue.subsystem_of(name)].append(_key(indicator, kept, before.get(name)))
    return found


def _is_key(indicator: Indicator, kept: Kept, span: Span) -> bool:
    """A month tells all; a day and a week what is on the wall and what is not well."""
    return span is Span.MONTH or indicator.wall or kept.grade in (Grade.YELLOW, Grade.RED)


def _key(indicator: Indicator, kept: Kept, before: float | None) -> KeyFigure:
    return KeyFigure(
        indicator=indicator.id, name_vi=indicator.name_vi, unit_vi=indicator.unit_vi,
        decimals=indicator.decimals,
        period_vi=of_period(Period(span=indicator.period, start=kept.start, end=kept.end)),
        value=kept.value, missing=kept.missing, target_vi=wording.target(indicator),
        grade=kept.grade, before=before, better=_is_better(indicator, kept.value, before),
        periods=kept.periods, red=kept.red, computed_at=kept.computed_at,
    )  # fmt: skip


def _is_better(indicator: Indicator, value: float | None, before: float | None) -> bool | None:
    judged = indicator.bands is not None or indicator.target is not None
    if value is None or before is None or value == before or not judged:
        return None
    if indicator.direction is Direction.WITHIN:
        return None
    return (value > before) == (indicator.direction is Direction.UP)


class _Incidents:
    def __init__(self) -> None:
        self.opened: dict[str, int] = defaultdict(int)
        self.closed: dict[str, int] = defaultdict(int)
        self.told: dict[str, list[Incident]] = defaultdict(list)


def _incidents(
    connection: Connection, period: Period, units: frozenset[str], unit: str
) -> _Incidents:
    found = _Incidents()
    for row in reading.incidents_of(connection, period, units, unit):
        found.opened[row.subsystem] += period.start <= row.opened_at < period.end
        found.closed[row.subsystem] += (
            row.closed_at is not None and period.start <= row.closed_at < period.end
        )
        found.told[row.subsystem].append(
            Incident(
                id=row.id,
                title_vi=f"[DIỄN TẬP] {row.title_vi}" if row.drill else row.title_vi,
                opened_at=row.opened_at,
                closed_at=row.closed_at,
                state_vi=reading.state_vi(row),
            )
        )
    return found


def _overdue(
    connection: Connection,
    knowledge: Knowledge,
    period: Period,
    units: frozenset[str],
    now: datetime,
) -> Mapping[str, list[Overdue]]:
    found: dict[str, list[Overdue]] = defaultdict(list)
    for row in reading.overdue_cases(connection, min(period.end, now), units):
        cycle = knowledge.lifecycles.get(row.type)
        unit = knowledge.catalogue.unit(row.unit, period.day)
        found[row.subsystem].append(
            Overdue(
                type_vi=cycle.name_vi if cycle else row.type,
                unit_vi=unit.name_vi if unit else row.unit,
                count=row.late,
                oldest_due_at=row.oldest,
            )
        )
    return found


def _remarks(
    connection: Connection, catalogue: Catalogue, period: Period, unit: str
) -> Mapping[str, list[Remark]]:
    """Anomalies of the period, and targets that will probably be missed, as of its end or later."""
    found: dict[str, list[Remark]] = defaultdict(list)
    known = catalogue.at(period.day)
    for prospect in reading.prospects(connection, unit, since=period.end):
        if (indicator := known.get(prospect.indicator)) is not None:
            found[catalogue.subsystem_of(indicator.id)] += _of(indicator, prospect, period)
    return found


def _of(indicator: Indicator, prospect: Prospect, period: Period) -> Iterable[Remark]:
    odd = prospect.unusual
    if odd is not None and period.start <= odd.start < period.end:
        yield Remark(name_vi=indicator.name_vi, text_vi=oddity(indicator, odd), advice_vi="")
    if prospect.will_miss:
        yield Remark(
            name_vi=indicator.name_vi,
            text_vi=verdict(indicator, prospect),
            advice_vi=advice(indicator, prospect),
        )


def _silent(
    connection: Connection,
    catalogue: Catalogue,
    period: Period,
    units: frozenset[str],
    at: datetime,
) -> tuple[Mapping[str, list[Silence]], Mapping[str, int]]:
    """Who did not report what was missed by `at`, shortly after the end of the period."""
    silent: dict[str, list[Silence]] = defaultdict(list)
    never: dict[str, int] = defaultdict(int)
    for one in reading.reporting(connection, catalogue, period, units, at):
        subsystem = catalogue.subsystem_of(one.measure.id)
        if not one.ever:
            never[subsystem] += 1
        elif one.absent:
            names = (catalogue.unit(code, period.day) for code in one.absent[:MOST_NAMES])
            silent[subsystem].append(
                Silence(
                    measure_vi=one.measure.name_vi,
                    source_vi=one.measure.source,
                    period_vi=of_period(one.period),
                    told=one.of - len(one.absent),
                    of=one.of,
                    names=tuple(each.name_vi for each in names if each is not None),
                )
            )
    return silent, never
