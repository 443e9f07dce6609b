"""A report as titled tables of words: what page, paper, spreadsheet and letter have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.reporting.content import Report, Section, moment

FIGURE_HEADS = ("Chỉ số", "Kỳ", "Giá trị", "Chỉ tiêu", "Đánh giá", "So với kỳ trước", "Tính lúc")
INCIDENT_HEADS = ("Sự việc", "Mở lúc", "Đóng lúc", "Tình trạng")
OVERDUE_HEADS = ("Loại", "Đơn vị", "Số quá hạn", "Hạn cũ nhất")
REMARK_HEADS = ("Chỉ số", "Nhận định", "Việc cần làm")
SILENT_HEADS = ("Số liệu", "Kỳ", "Đã báo", "Chưa báo", "Nguồn")
NOT_CONNECTED = "{} loại số liệu chưa từng có ai gửi: nguồn chưa kết nối."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`marks`: by row the grade (`red` …) that colours it, or nothing."""

    title_vi: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ()


def tables(section: Section) -> tuple[Table, ...]:
    """Only those with something in them."""
    return tuple(table for table in _all(section) if table.rows)


def notes(section: Section) -> tuple[str, ...]:
    """What stands below a section's tables."""
    found = []
    if section.opened > len(section.incidents):
        found.append(f"Tổng số sự việc mới trong kỳ: {section.opened}.")
    if section.never:
        found.append(NOT_CONNECTED.format(section.never))
    return tuple(found)


def is_empty(section: Section) -> bool:
    """A subsystem of which nothing is known: named in one line at the end."""
    return not tables(section)


def lines(report: Report) -> Iterator[str]:
    """The report as plain text."""
    yield report.title_vi
    yield report.headline_vi
    for section in report.sections:
        if is_empty(section):
            continue
        yield ""
        yield section.name_vi.upper()
        for table in tables(section):
            yield f"{table.title_vi}:"
            yield from (f"- {'; '.join(part for part in row if part)}" for row in table.rows)
        yield from notes(section)
    if quiet := nothing_known(report):
        yield ""
        yield quiet


def nothing_known(report: Report) -> str:
    names = [section.name_vi for section in report.sections if is_empty(section)]
    return f"Không có gì để báo cáo hoặc chưa có số liệu: {', '.join(names)}." if names else ""


def _all(section: Section) -> Iterator[Table]:
    yield Table(
        title_vi="Chỉ số chính",
        heads=FIGURE_HEADS,
        rows=tuple(
            (one.name_vi, one.period_vi, one.value_vi, one.target_vi, one.grade_vi, one.change_vi,
             moment(one.computed_at))
            for one in section.figures
        ),
        marks=tuple(one.grade.value for one in section.figures),
    )  # fmt: skip
    yield Table(
        title_vi="Sự việc",
        heads=INCIDENT_HEADS,
        rows=tuple(
            (one.title_vi, moment(one.opened_at),
             moment(one.closed_at) if one.closed_at else "chưa đóng", one.state_vi)
            for one in section.incidents
        ),
    )  # fmt: skip
    yield Table(
        title_vi="Quá hạn",
        heads=OVERDUE_HEADS,
        rows=tuple(
            (one.type_vi, one.unit_vi, str(one.count), moment(one.oldest_due_at))
            for one in section.overdue
        ),
    )
    yield Table(
        title_vi="Bất thường và dự báo",
        heads=REMARK_HEADS,
        rows=tuple((one.name_vi, one.text_vi, one.advice_vi) for one in section.remarks),
    )
    yield Table(
        title_vi="Ai chưa báo",
        heads=SILENT_HEADS,
        rows=tuple(
            (one.measure_vi, one.period_vi, f"{one.told}/{one.of}", one.who_vi, one.source_vi)
            for one in section.silent
        ),
    )
