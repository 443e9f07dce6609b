"""A CSV or XLSX file as lines with their original numbers: streamed, bounded, never evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openpyxl.utils import get_column_letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A cell that holds no usable value, with the reason and remedy."""

    shown: str
    wrong: str
    remedy: str


Cell = str | int | float | bool | datetime | date | time | timedelta | Broken | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a file as it stands there; numbers count from 1."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        return all(cell is None or cell == "" for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Cells that were merged into one; rows and columns count from 1, both ends belong to it."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def area(self) -> str:
        start = f"{get_column_letter(self.first_column)}{self.first_row}"
        return f"{start}:{get_column_letter(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of a file, to be read once, and its merged cells."""

    lines: Iterator[Line]
    merged: tuple[Merged, ...] = ()


def letter(column: int) -> str:
    """`C` for 3."""
    return get_column_letter(column)
