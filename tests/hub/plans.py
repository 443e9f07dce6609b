"""How SQLite goes about what is asked of it while a piece of code runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event


@contextmanager
def steps(connection: Connection) -> Iterator[list[str]]:
    """The steps of each query of the block: `SEARCH …` by an index, `SCAN …` of a whole table."""
    asked: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, given: Any, ___: Any, many: bool) -> None:
        if statement.startswith("SELECT") and not many:
            asked.append((statement, given))

    found: list[str] = []
    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", hear)
    for statement, given in asked:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        found += [row.detail for row in plan]
