"""Periods as tables name them."""

from datetime import date

import pytest

from hub.catalogue.periods import Span
from hub.entrances.faults import WrongValue
from hub.entrances.periods import period

FORMATS = ("dd/mm/yyyy", "iso")


@pytest.mark.parametrize(
    ("span", "said", "first"),
    [
        (Span.DAY, "15/03/2026", date(2026, 3, 15)),
        (Span.WEEK, "18/03/2026", date(2026, 3, 16)),
        (Span.MONTH, "3/2026", date(2026, 3, 1)),
        (Span.MONTH, "Tháng 03/2026", date(2026, 3, 1)),
        (Span.MONTH, "2026-03", date(2026, 3, 1)),
        (Span.MONTH, "202603", date(2026, 3, 1)),
        (Span.MONTH, "15/03/2026", date(2026, 3, 1)),
        (Span.QUARTER, "Quý II/2026", date(2026, 4, 1)),
        (Span.QUARTER, "Q4-2026", date(2026, 10, 1)),
        (Span.QUARTER, "5/2026", date(2026, 4, 1)),
        (Span.YEAR, "2026", date(2026, 1, 1)),
        (Span.YEAR, "Năm 2026", date(2026, 1, 1)),
        (Span.YEAR, "3/2026", date(2026, 1, 1)),
        (Span.YEAR, "2026-03", date(2026, 1, 1)),
    ],
)
def test_a_period_is_named_in_many_ways(span: Span, said: str, first: date) -> None:
    assert period(span, said, FORMATS).day == first


@pytest.mark.parametrize(
    ("span", "said"),
    [(Span.MONTH, "13/2026"), (Span.MONTH, "Quý I/2026"), (Span.MONTH, "2026"), (Span.DAY, "2026"),
     (Span.QUARTER, "Quý V/2026"), (Span.YEAR, "26")],
)  # fmt: skip
def test_what_names_no_such_period_is_told(span: Span, said: str) -> None:
    with pytest.raises(WrongValue):
        period(span, said, FORMATS)
