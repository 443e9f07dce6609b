"""The error report that goes back to the sender, CSV or XLSX; nothing in it is ever a formula."""

import csv
import os
import re
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from hub.entrances.faults import Fault

HEADINGS = ("Dòng", "Cột", "Giá trị", "Sai ở đâu", "Cách sửa")

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[-+]?[\d.,]*\d")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def neutral(said: str) -> str:
    """`said` as a spreadsheet shows it and never calculates it (OWASP, CSV injection)."""
    said = _CONTROLS.sub("\ufffd", said)
    if said.startswith(_DANGEROUS) and not _NUMBER.fullmatch(said):
        return f"'{said}"
    return said


def write(path: Path, faults: Iterable[Fault], count: int) -> None:
    """Writes the report whole or not at all; `count` may be more than those that are listed."""
    rows = [tuple(neutral(str(each or "")) for each in astuple(fault)) for fault in faults]
    if count > len(rows):
        rows.append(("", "", "", f"và {count - len(rows)} lỗi nữa", "sửa các lỗi trên rồi gửi lại"))
    draft = path.with_name(f".{path.name}.part")
    if path.suffix.lower() == ".csv":
        _write_csv(draft, rows)
    else:
        _write_xlsx(draft, rows)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(path)


def _write_csv(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)


def _write_xlsx(path: Path, rows: list[tuple[str, ...]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lỗi")
    for name, width in zip("ABCDE", (8, 28, 30, 50, 60), strict=True):
        sheet.column_dimensions[name].width = width
    for row in (HEADINGS, *rows):
        cells = []
        for said in row:
            cell = WriteOnlyCell(sheet, value=said)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)
