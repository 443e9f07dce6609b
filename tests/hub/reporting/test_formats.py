"""Page, paper and spreadsheet say the same, tones intact, and nothing in them runs."""

import unicodedata
from html.parser import HTMLParser
from io import BytesIO

import pypdfium2
from openpyxl import load_workbook

from hub.reporting import html, pdf, xlsx
from hub.reporting.content import Report
from tests.hub.reporting.day import FORMULA

ATTACK = "<script>alert(1)</script>"


def words_of(paper: bytes) -> str:
    """The text of all pages as a reader's program finds it."""
    document = pypdfium2.PdfDocument(paper)
    try:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_the_pdf_says_its_words_with_all_tones(report: Report) -> None:
    text = words_of(pdf.write(report))
    for words in (
        "Báo cáo ngày – Địa bàn Đông Giang – ngày 31/03/2026", "Tỷ lệ chuyên cần", "≥ 95",
        "88,5 %", "không đạt", "−7,5", "Xã Sông Kôn, Xã Sông Vàng, Xã Bến Hiên", "Trang 1",
    ):  # fmt: skip
        assert words in text


def test_the_pdf_is_the_same_for_the_same_report(report: Report) -> None:
    assert pdf.write(report) == pdf.write(report)


def test_a_long_table_goes_on_over_pages_with_its_heads(report: Report) -> None:
    first = report.sections[1]
    long = first.model_copy(update={"figures": first.figures * 150})
    text = words_of(pdf.write(report.model_copy(update={"sections": (long,)})))
    assert text.count("Tỷ lệ chuyên cần") >= 150
    assert text.count("Đánh giá") >= 4


def test_marks_of_markup_in_a_title_are_words_on_paper(report: Report) -> None:
    words = hostile(report, f"{ATTACK} & <b>đậm")
    assert "<script>alert(1)</script> & <b>đậm" in words_of(pdf.write(words))


def test_nothing_in_the_workbook_is_a_formula(report: Report) -> None:
    book = load_workbook(BytesIO(xlsx.write(report)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "+", "@")))


def test_control_characters_do_not_break_the_workbook(report: Report) -> None:
    book = load_workbook(BytesIO(xlsx.write(hostile(report, "a\x00b\x1fc"))))
    assert "abc" in [cell.value for row in book["Sự việc"].iter_rows() for cell in row]


def test_figures_of_the_workbook_are_numbers(report: Report) -> None:
    sheet = load_workbook(BytesIO(xlsx.write(report)))["Chỉ số"]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "Tỷ lệ chuyên cần")
    assert (row[3], row[4], row[7]) == (88.5, "%", 96)


def test_the_html_file_stands_alone_and_escapes(report: Report) -> None:
    asked: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            asked.extend(str(value) for name, value in attrs if name in ("src", "href"))
            assert tag != "script"

    page = html.write(hostile(report, ATTACK)).decode()
    Reader().feed(page)
    assert asked == []
    assert "&lt;script&gt;" in page


def hostile(report: Report, title: str) -> Report:
    """The report with an incident of that title."""
    sections = tuple(
        one.model_copy(
            update={
                "incidents": tuple(
                    each.model_copy(update={"title_vi": title}) for each in one.incidents
                )
            }
        )
        for one in report.sections
    )
    return report.model_copy(update={"sections": sections})
