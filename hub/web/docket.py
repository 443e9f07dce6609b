"""Cases of a subsystem that are due, soonest first, and one case with its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from hub.cases import store
from hub.cases.fold import SOON_DAYS, CaseNow, Flag, flag
from hub.cases.lifecycle import Lifecycle, Phase
from hub.knowledge import Knowledge
from hub.records import cases
from hub.web.told import within

PAGE = 100


class Which(StrEnum):
    """The lists that a person asks for."""

    OVERDUE = "overdue"
    SOON = "soon"
    OPEN = "open"

    @property
    def words_vi(self) -> str:
        return {"overdue": "Quá hạn", "soon": "Sắp đến hạn", "open": "Chưa xong"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A case as a list shows it."""

    type: str
    case: str
    type_vi: str
    unit: str
    state_vi: str
    flag: Flag
    received_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """`entries` are a page of `which`; `counts` are of all lists."""

    which: Which
    counts: Mapping[Which, int]
    entries: tuple[Entry, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A state that a case entered, as it was told."""

    at: datetime
    state_vi: str
    unit: str
    recorded_at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A case with its steps and what is kept of it."""

    entry: Entry
    irregular: str
    attributes: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


class Cabinet:
    """Reads cases with the words of their life cycles."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def types(self, subsystem: str) -> list[str]:
        cycles = self._knowledge.lifecycles.values()
        return [each.type for each in cycles if each.subsystem == subsystem]

    def name_of(self, case_type: str) -> str:
        """What people call a type of case."""
        lifecycle = self._knowledge.lifecycles.get(case_type)
        return lifecycle.name_vi if lifecycle else case_type

    def docket(
        self,
        connection: Connection,
        subsystem: str,
        units: frozenset[str],
        which: Which,
        now: datetime,
        page: int = 0,
        length: int = PAGE,
    ) -> Docket | None:
        """None where the subsystem has no cases."""
        types = self.types(subsystem)
        if not types:
            return None
        common = and_(cases.c.type.in_(types), cases.c.finished_at.is_(None), within(cases, units))
        lists = self._lists(now)
        counted = select(*(func.count().filter(where) for where in lists.values())).where(common)
        query = (
            select(cases)
            .where(common, lists[which])
            .order_by(cases.c.due_at.is_(None), cases.c.due_at, cases.c.case)
            .offset(page * length)
            .limit(length + 1)
        )
        counts = connection.execute(counted).one()
        rows = connection.execute(query).all()
        return Docket(
            which=which,
            counts=dict(zip(lists, counts, strict=True)),
            entries=tuple(self.entry(row, now) for row in rows[:length]),
            more=len(rows) > length,
        )

    def file(self, connection: Connection, case_type: str, case: str, now: datetime) -> File | None:
        lifecycle = self._knowledge.lifecycles.get(case_type)
        query = select(cases).where(cases.c.type == case_type, cases.c.case == case)
        row = connection.execute(query).one_or_none()
        if row is None or lifecycle is None:
            return None
        known = {each.name: each for each in lifecycle.attributes}
        told = store.history(connection, case_type, case)
        return File(
            entry=self.entry(row, now),
            irregular=row.irregular,
            attributes=tuple(
                (known[name].name_vi, known[name].called(value))
                if name in known
                else (name, str(value))
                for name, value in row.attributes.items()
            ),
            steps=tuple(_step(lifecycle, each) for each in sorted(told, key=lambda each: each.at)),
        )

    def entry(self, row: Row[Any], now: datetime) -> Entry:
        lifecycle = self._knowledge.lifecycles.get(row.type)
        return Entry(
            type=row.type, case=row.case, type_vi=lifecycle.name_vi if lifecycle else row.type,
            unit=row.unit, state_vi=_state(lifecycle, row.state),
            flag=self._flag(row, lifecycle, now), received_at=row.received_at, due_at=row.due_at,
            finished_at=row.finished_at, demo=row.demo,
        )  # fmt: skip

    def _flag(self, row: Row[Any], lifecycle: Lifecycle | None, now: datetime) -> Flag:
        state = lifecycle.state(row.state) if lifecycle else None
        if state is None:
            return Flag.NO_TERM
        folded = CaseNow(
            state=state, unit=row.unit, received_at=row.received_at, changed_at=row.changed_at,
            due_at=row.due_at, finished_at=row.finished_at, first_handled_at=row.first_handled_at,
            reopened=row.reopened, attributes=row.attributes, irregular=row.irregular,
        )  # fmt: skip
        return flag(folded, now, self._knowledge.clock)

    def _lists(self, now: datetime) -> dict[Which, ColumnElement[bool]]:
        """As `fold.flag` says, written for the database."""
        runs = cases.c.phase != Phase.PAUSED.value
        soon = self._knowledge.clock.add_days(now, SOON_DAYS)
        return {
            Which.OVERDUE: and_(runs, cases.c.due_at < now),
            Which.SOON: and_(runs, cases.c.due_at >= now, cases.c.due_at <= soon),
            Which.OPEN: cases.c.phase != Phase.DONE.value,
        }


def _state(lifecycle: Lifecycle | None, code: str) -> str:
    state = lifecycle.state(code) if lifecycle else None
    return state.name_vi if state else code


def _step(lifecycle: Lifecycle, row: Row[Any]) -> Step:
    return Step(
        at=row.at, state_vi=_state(lifecycle, row.state), unit=row.unit,
        recorded_at=row.recorded_at, actor=row.actor,
    )  # fmt: skip
