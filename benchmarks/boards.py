"""How long the server makes a board: `python -m benchmarks.boards [--rounds N]`.

Sixty days of a district: two hundred units, fifty thousand cases, a hundred thousand online
texts, and the figures and observations that they make, written straight into a fresh SQLite file.
Each page is then asked for `rounds` times, one at a time, and its 95th percentile stands beside
the limit.  The time is that of the whole application, sessions and compression included, without
a network; on a busy machine the processor's time, of which the worst board's is judged as well,
is the steadier figure.
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import yaml
from fastapi.testclient import TestClient
from sqlalchemy import Table, insert

from benchmarks.figure import Figure, command
from contracts.clock import utc_now
from contracts.identity import new_ulid
from hub.admission import Admission
from hub.catalogue.grade import grade
from hub.catalogue.periods import Period, Span, between
from hub.catalogue.records import Catalogue, Indicator, Unit
from hub.config import Console, HubConfig, Influx, Subsystems
from hub.context import Context
from hub.database import Database, open_engine
from hub.feed import Feed
from hub.health import Health
from hub.incidents import Incidents
from hub.knowledge import Knowledge, learn
from hub.mentions.store import MentionBook
from hub.mentions.topics import district_topics
from hub.migrations import upgrade
from hub.records import cases, figures, mentions, observations
from hub.timeseries.duck import DuckStore
from hub.web.app import create_app
from hub.wording import LOCAL

LIMIT_MS = 100.0
DAYS, CASES, MENTIONS = 60, 50_000, 100_000
ROUNDS = 100
UNITS = {
    "school": 60, "health-station": 30, "office": 40, "camera": 30, "weather-station": 12,
    "service": 15, "tower": 8, "reservoir": 1,
}  # fmt: skip
"""With the district and its four communes two hundred and one."""

NAMES = {
    "school": "Trường phổ thông dân tộc bán trú số", "health-station": "Trạm y tế số",
    "office": "Phòng chuyên môn số", "camera": "Camera số", "weather-station": "Trạm đo mưa số",
    "service": "Dịch vụ số", "tower": "Tháp canh số", "reservoir": "Hồ chứa số",
}  # fmt: skip
BACK = {Span.HOUR: 7, Span.DAY: DAYS, Span.WEEK: 365, Span.MONTH: 800}
"""Days of figures of each length; of the hours the last week, as retention would leave them."""
ROWS = 5_000

PAGES = (
    "/wall", "/s/public-services", "/s/education", "/s/health", "/s/environment", "/s/documents",
    "/s/online-information", "/s/citizens-reports", "/s/socio-economic",
    "/s/public-services?unit=20467", "/s/public-services?day={day}",
    "/s/public-services/cases?which=open", "/figures/education.attendance",
    "/figures/public-services.on-time?term=1", "/figures/online-information.mentions",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How much was written."""

    observations: int
    figures: int
    cases: int
    mentions: int


def know(folder: Path) -> Knowledge:
    """The shipped catalogue and the units of a whole district."""
    communes = [one.id for one in learn(Subsystems()).catalogue.of_kind("commune", _today())]
    units = [
        {"id": f"{kind}-{number}", "kind": kind, "name_vi": f"{NAMES[kind]} {number}",
         "parent": communes[number % len(communes)]}
        for kind, count in UNITS.items()
        for number in range(1, count + 1)
    ]  # fmt: skip
    folder.mkdir()
    (folder / "units.yaml").write_text(yaml.safe_dump({"units": units}), encoding="utf-8")
    return learn(Subsystems(catalogue_folder=folder))


def fill(database: Database, knowledge: Knowledge, now: datetime, *, demo: bool = True) -> Filled:
    chance = random.Random(7)
    catalogue = knowledge.catalogue
    return Filled(
        observations=_write(database, observations, _observations(catalogue, now, chance, demo)),
        figures=_write(database, figures, _figures(catalogue, now, chance)),
        cases=_write(database, cases, _cases(knowledge, now, chance, demo)),
        mentions=_write(database, mentions, _mentions(catalogue, now, chance, demo)),
    )


def _write(database: Database, table: Table, rows: Iterator[dict[str, Any]]) -> int:
    count, some = 0, []
    for row in rows:
        some.append(row)
        if len(some) == ROWS:
            count += _insert(database, table, some)
            some = []
    return count + _insert(database, table, some)


def _insert(database: Database, table: Table, rows: list[dict[str, Any]]) -> int:
    if rows:
        with database.work() as work:
            work.connection.execute(insert(table), rows)
    return len(rows)


def _periods(span: Span, now: datetime) -> Iterable[Period]:
    return between(span, now - timedelta(days=BACK.get(span, 1500)), now)


def _observations(
    catalogue: Catalogue, now: datetime, chance: random.Random, demo: bool
) -> Iterator[dict[str, Any]]:
    for measure in catalogue.measures.values():
        units = catalogue.of_kind(measure.level, _today())
        for period in _periods(measure.period, now):
            for unit in units:
                if chance.random() < 0.97:
                    yield {
                        "measure": measure.id, "unit": unit.id, "period_start": period.start,
                        "period_end": period.end, "value": float(chance.randrange(10, 500)),
                        "recorded_at": min(period.end, now), "superseded_at": None,
                        "source": "benchmark", "actor": "benchmark", "demo": demo,
                    }  # fmt: skip


def _figures(
    catalogue: Catalogue, now: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for indicator in catalogue.at(_today()).values():
        kinds = catalogue.kinds_from(indicator.level)
        units = [one for kind in kinds for one in catalogue.of_kind(kind, _today())]
        for period in _periods(indicator.period, now):
            for unit in units:
                yield _figure(indicator, unit, period, chance)


def _figure(
    indicator: Indicator, unit: Unit, period: Period, chance: random.Random
) -> dict[str, Any]:
    near = indicator.target if indicator.target is not None else 40.0
    value = None if chance.random() < 0.02 else max(0.0, chance.gauss(near, abs(near) * 0.04 + 1))
    leaves = indicator.parsed.leaves
    return {
        "indicator": indicator.id, "unit": unit.id, "period_start": period.start,
        "period_end": period.end, "value": value,
        "grade": grade(value, indicator.bands, indicator.direction).value,
        "missing": "" if value is not None else f"chưa có số liệu: {leaves[0].text}",
        "terms": [
            {"text": leaf.text, "value": value, "start": period.start.isoformat(),
             "end": period.end.isoformat()}
            for leaf in leaves
        ],
        "computed_at": period.start,
    }  # fmt: skip


def _cases(
    knowledge: Knowledge, now: datetime, chance: random.Random, demo: bool
) -> Iterator[dict[str, Any]]:
    communes = knowledge.catalogue.of_kind("commune", _today())
    cycles = [knowledge.lifecycles[one] for one in ("dossier", "document-in", "report")]
    for number in range(CASES):
        cycle = cycles[0 if number % 5 < 3 else number % 5 - 2]
        received = now - timedelta(days=chance.random() * DAYS)
        due = received + timedelta(days=chance.choice((5, 10, 20)))
        finished = received + timedelta(days=chance.expovariate(1 / 4))
        done = finished < now
        states = [one for one in cycle.states if (one.phase.value == "done") == done]
        state = chance.choice(states)
        yield {
            "type": cycle.type, "case": f"H49.{number:06}", "subsystem": cycle.subsystem,
            "unit": chance.choice(communes).id, "state": state.code, "phase": state.phase.value,
            "outcome": state.outcome.value if state.outcome else None, "received_at": received,
            "changed_at": min(finished, now), "due_at": due,
            "finished_at": finished if done else None, "first_handled_at": None, "reopened": 0,
            "attributes": {"online": chance.random() < 0.7}, "irregular": "", "demo": demo,
        }  # fmt: skip


def _mentions(
    catalogue: Catalogue, now: datetime, chance: random.Random, demo: bool
) -> Iterator[dict[str, Any]]:
    communes = [one.id for one in catalogue.of_kind("commune", _today())]
    topics = sorted(district_topics().topics)
    first = new_ulid()
    for number in range(MENTIONS):
        name = new_ulid()
        first = name if chance.random() < 0.6 else first
        yield {
            "id": name, "digest": number.to_bytes(16, "big"), "source": "bao-dia-phuong",
            "url": f"https://example.invalid/{number}",
            "title": f"Tin số {number} về xã vùng cao trong huyện", "text": "Nội dung " * 60,
            "published_at": now - timedelta(days=DAYS * (1 - number / MENTIONS)),
            "recorded_at": now, "interactions": chance.randrange(500), "cluster": first,
            "signature": b"\0" * 64, "tone": chance.choice(("positive", "neutral", "negative")),
            "tone_score": 0.0, "topics": chance.sample(topics, 1),
            "communes": chance.sample(communes, chance.randrange(2)), "keywords": [],
            "demo": demo,
        }  # fmt: skip


def console(database: Database, knowledge: Knowledge, folder: Path) -> TestClient:
    def health() -> Health:
        now = utc_now()
        return Health(
            at=now, started_at=now, broker_connected=True, last_message_at=now,
            last_processed_at=now, waiting_alarm=0, waiting_bulk=0, inbox_undone=0,
            series_backlog=0, series_error="", notifications_pending=0, quarantined=0,
            counters={}, dead=(), troubles=(),
        )  # fmt: skip

    context = Context(
        config=HubConfig(console=Console(), influx=Influx()), database=database,
        feed=database.feed, series=DuckStore(folder / "series.duckdb"), health=health,
        incidents=Incidents(lambda _work, _row, _event: None), knowledge=knowledge,
        admission=Admission(knowledge, MentionBook()),
    )  # fmt: skip
    return TestClient(create_app(context), base_url="http://127.0.0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Of each request for a page, in milliseconds: by the clock, and of the processor."""

    path: str
    clock: list[float]
    processor: list[float]

    def figure(self) -> Figure:
        return Figure(
            name=self.path[:28], value=_p95(self.clock), limit=LIMIT_MS, unit="ms",
            note=f"p95 of {len(self.clock)}; p50 {statistics.median(self.clock):.0f} ms; "
            f"of the processor p95 {_p95(self.processor):.0f} ms; {self.path}",
        )  # fmt: skip


def worst(found: list[Times]) -> Figure:
    """The board that takes most of the processor."""
    most = max(found, key=lambda one: _p95(one.processor))
    return Figure(
        name="boards, of the processor", value=_p95(most.processor), limit=LIMIT_MS, unit="ms",
        note=f"p95 of {most.path}, the worst of {len(found)}",
    )  # fmt: skip


def ask(client: TestClient, path: str, rounds: int) -> Times:
    times, costs = [], []
    for _ in range(rounds + 2):
        begun, begun_cpu = perf_counter(), process_time()
        answer = client.get(path)
        times.append((perf_counter() - begun) * 1000)
        costs.append((process_time() - begun_cpu) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.text[:200]}")
    return Times(path=path, clock=times[2:], processor=costs[2:])


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def measure(rounds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        knowledge = know(folder / "catalogue")
        engine = open_engine(f"sqlite:///{folder / 'hub.db'}")
        upgrade(engine)
        database = Database(engine, Feed())
        begun = perf_counter()
        filled = fill(database, knowledge, utc_now())
        print(f"{filled} in {perf_counter() - begun:.0f} s", flush=True)
        client = console(database, knowledge, folder)
        day = f"{_today() - timedelta(days=9)}"
        found = [ask(client, path.format(day=day), rounds) for path in PAGES]
        database.close()
        return [*(each.figure() for each in found), worst(found)]


def _today() -> date:
    return utc_now().astimezone(LOCAL).date()


def main() -> int:
    return command(__doc__, measure, rounds=ROUNDS)


if __name__ == "__main__":
    sys.exit(main())
