"""An admission that keeps what it gets, in memory or in a file that outlives kill -9."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from contracts.clock import utc_now
from contracts.indicator import AnyBody, ObservationBody
from hub.entrances.admit import Admitted, Provenance, Refusal


class Kept:
    """Takes everything but the units in `unknown`; figures that come again are corrections."""

    def __init__(self, unknown: Sequence[str] = ()) -> None:
        self.unknown = unknown
        self.bodies: list[AnyBody] = []
        self.deliveries: list[Provenance] = []
        self.figures: dict[object, float] = {}
        self._files: dict[tuple[bytes, str], datetime] = {}

    def admit(self, bodies: Sequence[AnyBody], provenance: Provenance) -> Admitted:
        refused = tuple(
            Refusal(index=i, field="unit", value=unit, wrong="không có đơn vị này",
                    remedy="đăng ký đơn vị trong danh mục")
            for i, body in enumerate(bodies)
            if (unit := getattr(body, "unit", "")) in self.unknown
        )  # fmt: skip
        if refused:
            return Admitted(refused=refused)
        counted = [self._kind(body) for body in bodies]
        self.bodies += bodies
        self.deliveries.append(provenance)
        if provenance.sha256:
            self._files[provenance.sha256, provenance.mapping] = utc_now()
        return Admitted(
            stored=counted.count("new"),
            corrected=counted.count("corrected"),
            repeated=counted.count("repeated"),
        )

    def imported(self, sha256: bytes, mapping: str) -> datetime | None:
        return self._files.get((sha256, mapping))

    def _kind(self, body: AnyBody) -> str:
        if not isinstance(body, ObservationBody):
            return "new"
        key = (body.measure, body.unit, body.period_start, body.period_end)
        before = self.figures.get(key)
        self.figures[key] = body.value
        if before is None:
            return "new"
        return "repeated" if before == body.value else "corrected"


class Durable:
    """One SQLite file: bodies and the file's sha256 in one transaction."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("CREATE TABLE IF NOT EXISTS body (said TEXT)")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS file (sha256 BLOB, mapping TEXT, at TEXT, "
            "PRIMARY KEY (sha256, mapping))"
        )

    def admit(self, bodies: Sequence[AnyBody], provenance: Provenance) -> Admitted:
        with self._connection:
            self._connection.executemany(
                "INSERT INTO body VALUES (?)", [(body.model_dump_json(),) for body in bodies]
            )
            self._connection.execute(
                "INSERT INTO file VALUES (?, ?, ?)",
                (provenance.sha256, provenance.mapping, utc_now().isoformat()),
            )
        return Admitted(stored=len(bodies))

    def imported(self, sha256: bytes, mapping: str) -> datetime | None:
        found = self._connection.execute(
            "SELECT at FROM file WHERE sha256 = ? AND mapping = ?", (sha256, mapping)
        ).fetchone()
        return datetime.fromisoformat(found[0]) if found else None

    def count(self) -> int:
        (found,) = self._connection.execute("SELECT count(*) FROM body").fetchone()
        return int(found)

    def close(self) -> None:
        self._connection.close()
