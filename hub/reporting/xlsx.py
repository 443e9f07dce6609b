"""A report as a workbook: one sheet for each kind of table.  Words are words: nothing that somebody
wrote into a title or a unit's name is ever run as a formula."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from hub.reporting import rows
from hub.reporting.content import KeyFigure, Report, moment

RUNS = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""
FILLS = {"red": "F9D9D5", "yellow": "FBEFCF", "green": "E2F2E6"}
WIDEST = 60
FIGURE_HEADS = ("Phân hệ", "Chỉ số", "Kỳ", "Giá trị", "Đơn vị tính", "Chỉ tiêu", "Đánh giá",
                "Kỳ trước", "So với kỳ trước", "Tính lúc")  # fmt: skip
Value = str | float | int | None


def write(report: Report) -> bytes:
    """The workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _summary(book.create_sheet("Tóm tắt"), report)
    figures = book.create_sheet("Chỉ số")
    _fill(figures, FIGURE_HEADS, _figures(report), _grades(report))
    for title, heads, name in (
        ("Sự việc", rows.INCIDENT_HEADS, "Sự việc"),
        ("Quá hạn", rows.OVERDUE_HEADS, "Quá hạn"),
        ("Bất thường, dự báo", rows.REMARK_HEADS, "Bất thường và dự báo"),
        ("Ai chưa báo", rows.SILENT_HEADS, "Ai chưa báo"),
    ):
        _fill(book.create_sheet(title), ("Phân hệ", *heads), _others(report, name))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(sheet: Worksheet, report: Report) -> None:
    said = [report.title_vi, f"Lập lúc {moment(report.made_at)}.", report.headline_vi]
    if report.is_early:
        said.append("Kỳ chưa kết thúc: số liệu đến lúc lập.")
    if report.demo:
        said.append("DỮ LIỆU MÔ PHỎNG")
    said += [
        f"{section.name_vi}: {note}" for section in report.sections for note in rows.notes(section)
    ]
    said += [rows.nothing_known(report)]
    for number, line in enumerate(filter(None, said), start=1):
        _put(sheet, number, 1, line)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 110


def _figures(report: Report) -> Iterator[tuple[Value, ...]]:
    for section in report.sections:
        for one in section.figures:
            yield (
                section.name_vi, one.name_vi, one.period_vi, _number(one, one.value), one.unit_vi,
                one.target_vi, one.grade_vi, _number(one, one.before), one.change_vi,
                moment(one.computed_at),
            )  # fmt: skip


def _number(one: KeyFigure, value: float | None) -> Value:
    return None if value is None else round(value, one.decimals)


def _grades(report: Report) -> list[str]:
    return [one.grade.value for section in report.sections for one in section.figures]


def _others(report: Report, title: str) -> Iterator[tuple[Value, ...]]:
    for section in report.sections:
        for table in rows.tables(section):
            if table.title_vi == title:
                yield from ((section.name_vi, *row) for row in table.rows)


def _fill(
    sheet: Worksheet,
    heads: Iterable[str],
    body: Iterable[tuple[Value, ...]],
    grades: Iterable[str] = (),
) -> None:
    widths: dict[int, int] = {}
    for number, row in enumerate((tuple(heads), *body), start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value)
            widths[column] = min(max(widths.get(column, 8), len(str(value or "")) + 2), WIDEST)
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(1, column).font = Font(bold=True)
    for number, grade in enumerate(grades, start=2):
        if grade in FILLS:
            sheet.cell(number, 7).fill = PatternFill("solid", fgColor=FILLS[grade])
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(RUNS)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    else:
        cell.value = value
