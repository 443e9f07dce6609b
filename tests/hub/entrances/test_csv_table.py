"""CSV as people and systems really write it."""

from pathlib import Path
from typing import Any

import pytest

from hub.entrances.faults import Unusable
from hub.entrances.limits import Limits
from hub.entrances.opening import read
from hub.entrances.table import Broken, Line

TEXT = "Mã trường;Tên\nth-prao;Trường TH Prao\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def lines(path: Path, body: bytes, **options: Any) -> list[Line]:
    path.write_bytes(body)
    limits = Limits(**options.pop("limits", {}))
    return list(read(path, limits, expected={"mã trường", "tên"}, **options).lines)


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "le", "be", "comma", "tab", "crlf"],
)
def test_every_encoding_and_delimiter_reads_the_same(file: Path, body: bytes) -> None:
    assert lines(file, body) == [
        Line(number=1, cells=("Mã trường", "Tên")),
        Line(number=2, cells=("th-prao", "Trường TH Prao")),
    ]


def test_letters_and_tones_of_windows_1258_become_one(file: Path) -> None:
    # Windows-1258 has ê, ô, ơ, ư, đ and the five tones as marks of their own.
    body = "Ma\u0303 trươ\u0300ng;Tên\nx;Trươ\u0300ng tiê\u0309u ho\u0323c\n"
    found = lines(file, body.encode("cp1258"))
    assert found[0].cells == ("Mã trường", "Tên")
    assert found[1].cells == ("x", "Trường tiểu học")


def test_old_tcvn3_letters_are_named_not_guessed(file: Path) -> None:
    with pytest.raises(Unusable, match="TCVN3") as refused:
        lines(file, b"M\xb7 tr\xad\xeang;T\xaan\nx;Tr\xad\xeang ti\xd3u h\xe4c\n")
    assert "Unikey" in refused.value.remedy


def test_bytes_of_no_encoding_are_named_by_their_place(file: Path) -> None:
    with pytest.raises(Unusable, match="byte thứ 12") as refused:
        lines(file, b"abc;def\nx;y\x8a;\x9d\n")
    assert "UTF-8" in refused.value.remedy


def test_a_wrong_byte_behind_the_first_megabyte_has_its_place_too(file: Path) -> None:
    body = b"a;b\n" + b"x;y\n" * 300_000 + b"x;\xff\n"
    with pytest.raises(Unusable, match="byte thứ 1200007"):
        lines(file, body, encoding="utf-8")


def test_a_quoted_line_break_belongs_to_its_cell(file: Path) -> None:
    found = lines(file, b'a;b\n"x\r\ny";2\nz;3\n')
    assert [line.number for line in found] == [1, 2, 3]
    assert found[1].cells == ("x\r\ny", "2")


def test_excels_sep_line_says_the_delimiter(file: Path) -> None:
    found = lines(file, b"sep=|\na|b,c;d\n")
    assert found == [Line(number=2, cells=("a", "b,c;d"))]


def test_decimal_commas_do_not_look_like_delimiters(file: Path) -> None:
    found = lines(file, "Mã trường;Tên;Số\na;1,5;2,5\nb;1,5;3,5\n".encode())
    assert found[1].cells == ("a", "1,5", "2,5")


def test_an_open_quote_is_named_by_its_row(file: Path) -> None:
    with pytest.raises(Unusable, match="dòng 2") as refused:
        lines(file, b'a;b\n"x;1\ny;2\n')
    assert refused.value.row == 2


def test_too_many_rows_are_counted_to_the_end(file: Path) -> None:
    with pytest.raises(Unusable, match="1001 dòng, nhiều hơn 10"):
        lines(file, b"a;b\n" + b"1;2\n\n" * 1_000, limits={"max_rows": 10})


def test_too_many_columns_and_too_long_a_cell_are_named(file: Path) -> None:
    with pytest.raises(Unusable, match="dòng 2 có 4 cột"):
        lines(file, b"a;b\n1;2;3;4\n", limits={"max_columns": 3})
    [_, row] = lines(file, b"a;b\n1;" + b"x" * 50 + b"\n", limits={"max_cell_characters": 40})
    assert isinstance(row.cells[1], Broken)
    assert "50 ký tự" in row.cells[1].wrong


def test_letters_that_were_broken_before_are_told(file: Path) -> None:
    [_, row] = lines(file, "a;b\n1;Tr\ufffdng\n".encode())
    assert isinstance(row.cells[1], Broken)


@pytest.mark.parametrize(
    ("name", "body", "wrong"),
    [
        ("a.csv", b"", "rỗng"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mật khẩu"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table>", ".xls"),
        ("a.csv", b"\n<HTML><body>", "trang web"),
        ("a.xlsm", b"PK\x03\x04", "macro"),
        ("a.csv", b"abc\0def;1\n", "nhị phân"),
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(
    tmp_path: Path, name: str, body: bytes, wrong: str
) -> None:
    with pytest.raises(Unusable, match=wrong) as refused:
        lines(tmp_path / name, body)
    assert refused.value.remedy


def test_a_file_beyond_its_size_is_not_read(file: Path) -> None:
    with pytest.raises(Unusable, match="2000 byte, nhiều hơn 1000"):
        lines(file, b"x" * 2_000, limits={"max_file_bytes": 1_000})
