"""JSON items and SQL rows read by a mapping, as if they were rows of a table."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from contracts.indicator import AnyBody
from hub.entrances.csv_table import same
from hub.entrances.encoding import composed
from hub.entrances.faults import Fault, Unusable
from hub.entrances.limits import Limits
from hub.entrances.mapping import Mapping as Meaning
from hub.entrances.pull.connector import PullFailed
from hub.entrances.reading import Reader
from hub.entrances.rows import Row
from hub.entrances.table import Broken, Cell

LIMITS = Limits()


class Missing:
    """What dig finds where nothing is."""


def dig(item: Any, path: str) -> Any:
    """What stands at `data.records.0.name` of parsed JSON; Missing if nothing does."""
    if isinstance(item, Mapping) and path in item:
        return item[path]
    if not path:
        return item
    head, _, rest = path.partition(".")
    if isinstance(item, Mapping) and head in item:
        return dig(item[head], rest)
    if isinstance(item, list) and head.isdecimal() and int(head) < len(item):
        return dig(item[int(head)], rest)
    return Missing


def read(items: Iterable[Any], meaning: Meaning) -> tuple[list[AnyBody], list[Fault]]:
    """What the usable items say, and what is wrong with the others."""
    bodies: list[AnyBody] = []
    faults: list[Fault] = []
    reader = Reader(meaning)
    columns = list(meaning.columns())
    for number, item in enumerate(items, 1):
        try:
            said = reader.read(Row(number=number, cells=dict(_cells(item, columns))))
        except Unusable as wrong:
            raise PullFailed(f"mapping cannot read this source: {wrong}") from None
        bodies += said.bodies
        faults += said.faults
    return bodies, faults


def _cells(item: Any, columns: list[str]) -> Iterator[tuple[str, Cell]]:
    for column in columns:
        held = dig(item, column)
        if held is not Missing:
            yield same(column), cell(held)


def cell(held: Any) -> Cell:
    """A value of JSON or a database driver as a cell."""
    if isinstance(held, str):
        if len(held) > LIMITS.max_cell_characters:
            return held[: LIMITS.max_cell_characters]
        return composed(held)
    if held is None or isinstance(held, bool | int | float | datetime | date | time | timedelta):
        return held
    if isinstance(held, Decimal):
        return float(held)
    if isinstance(held, Mapping | list | bytes | memoryview):
        return Broken(
            shown=type(held).__name__,
            wrong="không phải một giá trị đơn",
            remedy="chỉ tới đúng trường trong tệp ánh xạ",
        )
    return str(held)
