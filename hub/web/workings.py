"""How the hub came to the figures behind a term, or why it came to none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.catalogue import wording as catalogue_wording
from hub.catalogue.formula import Measured
from hub.catalogue.records import Basis, Catalogue
from hub.records import workings
from hub.web.told import within
from hub.web.trace import TermView

MOST = 12
"""Shown at once: the newest; a page for each unit shows the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that went in, in words."""

    name_vi: str
    value_vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Of one figure; `why_vi` where there is none."""

    unit: str
    period_start: datetime
    value: float | None
    why_vi: str
    formula_vi: str
    steps: tuple[Step, ...]
    notes_vi: tuple[str, ...]
    grounds_vi: str


def behind(
    connection: Connection, catalogue: Catalogue, term: TermView | None, unit: str
) -> Sequence[Working]:
    """Newest first; empty for what others tell."""
    if term is None or not isinstance(term.leaf.asked, Measured):
        return ()
    query = (
        select(workings)
        .where(
            workings.c.measure == term.leaf.asked.measure,
            workings.c.period_start >= term.period.start,
            workings.c.period_start < term.period.end,
            within(workings, catalogue.below(unit, term.period.day)),
        )
        .order_by(workings.c.period_start.desc(), workings.c.unit)
    )
    return tuple(_working(row._mapping) for row in connection.execute(query.limit(MOST)))  # noqa: SLF001


def _working(row: Mapping[Any, Any]) -> Working:
    trace = row["trace"] or {}
    return Working(
        unit=row["unit"], period_start=row["period_start"], value=row["value"],
        why_vi=row["why_vi"], formula_vi=trace.get("formula_vi", ""),
        steps=tuple(_step(one) for one in trace.get("inputs", ())),
        notes_vi=tuple(trace.get("notes_vi", ())),
        grounds_vi=_grounds(trace) if trace else "",
    )  # fmt: skip


def _step(one: Mapping[str, Any]) -> Step:
    value = one["value"]
    if value is None:
        return Step(name_vi=one["name_vi"], value_vi="không có")
    said = value if isinstance(value, str) else catalogue_wording.number(value)
    return Step(name_vi=one["name_vi"], value_vi=f"{said} {one['unit']}".strip())


def _grounds(trace: Mapping[str, Any]) -> str:
    since = date.fromisoformat(trace["effective_from"])
    basis = Basis(text=trace["source"], confidence=trace["confidence"])
    return f"{catalogue_wording.grounds(basis)}; từ {since:%d/%m/%Y}"
