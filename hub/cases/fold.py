"""A case as its events make it, in whatever order they came.

What happened counts by when it happened; of two words about the same moment and state the later
word counts.  An unusual step is kept and reported, never refused: the other system knows what it
did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from hub.cases.lifecycle import Lifecycle, Outcome, Phase, State, Term, Value
from hub.working_time import Pause, TooFar, WorkingTime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """A state that the case entered `at`, as it was told at `recorded_at`."""

    state: str
    at: datetime
    recorded_at: datetime
    unit: str
    due_at: datetime | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNow:
    """`due_at` grows while the clock stands still; `irregular` says what was unusual."""

    state: State
    unit: str
    received_at: datetime
    changed_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    first_handled_at: datetime | None
    reopened: int
    attributes: Mapping[str, Value]
    irregular: str

    @property
    def phase(self) -> Phase:
        return self.state.phase

    @property
    def outcome(self) -> Outcome | None:
        return self.state.outcome


class UnknownState(ValueError):
    """An event whose state the life cycle no longer knows."""

    def __init__(self, *, type: str, state: str) -> None:  # noqa: A002
        self.type = type
        self.state = state
        super().__init__(f"life cycle {type!r} has no state {state!r}; put it back, or an alias")


class Flag(StrEnum):
    """How a case stands with its deadline."""

    NO_TERM = "không có hạn"
    IN_TIME = "còn hạn"
    SOON = "sắp đến hạn"
    OVERDUE = "quá hạn"
    PAUSED = "tạm dừng"
    DONE_IN_TIME = "đúng hạn"
    DONE_LATE = "trễ hạn"


SOON_DAYS = 1.0
"""Working days before the deadline from which a case is due soon."""


def fold(lifecycle: Lifecycle, events: Iterable[CaseEvent], clock: WorkingTime) -> CaseNow:
    """The same for any order of `events`; there is at least one, each of a known state."""
    told = _as_they_happened(events)
    states = [_state(lifecycle, event) for event in told]
    attributes: dict[str, Value] = {}
    for event in told:
        attributes |= event.attributes
    final = states[-1].phase is Phase.DONE
    return CaseNow(
        state=states[-1],
        unit=told[-1].unit,
        received_at=told[0].at,
        changed_at=told[-1].at,
        due_at=_due(lifecycle, told, states, attributes, clock),
        finished_at=_finished(told, states) if final else None,
        first_handled_at=next(
            (event.at for event, state in zip(told, states, strict=True)
             if state.phase is not Phase.WAITING),
            None,
        ),
        reopened=_reopened(states),
        attributes=attributes,
        irregular=_irregular(states),
    )  # fmt: skip


def flag(case: CaseNow, now: datetime, clock: WorkingTime) -> Flag:
    """Half open: due at 17:30 and done at 17:30 is in time."""
    if case.due_at is None:
        return Flag.NO_TERM
    if case.finished_at is not None:
        return Flag.DONE_IN_TIME if case.finished_at <= case.due_at else Flag.DONE_LATE
    if case.phase is Phase.PAUSED:
        return Flag.PAUSED
    if now > case.due_at:
        return Flag.OVERDUE
    left = clock.between(now, case.due_at)
    return Flag.SOON if left <= SOON_DAYS * clock.day_length else Flag.IN_TIME


def end_of(term: Term, start: datetime, pauses: Iterable[Pause], clock: WorkingTime) -> datetime:
    """When `term` from `start` is used up, pauses added."""
    standing = tuple(pauses)
    if term.hours is not None:
        paused = sum(
            (max(pause.end - max(pause.start, start), timedelta()) for pause in standing),
            timedelta(),
        )
        return start + timedelta(hours=term.hours) + paused
    length = (
        term.working_days * clock.day_length
        if term.working_days is not None
        else timedelta(hours=term.working_hours or 0.0)
    )
    return clock.add(start, length + clock.paused(standing, start))


def _as_they_happened(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    latest: dict[tuple[datetime, str], CaseEvent] = {}
    for event in sorted(events, key=_when_told):
        before = latest.get((event.at, event.state))
        if before is not None:
            event = _merged(before, event)  # noqa: PLW2901
        latest[event.at, event.state] = event
    return sorted(latest.values(), key=lambda event: (event.at, *_when_told(event)))


def _when_told(event: CaseEvent) -> tuple[datetime, str, str]:
    """A total order, so that any permutation folds alike."""
    rest = f"{event.unit} {event.due_at} {sorted(event.attributes.items())}"
    return event.recorded_at, event.state, rest


def _merged(before: CaseEvent, after: CaseEvent) -> CaseEvent:
    return CaseEvent(
        state=after.state, at=after.at, recorded_at=before.recorded_at, unit=after.unit,
        due_at=after.due_at or before.due_at,
        attributes={**before.attributes, **after.attributes},
    )  # fmt: skip


def _state(lifecycle: Lifecycle, event: CaseEvent) -> State:
    state = lifecycle.state(event.state)
    if state is None:
        raise UnknownState(type=lifecycle.type, state=event.state)
    return state


def _due(
    lifecycle: Lifecycle,
    told: list[CaseEvent],
    states: list[State],
    attributes: Mapping[str, Value],
    clock: WorkingTime,
) -> datetime | None:
    """What the other system says counts; else the life cycle's term with pauses added."""
    said = [event.due_at for event in told if event.due_at is not None]
    if said:
        return said[-1]
    term = next((each for each in lifecycle.terms if each.applies(attributes)), None)
    if term is None:
        return None
    start = _start(term, told, states)
    if start is None:
        return None
    pauses = [
        Pause(start=event.at, end=after.at)
        for (event, after), state in zip(pairwise(told), states, strict=False)
        if state.phase is Phase.PAUSED
    ]
    try:
        return end_of(term, start, pauses, clock)
    except TooFar:
        return None


def _start(term: Term, told: list[CaseEvent], states: list[State]) -> datetime | None:
    """A case that was reopened has its whole term again."""
    again = [
        event.at
        for event, (before, state) in zip(told[1:], pairwise(states), strict=True)
        if before.phase is Phase.DONE and state.phase is not Phase.DONE
    ]
    if again:
        return again[-1]
    if term.starts is None:
        return told[0].at
    for event, state in zip(told, states, strict=True):
        if state.code == term.starts:
            return event.at
    return None


def _finished(told: list[CaseEvent], states: list[State]) -> datetime:
    """The first moment of the last run of final states: done, then handed over."""
    at = told[-1].at
    for event, state in zip(reversed(told), reversed(states), strict=True):
        if state.phase is not Phase.DONE:
            break
        at = event.at
    return at


def _reopened(states: list[State]) -> int:
    return sum(
        before.phase is Phase.DONE and after.phase is not Phase.DONE
        for before, after in pairwise(states)
    )


def _irregular(states: list[State]) -> str:
    """Steps that the life cycle does not know."""
    odd = [
        f"{before.name_vi} → {after.name_vi}"
        for before, after in pairwise(states)
        if before != after and after.code not in before.usual_next and _says_next(before)
    ]
    return "; ".join(dict.fromkeys(odd))


def _says_next(state: State) -> bool:
    """An end without a next state is an end: leaving it is unusual.  Elsewhere none means any."""
    return bool(state.usual_next) or state.phase is Phase.DONE
