"""XLSX: values as they stand there, nothing calculated, nothing hostile."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hub.entrances.faults import Unusable
from hub.entrances.limits import Limits
from hub.entrances.opening import read
from hub.entrances.table import Broken, Line
from hub.entrances.workbook import MAX_OTHER_BYTES
from tests.hub.entrances.books import book, raw


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.xlsx"


def lines(path: Path, sheet: str | int | None = None, **limits: int) -> list[Line]:
    return list(read(path, Limits(**limits), sheet=sheet).lines)


def row(number: int, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


def test_numbers_dates_and_texts_keep_their_kind_and_rows_their_number(file: Path) -> None:
    day = datetime(2026, 4, 1)  # noqa: DTZ001
    book(file, [["Mã", "Ngày", "Số"], [], [20467, day, 1.5], ["th", None, True]])
    found = [line for line in lines(file) if not line.blank]
    assert [line.number for line in found] == [1, 3, 4]
    assert found[1].cells[:3] == (20467, day, 1.5)
    assert found[2].cells[:3] == ("th", None, True)


def test_a_formula_without_a_result_is_that_cells_error(file: Path) -> None:
    cells = '<c r="A2"><f>1+1</f></c><c r="B2"><f>1+1</f><v>2</v></c><c r="C2"><v>3</v></c>'
    raw(file, [row(1, '<c r="A1"><v>1</v></c>'), row(2, cells)])
    [_, found] = lines(file)
    assert isinstance(found.cells[0], Broken)
    assert found.cells[0].shown == "=1+1"
    assert "chưa có kết quả" in found.cells[0].wrong
    assert found.cells[1:3] == (2, 3)


def test_an_excel_error_is_that_cells_error(file: Path) -> None:
    raw(file, [row(1, '<c r="A1" t="e"><v>#DIV/0!</v></c>')])
    [found] = lines(file)
    assert isinstance(found.cells[0], Broken)
    assert found.cells[0].shown == "#DIV/0!"


def test_text_that_looks_like_a_formula_stays_text(file: Path) -> None:
    raw(file, [row(1, '<c r="A1" t="inlineStr"><is><t>=cmd|calc!A1</t></is></c>')])
    assert lines(file)[0].cells[0] == "=cmd|calc!A1"


def test_a_sheet_is_found_by_name_or_number_and_the_others_are_told(file: Path) -> None:
    def more(sheet: Any) -> None:
        sheet.parent.create_sheet("Số liệu").append(["đây"])

    book(file, [["kia"]], more)
    assert lines(file, "số liệu")[0].cells[0] == "đây"
    assert lines(file, 2)[0].cells[0] == "đây"
    with pytest.raises(Unusable, match="Tháng 5") as refused:
        lines(file, "Tháng 5")
    assert "Sheet, Số liệu" in refused.value.remedy


def test_merged_cells_are_told(file: Path) -> None:
    book(file, [["a", "b"], [1, 2], [3, 4]], lambda sheet: sheet.merge_cells("A2:A3"))
    assert [each.area for each in read(file, Limits()).merged] == ["A2:A3"]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("xl/vbaProject.bin", "macro"),
        ("xl/externalLinks/externalLink1.xml", "liên kết"),
        ("xl/connections.xml", "kết nối"),
        ("xl/embeddings/oleObject1.bin", "nhúng"),
    ],
)
def test_what_could_act_is_refused(file: Path, part: str, wrong: str) -> None:
    raw(file, [], parts={part: b"x"})
    with pytest.raises(Unusable, match=wrong) as refused:
        lines(file)
    assert refused.value.remedy


def test_a_zip_bomb_is_refused_by_its_declared_size(file: Path) -> None:
    raw(file, [], parts={"xl/media/big": b"\0" * 50_000_000})
    assert file.stat().st_size < 200_000
    with pytest.raises(Unusable, match="nở ra 500"):
        lines(file, max_unpacked_bytes=10_000_000)


def test_texts_that_would_fill_the_memory_are_refused_by_their_declared_size(file: Path) -> None:
    """300 kB of them unfold to more strings than a mini-PC holds; openpyxl reads all at once."""
    texts = b"<si><t>0123456789</t></si>" * (MAX_OTHER_BYTES // 26 + 1)
    raw(file, [], parts={"xl/sharedStrings.xml": texts})
    assert file.stat().st_size < 1_000_000
    with pytest.raises(Unusable, match="chữ, định dạng và ảnh"):
        lines(file)


def test_entities_in_a_sheet_are_refused(file: Path) -> None:
    raw(file, [row(1, "<c><v>1</v></c>")], before='<!DOCTYPE a [<!ENTITY b "c">]>')
    with pytest.raises(Unusable, match="hỏng"):
        lines(file)


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1" t="s"><v>7</v></c>',
        '<c r="A1"><v>abc</v></c>',
        '<c r="1A"><v>1</v></c>',
        '<c r="A1" s="x"><v>1</v></c>',
        "<c><v>1</c>",
    ],
    ids=["string-that-is-not-there", "number", "reference", "style", "xml"],
)
def test_what_no_office_program_wrote_is_refused_whole(file: Path, cells: str) -> None:
    raw(file, [row(1, cells)])
    with pytest.raises(Unusable, match="hỏng"):
        lines(file)


def test_a_zip_without_a_workbook_and_a_torn_one_are_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(Unusable, match="không phải bảng tính"):
        lines(file)
    book(file, [["a"]])
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(Unusable, match="hỏng"):
        lines(file)


def test_a_cell_far_to_the_right_does_not_widen_every_row(file: Path) -> None:
    raw(file, [row(1, '<c r="A1"><v>1</v></c><c r="C1"><v>1</v></c>')])
    assert len(lines(file)[0].cells) == 3
    with pytest.raises(Unusable, match="nhiều hơn 2 cột"):
        lines(file, max_columns=2)


def test_too_many_rows_are_counted(file: Path) -> None:
    raw(file, (row(n, f'<c r="A{n}"><v>1</v></c>') for n in range(1, 1_001)))
    with pytest.raises(Unusable, match="1000 dòng, nhiều hơn 10"):
        lines(file, max_rows=10)
