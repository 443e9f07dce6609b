"""A report on A4 paper: reportlab, and FiraGO (SIL OFL) from a package, so that Vietnamese comes
out right on a machine without fonts.  reportlab needs no system library and no font engine; Noto
Sans of the same package lacks ≥ and ▲."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from hub.reporting import rows
from hub.reporting.content import Report, moment
from hub.reporting.rows import Table

FONT, BOLD = "FiraGO", "FiraGO-Bold"
MARGIN_MM = 16
WIDTH_MM = 210 - 2 * MARGIN_MM
GROUNDS = {"red": "#f9d9d5", "yellow": "#fbefcf", "green": "#e2f2e6"}
"""Light enough for black letters and for a printer without colours: the grade stands in words."""
WEIGHTS = {7: (26, 14, 15, 9, 15, 14, 11), 5: (26, 16, 9, 32, 17), 4: (46, 18, 18, 18),
           3: (26, 42, 32)}  # fmt: skip
"""Widths of columns by their number, in percent."""


def write(report: Report) -> bytes:
    """The PDF."""
    from reportlab.lib.units import mm  # noqa: PLC0415  (20 MB that only a report needs)
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    _fonts()
    out = BytesIO()
    document = SimpleDocTemplate(
        out, title=report.title_vi, author="Đông Giang IOC", lang="vi", invariant=1,
        leftMargin=MARGIN_MM * mm, rightMargin=MARGIN_MM * mm, topMargin=18 * mm,
        bottomMargin=18 * mm,
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawString(MARGIN_MM * mm, 10 * mm, report.title_vi)
        canvas.drawRightString((210 - MARGIN_MM) * mm, 10 * mm, f"Trang {page.page}")

    document.build(list(_story(report)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(report: Report) -> Iterator[Any]:
    yield _text(report.title_vi, size=16, bold=True, after=4)
    yield _text(f"Lập lúc {moment(report.made_at)}.", size=9)
    if report.is_early:
        yield _text("Kỳ chưa kết thúc: số liệu đến lúc lập.", size=10, bold=True)
    if report.demo:
        yield _text("DỮ LIỆU MÔ PHỎNG", size=11, bold=True)
    yield _text(report.headline_vi, size=11, after=6)
    for section in report.sections:
        if rows.is_empty(section):
            continue
        yield _text(section.name_vi, size=13, bold=True, before=8, keep=True)
        for table in rows.tables(section):
            yield _text(table.title_vi, size=10, bold=True, before=4, after=2, keep=True)
            yield _table(table)
        for note in rows.notes(section):
            yield _text(note, size=9, before=2)
    if quiet := rows.nothing_known(report):
        yield _text(quiet, size=9, before=10)


def _table(table: Table) -> Any:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import LongTable, TableStyle  # noqa: PLC0415

    weights = WEIGHTS[len(table.heads)]
    head = [_text(word, size=8, bold=True) for word in table.heads]
    body = [[_text(word, size=8) for word in row] for row in table.rows]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#b5bec6")),
        ("LINEBELOW", (0, 0), (-1, 0), 1, HexColor("#15202b")),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    for number, mark in enumerate(table.marks, start=1):
        if mark in GROUNDS:
            style.append(("BACKGROUND", (0, number), (-1, number), HexColor(GROUNDS[mark])))
    return LongTable(
        [head, *body], repeatRows=1, style=TableStyle(style),
        colWidths=[(WIDTH_MM * mm - 12) * weight / sum(weights) for weight in weights],
    )  # fmt: skip


def _text(
    words: str,
    *,
    size: float,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> Any:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.platypus import Paragraph  # noqa: PLC0415

    style = ParagraphStyle(
        "words", fontName=BOLD if bold else FONT, fontSize=size, leading=size * 1.3,
        spaceBefore=before, spaceAfter=after, keepWithNext=keep,
    )  # fmt: skip
    return Paragraph(escape(words), style)


@cache
def _fonts() -> None:
    import pymupdf_fonts  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    for name, code in ((FONT, "figo"), (BOLD, "figbo")):
        pdfmetrics.registerFont(TTFont(name, BytesIO(pymupdf_fonts.myfont(code))))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD)
