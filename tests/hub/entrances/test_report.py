"""The report that goes back: every fault, nothing that a spreadsheet would calculate."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from hub.entrances.faults import Fault
from hub.entrances.report import HEADINGS, neutral, write

EVIL = '=HYPERLINK("http://x","y")'
FAULT = Fault(row=7, column="C «Có mặt»", value=EVIL, wrong="không phải số", remedy="ghi số")


@pytest.mark.parametrize("said", [EVIL, "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_be_calculated_is_text(said: str) -> None:
    assert neutral(said) == f"'{said}"


def test_plain_numbers_and_words_stay() -> None:
    assert [neutral(each) for each in ("-5", "+1.234,5", "a=b", "")] == [
        "-5",
        "+1.234,5",
        "a=b",
        "",
    ]


def test_csv_opens_in_excel_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "e.csv", [FAULT], 3)
    assert (tmp_path / "e.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == HEADINGS
    assert rows[1] == ["7", "C «Có mặt»", f"'{EVIL}", "không phải số", "ghi số"]
    assert "2 lỗi nữa" in rows[2][3]


def test_xlsx_has_no_formula(tmp_path: Path) -> None:
    write(tmp_path / "e.xlsx", [FAULT], 1)
    sheet = load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert f"'{EVIL}" in [cell.value for cell in cells]
    assert [path.name for path in tmp_path.iterdir()] == ["e.xlsx"]
