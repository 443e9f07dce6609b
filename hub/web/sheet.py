"""Rows as CSV that a spreadsheet opens safely.

UTF-8 with a byte order mark, so that spreadsheets read Vietnamese; a text that a spreadsheet
would take for a formula (OWASP, CSV injection) gets an apostrophe before it.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from hub.wording import LOCAL

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"

Cell = str | float | int | datetime | None


def sheet(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: Cell) -> str | float | int:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" ").startswith(DANGEROUS) else cell
    return cell
