"""Which cases a formula counts: `resolved and not attr.online`, as a small tree.

Predicates are about the period that is asked for: `received` in it, `resolved` (finished with a
result) in it, `open` at its end, `overdue` at its end; `on_time` and `late` are about the due
time whenever it was; `withdrawn` and `refused` about the outcome.
"""

import ast
import re
from dataclasses import dataclass
from enum import StrEnum


class Predicate(StrEnum):
    RECEIVED = "received"
    RESOLVED = "resolved"
    OPEN = "open"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Relation(StrEnum):
    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """`attr.name` alone means that it is true."""

    name: str
    relation: Relation = Relation.EQUAL
    value: str | int | float | bool = True


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Condition", ...]


Condition = Predicate | Attribute | Not | And | Or

RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Eq: Relation.EQUAL,
    ast.NotEq: Relation.UNEQUAL,
    ast.Lt: Relation.LESS,
    ast.LtE: Relation.LESS_OR_EQUAL,
    ast.Gt: Relation.GREATER,
    ast.GtE: Relation.GREATER_OR_EQUAL,
}


_HYPHEN = "__"
"""Stands in Python's names for the hyphens of `attr.paid-online`."""


def encoded(name: str) -> str:
    """The name of an attribute as a name of Python."""
    return name.replace("-", _HYPHEN)


def decoded(text: str) -> str:
    """`text` with the names of its attributes as they were written."""
    return re.sub(r"\battr\.\w+", lambda found: found.group().replace(_HYPHEN, "-"), text)


class BadCondition(ValueError):
    """`part` is what cannot be read."""

    def __init__(self, part: str, why: str) -> None:
        self.part = part
        self.why = why
        super().__init__(f"{part!r}: {why}")


def read(node: ast.expr) -> Condition:
    """The tree of a parsed expression; raises BadCondition."""
    match node:
        case ast.Name(id=name):
            return _predicate(name)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return Not(read(part))
        case ast.BoolOp(op=ast.And(), values=parts):
            return And(tuple(read(part) for part in parts))
        case ast.BoolOp(values=parts):
            return Or(tuple(read(part) for part in parts))
        case ast.Attribute(value=ast.Name(id="attr"), attr=name):
            return Attribute(name=name.replace(_HYPHEN, "-"))
        case ast.Compare(left=left, ops=[relation], comparators=[ast.Constant(value=value)]):
            return _comparison(left, relation, value)
        case _:
            raise BadCondition(ast.unparse(node), "write predicates, attr.x, not, and, or")


def attributes(condition: Condition) -> frozenset[str]:
    """The names of the attributes it asks for."""
    match condition:
        case Attribute(name=name):
            return frozenset({name})
        case Not(part):
            return attributes(part)
        case And(parts) | Or(parts):
            return frozenset[str]().union(*(attributes(part) for part in parts))
        case _:
            return frozenset()


def _predicate(name: str) -> Predicate:
    try:
        return Predicate(name)
    except ValueError:
        known = ", ".join(Predicate)
        raise BadCondition(name, f"is none of {known}; an attribute is attr.{name}") from None


def _comparison(left: ast.expr, relation: ast.cmpop, value: object) -> Attribute:
    match left:
        case ast.Attribute(value=ast.Name(id="attr"), attr=name) if isinstance(
            value, str | int | float
        ):
            if type(relation) in RELATIONS:
                return Attribute(
                    name=name.replace(_HYPHEN, "-"), relation=RELATIONS[type(relation)], value=value
                )
    raise BadCondition(ast.unparse(left), "compare attr.x with a text or a number")
