"""Spans against the plain set that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from hub.spans import SpanSet

numbers = st.lists(st.integers(1, 60), max_size=80)


def members(spans: SpanSet) -> set[int]:
    return {n for first, last in spans.spans for n in range(first, last + 1)}


@given(numbers)
def test_it_holds_what_was_added_and_tells_new_from_known(added: list[int]) -> None:
    spans, model = SpanSet(), set[int]()
    for number in added:
        assert spans.add(number) is (number not in model)
        model.add(number)
    assert members(spans) == model
    assert len(spans) == len(model)
    assert all((number in spans) is (number in model) for number in range(1, 62))


@given(numbers)
def test_spans_are_sorted_and_never_touch(added: list[int]) -> None:
    spans = SpanSet()
    for number in added:
        spans.add(number)
    ends = [end for span in spans.spans for end in span]
    assert ends == sorted(ends)
    pairs = zip(spans.spans, spans.spans[1:], strict=False)
    assert all(one[1] + 1 < other[0] for one, other in pairs)


@given(numbers)
def test_missing_is_what_lies_between(added: list[int]) -> None:
    spans = SpanSet()
    for number in added:
        spans.add(number)
    absent = {n for first, last in spans.missing for n in range(first, last + 1)}
    assert absent == set(range(1, max(added, default=0) + 1)) - set(added)


@given(st.lists(numbers, max_size=5))
def test_a_table_that_follows_the_changes_holds_the_same(batches: list[list[int]]) -> None:
    spans, table = SpanSet(), dict[int, int]()
    for batch in batches:
        for number in batch:
            spans.add(number)
        change = spans.changes()
        for first in change.gone:
            table.pop(first, None)
        table |= dict(change.kept)
        assert sorted(table.items()) == spans.spans
    assert spans.changes().kept == ()


@given(numbers)
def test_it_is_read_back_as_it_was(added: list[int]) -> None:
    spans = SpanSet()
    for number in added:
        spans.add(number)
    assert SpanSet(reversed(spans.spans)).spans == spans.spans


def test_a_year_of_numbers_in_order_is_one_span() -> None:
    spans = SpanSet([(1, 30_000_000)])
    assert spans.add(30_000_001)
    assert spans.spans == [(1, 30_000_001)]
