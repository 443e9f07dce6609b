"""XLSX: one sheet, read only, values as Excel left them; a formula is never calculated."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice, repeat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from hub.entrances.csv_table import too_long, too_many
from hub.entrances.encoding import composed
from hub.entrances.faults import Unusable
from hub.entrances.limits import Limits
from hub.entrances.table import Broken, Cell, Line, Table
from hub.entrances.workbook import damaged, inspect, scan

MAX_ROW_NUMBER = 1_048_576
BATCH = 1_000
FORMATTED_ROWS = 10_000
"""Rows that have a height or a colour and no data.  What has more rows is not given to openpyxl,
which reads a sheet twice if it does not say its dimension."""

_HOSTILE = (
    AttributeError, EOFError, IndexError, InvalidFileException, KeyError, NotImplementedError,
    OverflowError, ParseError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What openpyxl raises for XML that no office program wrote."""


def read(path: Path, limits: Limits, *, sheet: str | int | None = None) -> Table:
    """The lines of the sheet called `sheet` (or its number from 1; the first if None)."""
    scans = {part: scan(path, part) for part in inspect(path, limits)}
    for each in scans.values():
        if each.rows > limits.max_rows + FORMATTED_ROWS:
            raise too_many(each.rows, limits)
    name, part = _chosen(path, sheet)
    found = scans.get(part)
    if found is None:
        raise damaged()
    lines = _lines(path, name, found.formulas, limits)
    return Table(lines=_bounded(lines, found.rows, limits), merged=found.merged)


@contextmanager
def _opened(path: Path, *, data_only: bool) -> Iterator[Any]:
    """The workbook; openpyxl parses with defusedxml, which refuses entities."""
    with path.open("rb") as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
            except _HOSTILE:
                raise damaged() from None
        try:
            yield book
        finally:
            book.close()


def _chosen(path: Path, wanted: str | int | None) -> tuple[str, str]:
    """Name of the sheet and its part in the archive."""
    with _opened(path, data_only=True) as book:
        names = [each.title for each in book.worksheets]
        if isinstance(wanted, str):
            position = next((i for i, name in enumerate(names) if _same(name, wanted)), -1)
        else:
            position = (wanted or 1) - 1
        if not 0 <= position < len(names):
            raise Unusable(
                wrong=f"không có trang tính {wanted!r}",
                remedy=f"đặt tên đúng; tệp có: {', '.join(names)}",
            )
        return names[position], book.worksheets[position]._worksheet_path  # noqa: SLF001


def _same(name: str, wanted: str) -> bool:
    return composed(name).strip().casefold() == composed(wanted).strip().casefold()


def _lines(path: Path, sheet: str, formulas: bool, limits: Limits) -> Iterator[Line]:
    with ExitStack() as open_books:
        wanted = (True, False) if formulas else (True,)  # the same cells as values, as formulas
        rows = [
            _rows(open_books.enter_context(_opened(path, data_only=each))[sheet], limits)
            for each in wanted
        ]
        for number, both in enumerate(zip(*rows, strict=True), 1):
            values, sources = both[0], both[-1]
            _narrow(values, number, limits)
            width = _width(values)
            cells = map(_cell, values[:width], sources[:width], repeat(limits))
            yield Line(number=number, cells=tuple(cells))


def _width(cells: Sequence[Any]) -> int:
    """Cells up to the last that is there: openpyxl fills every row to the same width."""
    for width in range(len(cells), 0, -1):
        if cells[width - 1] is not EMPTY_CELL:
            return width
    return 0


def _rows(sheet: Any, limits: Limits) -> Iterator[Sequence[Any]]:
    """Rows of cells, fetched in batches so that openpyxl's warnings are kept quiet."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=limits.max_columns + 1)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                batch = list(islice(rows, BATCH))
            except _HOSTILE:
                raise damaged() from None
        if not batch:
            return
        yield from batch


def _narrow(cells: Sequence[Any], number: int, limits: Limits) -> None:
    if cells[limits.max_columns :] and cells[-1].value is not None:
        raise Unusable(
            row=number,
            wrong=f"dòng {number} có nhiều hơn {limits.max_columns} cột",
            remedy="xoá các cột thừa",
        )


def _cell(value: Any, source: Any, limits: Limits) -> Cell:
    if source.data_type == "f" and value.value is None:
        return Broken(
            shown=str(source.value)[:80],
            wrong="công thức chưa có kết quả",
            remedy="mở bằng Excel, tính lại và lưu; hoặc dán lại dạng giá trị",
        )
    if value.data_type == "e":
        return Broken(
            shown=str(value.value)[:80],
            wrong="ô báo lỗi của Excel",
            remedy="sửa công thức hoặc ghi giá trị",
        )
    held: Cell = value.value
    if isinstance(held, str):
        return too_long(held, limits) if len(held) > limits.max_cell_characters else composed(held)
    return held


def _bounded(lines: Iterator[Line], declared: int, limits: Limits) -> Iterator[Line]:
    rows = 0
    for line in lines:
        rows += not line.blank
        if rows > limits.max_rows:
            raise too_many(declared, limits)
        if line.number > MAX_ROW_NUMBER:
            raise damaged()
        yield line
