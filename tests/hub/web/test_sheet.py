"""Downloads that a spreadsheet opens safely."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from hub.web.sheet import BOM, Cell, sheet


def cells(*row: Cell) -> list[str]:
    text = sheet(["đầu"], [row])
    assert text.startswith(BOM)
    return list(csv.reader(StringIO(text.removeprefix(BOM))))[1]


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", '=HYPERLINK("x")']
)
def test_no_text_is_taken_for_a_formula(evil: str) -> None:
    assert cells(evil) == [f"'{evil}"]


def test_figures_stay_figures_and_plain_words_stay_as_they_are() -> None:
    assert cells(-1.5, 3, None, "Xã Sông Kôn", "a=b") == ["-1.5", "3", "", "Xã Sông Kôn", "a=b"]


def test_times_are_local() -> None:
    assert cells(datetime(2026, 11, 25, 1, 30, tzinfo=UTC)) == ["2026-11-25 08:30:00"]
