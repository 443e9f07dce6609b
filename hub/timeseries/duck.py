"""The embedded store: DuckDB, one file, one table for each measurement of the contract.

Tags and time are the primary key, so a point written again overwrites itself, as in InfluxDB.
"""

import subprocess
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from contracts.measurement import SHAPES, Measurement
from hub.arrival import nanoseconds
from hub.timeseries.lineprotocol import NotALine, decode
from hub.timeseries.point import Point, Sample
from hub.timeseries.store import Rejected, Unavailable

MEMORY = "32MB"
"""The hub's whole memory stays under 200 MB at a thousand devices; DuckDB spills to disk."""

PART = 1_000
"""Points in one transaction: the more, the higher the peak of the memory."""

TEXT_UNIT = "ulid"


class DuckStore:
    """One connection, taken in turns: writes are batches of milliseconds, reads are small."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._connection = duckdb.connect(
            str(path),
            config={"memory_limit": MEMORY, "threads": 1, "preserve_insertion_order": False},
        )
        for measurement in Measurement:
            self._prepare(measurement)

    def write(self, lines: Sequence[str]) -> None:
        """In parts of `PART`; a point written twice is the same point, so a part may come again."""
        for start in range(0, len(lines), PART):
            self._write_part(lines[start : start + PART])

    def _write_part(self, lines: Sequence[str]) -> None:
        points: dict[Measurement, list[Point]] = defaultdict(list)
        for line in lines:
            try:
                point = decode(line)
            except NotALine as wrong:
                raise Rejected(store=str(self._path), answer=str(wrong)) from None
            points[point.measurement].append(point)
        with self._turn:
            try:
                self._write_all(points)
            except duckdb.ConstraintException as wrong:
                raise Rejected(store=str(self._path), answer=str(wrong)) from None
            except duckdb.Error as wrong:
                raise Unavailable(store=str(self._path), answer=str(wrong)) from None

    def _write_all(self, points: Mapping[Measurement, list[Point]]) -> None:
        self._connection.execute("BEGIN")
        try:
            for measurement, some in points.items():
                statement, columns = _insert(measurement, some)
                self._connection.execute(statement, columns)
            self._connection.execute("COMMIT")
        except duckdb.Error:
            self._connection.execute("ROLLBACK")
            raise

    def samples(
        self,
        measurement: Measurement,
        field: str,
        tags: Mapping[str, str],
        since: datetime,
        limit: int,
    ) -> list[Sample]:
        shape = SHAPES[measurement]
        if field not in shape.fields or not set(tags) <= set(shape.tags):
            raise ValueError(f"{measurement} has no field {field!r} or tag of {sorted(tags)}")
        wanted = "".join(f' AND "{name}" = ?' for name in tags)
        query = (
            f'SELECT at_ns, "{field}" FROM "{measurement}" '  # noqa: S608 (names are the contract's)
            f'WHERE at_ns >= ? AND "{field}" IS NOT NULL{wanted} '
            f"ORDER BY at_ns DESC LIMIT {limit:d}"
        )
        with self._turn:
            rows = self._connection.execute(query, [nanoseconds(since), *tags.values()]).fetchall()
        return [
            Sample(at=datetime.fromtimestamp(at / 1e9, UTC), value=float(value))
            for at, value in reversed(rows)
        ]

    def count(self, measurement: Measurement) -> int:
        """How many points of one measurement are stored."""
        with self._turn:
            row = self._connection.execute(f'SELECT count(*) FROM "{measurement}"').fetchone()  # noqa: S608
        return int(row[0]) if row else 0

    def copy_to(self, target: Path) -> None:
        """Copies the whole file; points wait in the spool meanwhile.  Raises OSError.

        By another process: to close a file that DuckDB has open would end its lock (POSIX).
        """
        with self._turn:
            try:
                self._connection.execute("CHECKPOINT")
            except duckdb.Error as wrong:
                raise OSError(str(wrong)) from None
            copied = subprocess.run(
                ["cp", "--reflink=auto", "--", str(self._path), str(target)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        if copied.returncode != 0:
            raise OSError(copied.stderr.strip())

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    def _prepare(self, measurement: Measurement) -> None:
        """Makes the table, or adds the fields that a newer contract has."""
        shape = SHAPES[measurement]
        tags = "".join(f'"{tag}" VARCHAR NOT NULL, ' for tag in shape.tags)
        keys = "".join(f'"{tag}", ' for tag in shape.tags)
        self._connection.execute(
            f'CREATE TABLE IF NOT EXISTS "{measurement}" '
            f"({tags}at_ns BIGINT NOT NULL, PRIMARY KEY ({keys}at_ns))"
        )
        for field, unit in shape.fields.items():
            kind = "VARCHAR" if unit == TEXT_UNIT else "DOUBLE"
            self._connection.execute(
                f'ALTER TABLE "{measurement}" ADD COLUMN IF NOT EXISTS "{field}" {kind}'
            )


def _insert(measurement: Measurement, points: Sequence[Point]) -> tuple[str, list[list[Any]]]:
    """One statement whose parameters are columns: DuckDB takes lists a thousand times faster
    than rows."""
    shape = SHAPES[measurement]
    newest = {(point.tags, point.at_ns): point for point in points}.values()
    columns: dict[str, tuple[str, list[Any]]] = {}
    for tag in shape.tags:
        columns[tag] = ("VARCHAR", [dict(point.tags).get(tag, "") for point in newest])
    columns["at_ns"] = ("BIGINT", [point.at_ns for point in newest])
    for field, unit in shape.fields.items():
        values = [dict(point.fields).get(field) for point in newest]
        if any(value is not None for value in values):
            columns[field] = ("VARCHAR" if unit == TEXT_UNIT else "DOUBLE", values)
    names = ", ".join(f'"{name}"' for name in columns)
    lists = ", ".join(f"unnest(?::{kind}[])" for kind, _ in columns.values())
    statement = f'INSERT OR REPLACE INTO "{measurement}" ({names}) SELECT {lists}'
    return statement, [values for _, values in columns.values()]
