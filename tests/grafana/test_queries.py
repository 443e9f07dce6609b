"""Every query of every board, executed by a real InfluxDB that was provisioned and holds a
simulated week in each of its tiers."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest

from contracts.measurement import SHAPES, Measurement
from grafana.board import INCIDENTS, Board, Choice
from grafana.generate import boards
from grafana.influxql import values_of
from hub.config import Influx
from hub.timeseries.influx import InfluxStore
from provisioning.changes import carry_out
from provisioning.continuous import continuous
from provisioning.influx import Server, plan
from provisioning.tiers import Tiers
from tests.grafana import week
from tests.hub.daemons import Influxd

BOARDS = boards()


@pytest.fixture(scope="module")
def influxd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    server = Influxd(Path(tmp_path_factory.mktemp("series")) / "influxdb")
    server.start()
    provision(server)
    store = InfluxStore(Influx(url=server.url, api="v1"))
    lines = week.lines()
    while some := list(islice(lines, 5000)):
        store.write(some)
    store.close()
    down_sample(server)
    yield server
    server.end()


def provision(server: Influxd) -> None:
    wanted = Server(api="v1", url=server.url, database="ioc", secret=None)
    for _ in carry_out(plan(wanted, Tiers.of(), []), ()):
        pass


def down_sample(server: Influxd) -> None:
    """Coarser points of the week stand beside the raw ones, as they do after a year."""
    span = f"WHERE time >= '{week.START:%Y-%m-%d}' AND time < '{week.END:%Y-%m-%d}'"
    queries = [
        continuous("ioc", "autogen", tier, measurement)
        for tier in Tiers.of().coarse
        for measurement in Measurement
    ]
    text = "; ".join(f"{each.select} {span} {each.group}" for each in queries)
    answer = httpx.post(f"{server.url}/query", data={"q": text}, trust_env=False, timeout=60)
    results = answer.json()["results"]
    assert len(results) == len(queries)
    assert all(each["series"][0]["values"][0][1] for each in results), "a tier has no points"


def interpolated(query: str, chosen: dict[str, list[str]]) -> str:
    """As Grafana does it before it sends a query: time, interval, `${name:regex}`."""
    since, until = (int(each.timestamp() * 1000) for each in (week.START, week.END))
    query = query.replace("$timeFilter", f"time >= {since}ms and time <= {until}ms")
    query = query.replace("$__interval", "1h")
    for name, values in chosen.items():
        escaped = "|".join(re.sub(r"([\\^$*+?.()|{}\[\]/])", r"\\\1", each) for each in values)
        query = query.replace(f"${{{name}:regex}}", f"({escaped})")
    assert "$" not in query.replace("$/", ""), f"not interpolated: {query}"
    return query


def rows(influxd: Influxd, query: str) -> list[list[object]]:
    answer = httpx.get(
        f"{influxd.url}/query", params={"db": "ioc", "q": query, "epoch": "ms"}, trust_env=False
    ).json()
    result = answer["results"][0]
    assert "error" not in result, f"{result['error']}: {query}"
    return [row for series in result.get("series", []) for row in series["values"]]


def values(influxd: Influxd, choice: Choice) -> list[str]:
    return [str(row[1]) for row in rows(influxd, values_of(choice.tag, choice.source))]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_every_target_and_variable_returns_rows(influxd: Influxd, board: Board) -> None:
    chosen = {each.name: values(influxd, each) for each in board.choices}
    assert all(chosen.values()), f"a variable of {board.uid} has no values: {chosen}"
    queries = returned = 0
    for view in board.views:
        for query in view.queries:
            found = rows(influxd, interpolated(query.query, chosen))
            assert found, f"{board.uid}, {view.title}: no rows of {query.query}"
            queries, returned = queries + 1, returned + len(found)
    print(f"\n{board.uid}: {len(board.views)} panels, {queries} queries, {returned} rows")


def test_annotations_return_rows(influxd: Influxd) -> None:
    assert rows(influxd, interpolated(INCIDENTS, {}))


def test_the_week_fills_every_measurement() -> None:
    assert set(week.TAGS) == set(SHAPES)
