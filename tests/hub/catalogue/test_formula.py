"""Formulas: what they compute, what is missing, what is refused."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.condition import And, Attribute, Condition, Not, Predicate, Relation
from hub.catalogue.formula import Counted, FormulaError, Scope, parse
from hub.catalogue.periods import Span, containing

MAY = containing(Span.MONTH, datetime(2026, 5, 10, tzinfo=UTC))
HERE = Scope(units=frozenset({"20467"}), period=MAY)


class Told:
    """Facts by their words and, where it matters, by month."""

    def __init__(self, **known: float) -> None:
        self._known = known

    def _of(self, key: str, scope: Scope) -> float | None:
        return self._known.get(f"{key}_{scope.period.day:%Y%m}", self._known.get(key))

    def total(self, measure: str, scope: Scope) -> float | None:
        return self._of(measure.rpartition(".")[2].replace("-", "_"), scope)

    mean = last = largest = smallest = total

    def count(self, case_type: str, where: Condition, scope: Scope) -> int:
        return int(self._known[_words(where)])

    def mentions(self, topic: str, tone: str, scope: Scope) -> int:
        return int(self._known[f"{topic}_{tone}"])


def _words(where: Condition) -> str:
    match where:
        case And(parts):
            return "_and_".join(_words(part) for part in parts)
        case Not(part):
            return f"not_{_words(part)}"
        case Attribute(name=name):
            return name
        case _:
            return str(where)


def test_the_on_time_rate_of_the_worked_example() -> None:
    """(610 + 290) / (940 + 10) = 94.74 %: resolved 940, of them in time 900, 10 overdue."""
    rate = parse(
        "100 * count(dossier, resolved and on_time)"
        " / (count(dossier, resolved) + count(dossier, open and overdue))"
    )
    told = Told(resolved_and_on_time=900, resolved=940, open_and_overdue=10)
    outcome = rate.evaluate(told, HERE)
    assert outcome.value == pytest.approx(94.7368, abs=1e-4)
    assert [(term.text, term.value) for term in outcome.terms] == [
        ("count(dossier, resolved and on_time)", 900),
        ("count(dossier, resolved)", 940),
        ("count(dossier, open and overdue)", 10),
    ]


def test_what_nobody_told_is_missing_and_named() -> None:
    outcome = parse("100 * sum(a.present) / sum(a.enrolled)").evaluate(Told(present=5), HERE)
    assert (outcome.value, outcome.missing) == (None, "chưa có số liệu: sum(a.enrolled)")


def test_a_divisor_of_zero_is_missing_and_not_zero() -> None:
    outcome = parse("sum(a.x) / sum(a.y)").evaluate(Told(x=5, y=0), HERE)
    assert (outcome.value, outcome.missing) == (None, "mẫu số bằng 0")


def test_a_number_that_is_too_large_is_missing() -> None:
    assert parse("1e308 * 1e308").evaluate(Told(), HERE).missing == "kết quả quá lớn"


def test_earlier_periods_are_asked_for_and_said() -> None:
    growth = parse("sum(a.x) - previous(sum(a.x)) - last_year(sum(a.x))")
    outcome = growth.evaluate(Told(x_202605=10, x_202604=3, x_202505=2), HERE)
    assert outcome.value == 5
    assert [f"{term.period.day:%Y-%m}" for term in outcome.terms] == [
        "2026-05",
        "2026-04",
        "2025-05",
    ]


def test_conditions_become_a_tree() -> None:
    [leaf] = parse('count(document-in, open and not attr.urgency == "hoa-toc")').leaves
    urgent = Attribute(name="urgency", relation=Relation.EQUAL, value="hoa-toc")
    assert leaf.asked == Counted(case_type="document-in", where=And((Predicate.OPEN, Not(urgent))))


def test_attributes_may_have_hyphens() -> None:
    [leaf] = parse("count(dossier, attr.paid-online and attr.fee_paid == 'a-b')").leaves
    paid = Attribute(name="paid-online")
    fee = Attribute(name="fee_paid", value="a-b")
    assert leaf.asked == Counted(case_type="dossier", where=And((paid, fee)))
    assert leaf.text == "count(dossier, attr.paid-online and attr.fee_paid == 'a-b')"


def test_the_largest_is_asked_for() -> None:
    assert parse("max(forest-fire.danger-level)").evaluate(Told(danger_level=4), HERE).value == 4


def test_mentions_are_counted_by_topic_and_tone() -> None:
    share = parse('100 * mentions("", "negative") / mentions("")')
    assert share.evaluate(Told(_negative=3, _=12), HERE).value == 25
    assert share.over_mentions


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("__import__('os')", "__import__('os')"),
        ("sum(a.b).real", "sum('a.b').real"),
        ("[1][0]", "[1][0]"),
        ("2 ** 9999999", "2 ** 9999999"),
        ("count(dossier, done)", "done"),
        ("count(dossier, attr.x == attr.y)", "attr.x == attr.y"),
        ("True", "True"),
        ("lambda: 1", "lambda: 1"),
        ("mentions(1)", "mentions(1)"),
        ("\\d", "\\"),
    ],
)
def test_what_is_no_formula_is_refused_and_named(text: str, part: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse(text)
    assert refused.value.part == part


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(FormulaError, match="nested deeper"):
        parse("-" * 60 + "1")
    with pytest.raises(FormulaError, match="characters"):
        parse("1+" * 400 + "1")


@given(st.text(max_size=60) | st.text("sumcount(attr.x,)+-*/1 \"'_", max_size=60))
def test_nothing_but_a_formula_error_is_raised(text: str) -> None:
    with suppress(FormulaError):
        assert parse(text).text == text.strip()
