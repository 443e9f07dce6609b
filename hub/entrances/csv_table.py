"""CSV: delimiters `,` `;` tab, quoted line breaks, Excel's `sep=` line; one record is one line."""

import csv
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from hub.entrances.encoding import Encoding, composed, detect
from hub.entrances.faults import Unusable
from hub.entrances.limits import Limits
from hub.entrances.table import Broken, Cell, Line, Table

DELIMITERS = (";", ",", "\t")
SAMPLE_LINES = 50
SAMPLE_CHARACTERS = 65_536


def read(
    path: Path,
    limits: Limits,
    *,
    encoding: Encoding = "auto",
    delimiter: str = "auto",
    expected: Collection[str] = (),
) -> Table:
    """The lines of a text file; `expected` headers help to tell the delimiter."""
    codec = detect(path, encoding)
    chosen, prefixed = _delimiter(path, codec, delimiter, expected)
    return Table(lines=_bounded(_lines(path, codec, chosen, prefixed, limits), limits))


def _delimiter(path: Path, codec: str, wanted: str, expected: Collection[str]) -> tuple[str, bool]:
    """The delimiter, and whether the first line is `sep=`."""
    with path.open(encoding=codec, newline="") as file:
        first = file.readline(SAMPLE_CHARACTERS)
        said = first.strip().removeprefix("\ufeff")
        if said.lower().startswith("sep=") and len(said) <= 5:
            return (said[4:] or "\t"), True
        if wanted != "auto":
            return wanted, False
        sample = [first, *(file.readline(SAMPLE_CHARACTERS) for _ in range(SAMPLE_LINES))]
    return max(DELIMITERS, key=lambda each: _score(sample, each, expected)), False


def _score(sample: list[str], delimiter: str, expected: Collection[str]) -> tuple[int, int]:
    """How many expected headers one line has; then how many lines are cut alike."""
    records = [record for record in _tolerant(sample, delimiter) if record]
    found = max((len({same(cell) for cell in each} & set(expected)) for each in records), default=0)
    widths = [len(record) for record in records if len(record) > 1]
    return found, max((widths.count(width) for width in widths), default=0)


def _tolerant(sample: list[str], delimiter: str) -> list[list[str]]:
    records = []
    try:
        for record in csv.reader(sample, delimiter=delimiter):
            records.append(record)  # noqa: PERF402  (what was read before the error counts)
    except csv.Error:
        pass
    return records


@lru_cache(maxsize=8_192)
def same(header: str) -> str:
    """A header as it is compared: composed, one space, no case."""
    return " ".join(composed(header).split()).casefold()


def _lines(
    path: Path, codec: str, delimiter: str, prefixed: bool, limits: Limits
) -> Iterator[Line]:
    with path.open(encoding=codec, newline="") as file:
        number = 0
        for record in _records(file, delimiter):
            number += 1
            if prefixed and number == 1:
                continue
            if len(record) > limits.max_columns and any(record[limits.max_columns :]):
                raise Unusable(
                    row=number,
                    wrong=f"dòng {number} có {len(record)} cột, nhiều hơn {limits.max_columns}",
                    remedy="xoá các cột thừa",
                )
            cells = record[: limits.max_columns]
            yield Line(number=number, cells=tuple(_cell(each, limits) for each in cells))


def _records(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise Unusable(
                row=number,
                wrong=f"dòng {number}: dấu ngoặc kép hoặc dấu phân cách sai ({wrong})",
                remedy='đóng dấu " hoặc viết "" trong ô có dấu ngoặc kép',
            ) from None
        yield record


def _cell(text: str, limits: Limits) -> Cell:
    if len(text) > limits.max_cell_characters:
        return too_long(text, limits)
    if "\ufffd" in text:
        return Broken(
            shown=text[:80],
            wrong="chữ đã hỏng từ trước (ký tự �)",
            remedy="xuất lại từ phần mềm gốc với bảng mã UTF-8",
        )
    return composed(text)


def too_long(text: str, limits: Limits) -> Broken:
    return Broken(
        shown=text[:80],
        wrong=f"ô dài {len(text)} ký tự, nhiều hơn {limits.max_cell_characters}",
        remedy="rút gọn nội dung ô",
    )


def _bounded(lines: Iterator[Line], limits: Limits) -> Iterator[Line]:
    """Ends with the count of all rows where there are too many."""
    rows = 0
    for line in lines:
        rows += not line.blank
        if rows > limits.max_rows:
            rows += sum(not rest.blank for rest in lines)
            raise too_many(rows, limits)
        yield line


def too_many(rows: int, limits: Limits) -> Unusable:
    return Unusable(
        wrong=f"tệp có {rows} dòng, nhiều hơn {limits.max_rows}",
        remedy="chia thành nhiều tệp nhỏ hơn",
    )
