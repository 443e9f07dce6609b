"""Numbers, dates and codes as they are written here; nothing is guessed."""

from datetime import UTC, datetime

import pytest

from hub.entrances.faults import WrongValue
from hub.entrances.table import Cell
from hub.entrances.values import Decimal, code, flag, moment, number, slug, strptime_format, text

BOTH = ("dd/mm/yyyy HH:MM", "dd/mm/yyyy", "iso")


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1.234,5", "comma", 1234.5), ("1234,5", "comma", 1234.5), ("-0,5", "comma", -0.5),
        ("1 234 567", "comma", 1234567), ("1\u00a0234,5", "comma", 1234.5),
        ("12.345", "comma", 12345),
        ("1,234.5", "point", 1234.5), ("12.345", "point", 12.345), ("\u22127", "comma", -7),
        (7, "comma", 7), (7.25, "comma", 7.25),
    ],
)  # fmt: skip
def test_numbers(cell: Cell, decimal: Decimal, value: float) -> None:
    assert number(cell, decimal) == value


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("1.5", "comma"), ("1,5", "point"), ("1.23.456", "comma"), ("=1+2", "comma"),
        ("95%", "comma"), ("1e5", "comma"), ("", "comma"), (None, "comma"), (True, "comma"),
        ("nan", "comma"), (float("inf"), "comma"), (10**400, "comma"), ("9" * 400, "comma"),
        ("1 2", "comma"), ("٣", "comma"),
    ],
)  # fmt: skip
def test_what_is_no_number_or_two_numbers_is_told(cell: Cell, decimal: Decimal) -> None:
    with pytest.raises(WrongValue):
        number(cell, decimal)


@pytest.mark.parametrize(
    ("cell", "formats", "utc"),
    [
        ("01/04/2026", BOTH, datetime(2026, 3, 31, 17, tzinfo=UTC)),
        ("1/4/2026 08:15", BOTH, datetime(2026, 4, 1, 1, 15, tzinfo=UTC)),
        ("2026-04-01", BOTH, datetime(2026, 3, 31, 17, tzinfo=UTC)),
        ("2026-04-01T08:00:00+00:00", BOTH, datetime(2026, 4, 1, 8, tzinfo=UTC)),
        (datetime(2026, 4, 1, 8), BOTH, datetime(2026, 4, 1, 1, tzinfo=UTC)),  # noqa: DTZ001
        (46113, ("serial",), datetime(2026, 3, 31, 17, tzinfo=UTC)),
        (46113.5, ("serial",), datetime(2026, 4, 1, 5, tzinfo=UTC)),
        ("46113", ("serial",), datetime(2026, 3, 31, 17, tzinfo=UTC)),
    ],
)
def test_dates_are_local_unless_they_say_otherwise(
    cell: Cell, formats: tuple[str, ...], utc: datetime
) -> None:
    assert moment(cell, formats) == utc


@pytest.mark.parametrize(
    "cell",
    ["31/02/2026", "04/31/2026", "01/04/26", "01/04/1026", "hôm qua", "", None, 46113, "=TODAY()"],
)
def test_what_is_no_date_is_told_with_the_forms_that_are(cell: Cell) -> None:
    with pytest.raises(WrongValue):
        moment(cell, BOTH)


def test_a_number_in_a_code_column_is_the_code() -> None:
    assert text(20467) == text(20467.0) == text(" 20467 ") == "20467"


def test_codes_are_checked_and_made() -> None:
    assert code("000.01.21.H47-260401-0012") == "000.01.21.H47-260401-0012"
    assert slug("45/QĐ-UBND") == "45/QD-UBND"
    assert slug("Báo Đà Nẵng ") == "Bao-Da-Nang"
    for wrong in ("", "Trường Prao", "=1", "a" * 65):
        with pytest.raises(WrongValue):
            code(wrong)


def test_yes_and_no() -> None:
    assert [flag(each) for each in ("Có", "x", 1, True)] == [True] * 4
    assert [flag(each) for each in ("Không", None, 0, "")] == [False] * 4
    with pytest.raises(WrongValue):
        flag("có lẽ")


def test_date_formats_are_checked() -> None:
    assert strptime_format("dd/mm/yyyy HH:MM") == "%d/%m/%Y %H:%M"
    for wrong in ("dd/mm/yy", "ngày", "%d/%m/%Y", "dd/MM/yyyy"):
        with pytest.raises(ValueError, match="no date format"):
            strptime_format(wrong)
