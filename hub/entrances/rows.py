"""From the lines of a table to rows whose cells are known by their header."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice

from hub.entrances.csv_table import same
from hub.entrances.faults import Fault, shown
from hub.entrances.mapping import Mapping as Meaning
from hub.entrances.table import Broken, Cell, Line, Merged, Table, letter
from hub.entrances.values import text

HEADER_WITHIN = 30
"""Titles, departments and dates stand above a header; never more than a screen of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Cells by header (as csv_table.same writes it), and where each stands for people."""

    number: int
    cells: Mapping[str, Cell]
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, column: str) -> str:
        return self.places.get(same(column), column)


class HeaderWrong(ValueError):
    """The columns are not what the mapping says; one fault for each."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} wrong columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """At which position (from 0) each mapped column stands."""

    number: int
    positions: dict[str, int]
    places: dict[str, str]


@dataclass(slots=True)
class Rows:
    """The data rows of a table, to be read once; `blank` counts those that say nothing."""

    table: Table
    meaning: Meaning
    header: Header = field(init=False)
    blank: int = 0
    _above: list[Line] = field(init=False)

    def __post_init__(self) -> None:
        wanted = self.meaning.header_row
        most = HEADER_WITHIN if wanted == "auto" else wanted
        self._above = list(islice(self.table.lines, most))
        self.header = find_header(self._above, self.meaning)

    def __iter__(self) -> Iterator[Row]:
        after = [line for line in self._above if line.number > self.header.number]
        merged = Overlay(self.table.merged, self.header)
        for line in _chain(after, self.table.lines):
            if line.blank:
                self.blank += 1
                if self.meaning.ends_at_blank_row:
                    return
                continue
            yield self._row(line, merged)

    def _row(self, line: Line, merged: "Overlay") -> Row:
        cells = {
            name: line.cells[position] if position < len(line.cells) else None
            for name, position in self.header.positions.items()
        }
        cells.update(merged.over(line.number, cells))
        return Row(number=line.number, cells=cells, places=self.header.places)


def _chain(first: Iterable[Line], then: Iterable[Line]) -> Iterator[Line]:
    yield from first
    yield from then


class Overlay:
    """Says of each mapped cell that was merged with others that it has no value of its own."""

    def __init__(self, merged: Iterable[Merged], header: Header) -> None:
        columns = {position + 1: name for name, position in header.positions.items()}
        self._coming = [
            (each, touched)
            for each in sorted(merged, key=lambda area: area.first_row)
            if each.last_row > header.number
            and (touched := [columns[column] for column in columns
                             if each.first_column <= column <= each.last_column])
        ]  # fmt: skip
        self._active: list[tuple[Merged, list[str]]] = []

    def over(self, row: int, cells: Mapping[str, Cell]) -> dict[str, Cell]:
        while self._coming and self._coming[0][0].first_row <= row:
            self._active.append(self._coming.pop(0))
        self._active = [each for each in self._active if each[0].last_row >= row]
        return {
            name: Broken(
                shown=_plain(cells[name]),
                wrong=f"ô nằm trong vùng ô gộp {area.area}",
                remedy="bỏ gộp ô (Unmerge) và điền giá trị vào từng dòng",
            )
            for area, touched in self._active
            for name in touched
        }


def _plain(cell: Cell) -> str:
    return cell.shown if isinstance(cell, Broken) else shown(cell)


def find_header(lines: list[Line], meaning: Meaning) -> Header:
    """The line that holds the mapped columns; raises HeaderWrong with a fault for each column."""
    columns = meaning.columns()
    if meaning.header_row != "auto":
        lines = [line for line in lines if line.number == meaning.header_row]
    needed = {same(column) for column, required in columns.items() if required}
    best = max(lines, key=lambda line: len(needed & set(_names(line))), default=None)
    if best is None:
        raise HeaderWrong([
            Fault(row=0, wrong="không có dòng tiêu đề", remedy="xuất lại tệp có dòng tên cột")
        ])  # fmt: skip
    names = _names(best)
    faults = [*_missing(best.number, names, columns), *_doubled(best.number, names, columns)]
    if faults:
        raise HeaderWrong(faults)
    positions = {same(each): names.index(same(each)) for each in columns if same(each) in names}
    written = {same(each): each for each in columns}
    return Header(
        number=best.number,
        positions=positions,
        places={name: f"{letter(at + 1)} «{written[name]}»" for name, at in positions.items()},
    )


def _names(line: Line) -> list[str]:
    return [same("" if isinstance(cell, Broken) else text(cell)) for cell in line.cells]


def _missing(row: int, names: list[str], columns: Mapping[str, bool]) -> Iterator[Fault]:
    there = [name for name in names if name]
    for column, required in columns.items():
        if not required or same(column) in names:
            continue
        close = get_close_matches(same(column), there, n=1)
        hint = f"; có phải «{close[0]}»?" if close else ""
        yield Fault(
            row=row,
            column=column,
            value=shown(", ".join(there), 200),
            wrong=f"thiếu cột «{column}»",
            remedy=f"thêm cột hoặc sửa tên cột trong tệp ánh xạ{hint}",
        )


def _doubled(row: int, names: list[str], columns: Mapping[str, bool]) -> Iterator[Fault]:
    for column in columns:
        if names.count(same(column)) > 1:
            at = [letter(i + 1) for i, name in enumerate(names) if name == same(column)]
            yield Fault(
                row=row,
                column=" và ".join(at),
                value=column,
                wrong=f"có {len(at)} cột cùng tên «{column}»",
                remedy="giữ một cột, đổi tên hoặc xoá cột kia",
            )
