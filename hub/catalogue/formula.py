"""The formulas of indicators: one arithmetic expression over what was told.

    sum(m) mean(m) last(m)           a measure over the units and the period; last: each unit's
    max(m) min(m)                    newest, summed; max, min: of all figures of all units
    count(type, condition)           cases (see hub.catalogue.condition)
    mentions("topic") mentions("topic", "negative")   online texts; "" means any topic
    previous(x) last_year(x)         the same a period or a year before
    + - * / ( ) and numbers

Data that are missing and a divisor of zero make a figure missing, never 0, and the reason is
kept.  A sum over units of which some said nothing is the sum of those that did: how many did is
the figure's completeness, not its value.
"""

import ast
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Protocol

from hub.catalogue import condition
from hub.catalogue.condition import Condition
from hub.catalogue.periods import Period, Shift

LONGEST = 500
"""Characters: what a person can check by eye."""
DEEPEST = 20

_HYPHENS = re.compile(
    r"""("[^"]*"|'[^']*')|\b(sum|mean|last|max|min|count)\(\s*([a-z][a-z0-9.-]*)"""
    r"""|\battr\.([a-z][a-z0-9_-]*)"""
)
"""A text, which stays; the first argument of these, which is an id; the name of an attribute."""

DIVIDED_BY_ZERO = "mẫu số bằng 0"
TOO_LARGE = "kết quả quá lớn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose figures, when.  `units` are the unit itself and all below it."""

    units: frozenset[str]
    period: Period


class Facts(Protocol):
    """What was told; None where nothing was."""

    def total(self, measure: str, scope: Scope) -> float | None: ...

    def mean(self, measure: str, scope: Scope) -> float | None: ...

    def last(self, measure: str, scope: Scope) -> float | None: ...

    def largest(self, measure: str, scope: Scope) -> float | None: ...

    def smallest(self, measure: str, scope: Scope) -> float | None: ...

    def count(self, case_type: str, where: Condition, scope: Scope) -> int: ...

    def mentions(self, topic: str, tone: str, scope: Scope) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A part of the formula as it was asked, for the page that explains a figure."""

    text: str
    value: float | None
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`value`, or why there is none; `terms` in the order of the formula."""

    value: float | None
    missing: str
    terms: tuple[Term, ...]


class FormulaError(ValueError):
    """`part` of `formula` cannot be read."""

    def __init__(self, *, formula: str, part: str, why: str) -> None:
        self.formula = formula
        self.part = part
        self.why = why
        super().__init__(f"formula {formula!r}: {part!r}: {why}")


class _Missing(Exception):
    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    how: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    case_type: str
    where: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    topic: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    how: Shift
    part: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    how: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What is asked of the facts, with its words."""

    text: str
    asked: Measured | Counted | Mentioned


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A leaf and how the period of the figure is shifted for it, outermost first."""

    leaf: Leaf
    shifts: tuple[Shift, ...]

    def of(self, period: Period) -> Period:
        """The period that the figure of `period` asks it for."""
        return reduce(Period.shifted, self.shifts, period)


Node = Leaf | Shifted | Joined | Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula that was read; `text` is what was written."""

    text: str
    root: Node

    def evaluate(self, facts: Facts, scope: Scope) -> Outcome:
        terms: list[Term] = []
        try:
            value = _value(self.root, facts, scope, terms)
        except _Missing as missing:
            return Outcome(value=None, missing=missing.why, terms=tuple(terms))
        if not math.isfinite(value):
            return Outcome(value=None, missing=TOO_LARGE, terms=tuple(terms))
        return Outcome(value=value, missing="", terms=tuple(terms))

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(one.leaf for one in self.asked)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What it depends on: each leaf, with the shifts of the period that it is asked for."""
        return tuple(_asked(self.root, ()))

    @property
    def measures(self) -> frozenset[str]:
        asked = (leaf.asked for leaf in self.leaves)
        return frozenset(each.measure for each in asked if isinstance(each, Measured))

    @property
    def case_types(self) -> frozenset[str]:
        asked = (leaf.asked for leaf in self.leaves)
        return frozenset(each.case_type for each in asked if isinstance(each, Counted))

    @property
    def over_mentions(self) -> bool:
        return any(isinstance(leaf.asked, Mentioned) for leaf in self.leaves)


def parse(text: str) -> Formula:
    """Raises FormulaError, which names the part."""
    text = text.strip()
    if len(text) > LONGEST:
        raise FormulaError(formula=text[:40], part=text[:40], why=f"over {LONGEST} characters")
    if "\\" in text:
        raise FormulaError(formula=text, part="\\", why="no backslash is needed")
    try:
        tree = ast.parse(_quoted(text), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as wrong:
        raise FormulaError(formula=text, part=text, why=str(wrong)) from None
    return Formula(text=text, root=_Reader(text).node(tree.body, DEEPEST))


def _quoted(text: str) -> str:
    """Ids with hyphens are no names of Python: `education.pupils-present` becomes a string."""

    def plain(found: re.Match[str]) -> str:
        kept, function, identity, attribute = found.groups()
        if kept:
            return kept
        return f"{function}({identity!r}" if function else f"attr.{condition.encoded(attribute)}"

    return _HYPHENS.sub(plain, text)


class _Reader:
    def __init__(self, formula: str) -> None:
        self._formula = formula

    def node(self, tree: ast.expr, depth: int) -> Node:
        if depth == 0:
            raise self._wrong(tree, f"nested deeper than {DEEPEST}")
        match tree:
            case ast.Constant(value=bool()):
                raise self._wrong(tree, "is no number")
            case ast.Constant(value=int() | float() as number):
                return Number(value=float(number))
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return Joined(how="-", left=Number(value=0.0), right=self.node(part, depth - 1))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                return Joined(
                    how=_SIGNS[type(sign)],
                    left=self.node(left, depth - 1),
                    right=self.node(right, depth - 1),
                )
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(tree, name, arguments, depth)
            case _:
                raise self._wrong(tree, "write + - * / numbers and the functions of the page")

    def _call(self, tree: ast.Call, name: str, arguments: list[ast.expr], depth: int) -> Node:
        match name, arguments:
            case "previous" | "last_year", [part]:
                how: Shift = "previous" if name == "previous" else "last_year"
                return Shifted(how=how, part=self.node(part, depth - 1))
            case "sum" | "mean" | "last" | "max" | "min", [ast.Constant(value=str() as measure)]:
                return self._leaf(tree, Measured(how=name, measure=measure))
            case "count", [ast.Constant(value=str() as case_type), where]:
                return self._leaf(tree, Counted(case_type=case_type, where=self._where(where)))
            case "mentions", [ast.Constant(value=str() as topic)]:
                return self._leaf(tree, Mentioned(topic=topic, tone=""))
            case "mentions", [
                ast.Constant(value=str() as topic),
                ast.Constant(value=str() as tone),
            ]:
                return self._leaf(tree, Mentioned(topic=topic, tone=tone))
            case _:
                raise self._wrong(tree, "is no function of formulas, or with other arguments")

    def _where(self, tree: ast.expr) -> Condition:
        try:
            return condition.read(tree)
        except condition.BadCondition as wrong:
            raise FormulaError(formula=self._formula, part=wrong.part, why=wrong.why) from None

    @staticmethod
    def _leaf(tree: ast.Call, asked: Measured | Counted | Mentioned) -> Leaf:
        text = ast.unparse(tree)
        if not isinstance(asked, Mentioned):
            text = condition.decoded(text.replace("'", "", 2))
        return Leaf(text=text, asked=asked)

    def _wrong(self, tree: ast.expr, why: str) -> FormulaError:
        return FormulaError(formula=self._formula, part=ast.unparse(tree)[:80], why=why)


_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
}  # fmt: skip


def _asked(node: Node, shifts: tuple[Shift, ...]) -> Iterator[Asked]:
    match node:
        case Leaf():
            yield Asked(leaf=node, shifts=shifts)
        case Shifted(how=how, part=part):
            yield from _asked(part, (*shifts, how))
        case Joined(left=left, right=right):
            yield from _asked(left, shifts)
            yield from _asked(right, shifts)


def _value(node: Node, facts: Facts, scope: Scope, terms: list[Term]) -> float:
    match node:
        case Number(value=value):
            return value
        case Shifted(how=how, part=part):
            period = scope.period.shifted(how)
            return _value(part, facts, replace(scope, period=period), terms)
        case Joined(how=how, left=left, right=right):
            return _join(how, _value(left, facts, scope, terms), _value(right, facts, scope, terms))
        case Leaf(text=text, asked=asked):
            told = _ask(asked, facts, scope)
            terms.append(Term(text=text, value=told, period=scope.period))
            if told is None:
                raise _Missing(f"chưa có số liệu: {text}")
            return told


def _ask(asked: Measured | Counted | Mentioned, facts: Facts, scope: Scope) -> float | None:
    match asked:
        case Counted(case_type=case_type, where=where):
            return facts.count(case_type, where, scope)
        case Mentioned(topic=topic, tone=tone):
            return facts.mentions(topic, tone, scope)
        case Measured(how=how, measure=measure):
            ask: Callable[[str, Scope], float | None] = {
                "sum": facts.total,
                "mean": facts.mean,
                "last": facts.last,
                "max": facts.largest,
                "min": facts.smallest,
            }[how]
            return ask(measure, scope)


def _join(how: str, left: float, right: float) -> float:
    match how:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            if right == 0:
                raise _Missing(DIVIDED_BY_ZERO)
            return left / right
