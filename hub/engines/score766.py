"""The score of decision 766/QĐ-TTg: how well a unit serves people, 0 to 100 points.

A criterion earns its points times its rate.  What was not reported is neither 0 nor full: the score
is that of what is known, and beside it stands how many points could not be judged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from contracts.configuration import Section
from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace


class Criterion(Sourced):
    """One rate in percent, worth `points` at 100 %."""

    id: str
    name_vi: str
    points: float = Field(gt=0)


class Group(Section):
    id: str
    name_vi: str
    points: float = Field(gt=0)
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(criterion.points for criterion in self.criteria)
        if abs(total - self.points) > 1e-9:
            raise ValueError(f"criteria: they sum to {total:g} points; make it {self.points:g}")
        return self


class Rank(Section):
    name_vi: str
    at_least: float


class Ranks(Sourced):
    steps: tuple[Rank, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _falling_to_zero(self) -> Self:
        floors = [step.at_least for step in self.steps]
        if floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
            raise ValueError("steps: write them from the best down to at_least: 0")
        return self


class Rules(Sourced):
    """`data/score766.yaml`."""

    groups: tuple[Group, ...] = Field(min_length=1)
    ranks: Ranks

    @model_validator(mode="after")
    def _a_hundred_points(self) -> Self:
        total = sum(group.points for group in self.groups)
        if abs(total - 100) > 1e-9:
            raise ValueError(f"groups: they sum to {total:g} points; make it 100")
        ids = [criterion.id for criterion in self.criteria]
        if len(ids) != len(set(ids)):
            raise ValueError("groups: two criteria have the same id; name them apart")
        return self

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for group in self.groups for criterion in group.criteria)


class UnknownCriterion(ValueError):
    """A rate for something that the rules do not ask for."""

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        self.known = tuple(known)
        super().__init__(f"no criterion {', '.join(self.names)}; there are {', '.join(self.known)}")


class ImpossibleRate(ValueError):
    """A rate that is no share of a whole."""

    def __init__(self, criterion: str, percent: float) -> None:
        self.criterion = criterion
        self.percent = percent
        super().__init__(f"{criterion} is {percent:g} %; a rate lies between 0 and 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What was earned of `most`; `judged` is the part of `most` whose rates are known."""

    id: str
    name_vi: str
    earned: float
    judged: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of one unit.  `rank` and `rank_at_best` differ while points could not be judged."""

    unit: str
    earned: float
    judged: float
    unjudged: float
    rank: str
    rank_at_best: str
    groups: tuple[Points, ...]
    criteria: tuple[Points, ...]
    missing: tuple[str, ...]
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A unit in the ranking; units of equal points share a place and the next are skipped."""

    place: int
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossiers:
    """Counts of a period: resolved early, on time, late; `overdue` are open and past due."""

    early: int
    on_time: int
    late: int
    overdue: int


def on_time_percent(dossiers: Dossiers) -> float | None:
    """(early + on time) / (resolved + open and overdue); None when there were none."""
    good = dossiers.early + dossiers.on_time
    all_due = good + dossiers.late + dossiers.overdue
    return 100 * good / all_due if all_due else None


def rules() -> Rules:
    return shipped("score766", Rules)


def score(unit: str, rates: Mapping[str, float | None], rules: Rules) -> Score:
    """`rates`: percent by criterion id.  Raises UnknownCriterion, ImpossibleRate."""
    _check(rates, rules)
    criteria = {one.id: _points(one, rates.get(one.id)) for one in rules.criteria}
    groups = tuple(
        _sum(group, [criteria[criterion.id] for criterion in group.criteria])
        for group in rules.groups
    )
    earned = sum(group.earned for group in groups)
    judged = sum(group.judged for group in groups)
    unjudged = 100 - judged
    return Score(
        unit=unit,
        earned=earned,
        judged=judged,
        unjudged=unjudged,
        rank=_rank(earned, rules.ranks),
        rank_at_best=_rank(earned + unjudged, rules.ranks),
        groups=groups,
        criteria=tuple(criteria.values()),
        missing=tuple(one.id for one in criteria.values() if not one.judged),
        trace=_trace(rates, rules, unjudged),
    )


def ranking(scores: Iterable[Score]) -> tuple[Placed, ...]:
    """Best first; ties (to a hundredth of a point) share a place and stand in order of unit."""
    ordered = sorted(scores, key=lambda one: (-round(one.earned, 2), one.unit))
    placed: list[Placed] = []
    for number, one in enumerate(ordered, start=1):
        tied = placed and round(placed[-1].score.earned, 2) == round(one.earned, 2)
        placed.append(Placed(place=placed[-1].place if tied else number, score=one))
    return tuple(placed)


def _check(rates: Mapping[str, float | None], rules: Rules) -> None:
    known = [criterion.id for criterion in rules.criteria]
    if unknown := set(rates) - set(known):
        raise UnknownCriterion(unknown, known)
    for criterion, percent in rates.items():
        if percent is not None and not 0 <= percent <= 100:
            raise ImpossibleRate(criterion, percent)


def _points(criterion: Criterion, percent: float | None) -> Points:
    known = percent is not None
    return Points(
        id=criterion.id,
        name_vi=criterion.name_vi,
        earned=criterion.points * percent / 100 if percent is not None else 0.0,
        judged=criterion.points if known else 0.0,
        most=criterion.points,
    )


def _sum(group: Group, parts: list[Points]) -> Points:
    return Points(
        id=group.id,
        name_vi=group.name_vi,
        earned=sum(part.earned for part in parts),
        judged=sum(part.judged for part in parts),
        most=group.points,
    )


def _rank(points: float, ranks: Ranks) -> str:
    """Points are ranked as they are shown, to a hundredth."""
    shown = round(points, 2)
    return next(step.name_vi for step in ranks.steps if shown >= step.at_least)


def _trace(rates: Mapping[str, float | None], rules: Rules, unjudged: float) -> Trace:
    doubtful = [one.name_vi for one in rules.criteria if one.confidence == "low"]
    notes = []
    if unjudged:
        notes.append(f"Chưa chấm được {unjudged:g} điểm vì thiếu số liệu.")
    if doubtful:
        notes.append(f"Trọng số đề xuất, cần thay bằng của tỉnh: {'; '.join(doubtful)}.")
    return trace(
        rules,
        "Tổng của (điểm tối đa × tỷ lệ đạt) trên các tiêu chí có số liệu",
        *(Input(name_vi=one.name_vi, value=rates.get(one.id), unit="%") for one in rules.criteria),
        notes_vi=tuple(notes),
    )
