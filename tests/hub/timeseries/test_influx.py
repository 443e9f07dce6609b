"""InfluxDB: a real 1.x server, and the documented answers of the newer ones."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from contracts.measurement import Measurement
from hub.arrival import line_of
from hub.config import HubConfig, Influx
from hub.database import Database
from hub.records import spool
from hub.shed import backlog
from hub.timeseries import open_store
from hub.timeseries.influx import InfluxStore
from hub.timeseries.lineprotocol import encode
from hub.timeseries.point import Point
from hub.timeseries.store import Misconfigured, Rejected, SeriesError, TooLarge, Unavailable
from hub.timeseries.writer import Writer
from tests.hub.conftest import NOON
from tests.hub.daemons import Influxd
from tests.hub.messages import telemetry
from tests.hub.timeseries.test_lineprotocol import tag_texts, texts
from tests.waiting import until


@pytest.fixture(scope="module")
def influxd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    server = Influxd(tmp_path_factory.mktemp("influx") / "data")
    server.start()
    yield server
    server.end()


@pytest.fixture
def store(influxd: Influxd) -> Iterator[InfluxStore]:
    opened = open_store(Influx(api="v1", url=influxd.url))
    assert isinstance(opened, InfluxStore)
    yield opened
    opened.close()


def line(second: float, **values: float) -> str:
    return line_of(telemetry(NOON + timedelta(seconds=second), values=values))


def test_points_are_written_and_read_back(store: InfluxStore) -> None:
    store.write([line(1, cpu_percent=1), line(2, cpu_percent=2), line(3, memory_percent=9)])
    tags = {"device": "thap-prao"}
    read = store.samples(Measurement.BOX, "cpu_percent", tags, NOON, 10)
    assert [sample.value for sample in read] == [1, 2]
    assert read[0].at.replace(microsecond=0) == NOON + timedelta(seconds=1)
    newest = store.samples(Measurement.BOX, "cpu_percent", tags, NOON, 1)
    assert [sample.value for sample in newest] == [2]
    assert store.samples(Measurement.BOX, "cpu_percent", {"device": "x'y"}, NOON, 9) == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tag=tag_texts.filter(lambda text: text.isprintable()), text=texts, at=st.integers(1, 2**60))
def test_whatever_is_in_a_tag_or_text_comes_back_as_it_was(
    store: InfluxStore, influxd: Influxd, tag: str, text: str, at: int
) -> None:
    store.write(
        [
            encode(
                Point(
                    measurement=Measurement.SIGHTING,
                    tags=(("device", tag), ("camera", "c"), ("label", "smoke")),
                    fields=(("sighting", text),),
                    at_ns=at,
                )
            )
        ]
    )
    where = f"time = {at}"
    found = influxd.column(f"SELECT sighting, device FROM sighting WHERE {where}")
    tags = influxd.column(f"SELECT device, sighting FROM sighting WHERE {where}")
    assert (text in found, tag in tags) == (True, True)
    influxd.column("DROP MEASUREMENT sighting")


def test_a_bad_line_is_rejected_by_the_server(store: InfluxStore) -> None:
    with pytest.raises(Rejected, match="unable to parse"):
        store.write(["box,device=x cpu_percent=noon 1"])


def test_a_database_that_is_not_there_is_a_misconfiguration(influxd: Influxd) -> None:
    other = InfluxStore(Influx(api="v1", url=influxd.url, database="nowhere"))
    with pytest.raises(Misconfigured, match="database not found"):
        other.write([line(1, cpu_percent=1)])
    other.close()


def test_a_server_that_is_not_there_is_waited_for() -> None:
    away = open_store(Influx(api="v1", url="http://127.0.0.1:9"))
    with pytest.raises(Unavailable, match="ConnectError"):
        away.write([line(1, cpu_percent=1)])
    with pytest.raises(Unavailable):
        away.samples(Measurement.BOX, "cpu_percent", {}, NOON, 1)
    away.close()


@pytest.mark.parametrize("death", ["stopped", "killed"])
def test_no_point_is_missing_after_the_server_died(
    database: Database, tmp_path: Path, death: str
) -> None:
    server = Influxd(tmp_path / "influx")
    server.start()
    series = Influx(api="v1", url=server.url, batch_points=200)
    store = open_store(series)
    config = HubConfig(influx=series)
    writer = Writer(config=config, database=database, store=store)
    writer.start()
    for batch in range(10):
        with database.work() as work:
            lines = [line(batch * 500 + n, cpu_percent=n) for n in range(500)]
            work.connection.execute(insert(spool), [{"line": each} for each in lines])
        writer.wake()
        if batch == 3:
            server.kill() if death == "killed" else server.end()
            until(lambda: writer.error)
        if batch == 6:
            server.start()
    until(lambda: backlog(database) == 0, limit_s=60)
    writer.stop()
    store.close()
    assert server.column("SELECT count(cpu_percent) FROM box") == [5000]
    server.end()


class Newer:
    """Speaks what the manuals of InfluxDB 2 and 3 say a write is answered with."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, bytes]] = []
        self.status = 204
        self.retry_after = ""
        newer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                newer.asked.append((self.path, self.headers["Authorization"], body))
                self.send_response(newer.status)
                if newer.retry_after:
                    self.send_header("Retry-After", newer.retry_after)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def newer() -> Iterator[Newer]:
    made = Newer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("t0ken\n")
    return tmp_path / "token"


@pytest.mark.parametrize(
    ("api", "path", "credentials"),
    [
        ("v2", "/api/v2/write?org=dong-giang&bucket=ioc&precision=ns", "Token t0ken"),
        ("v3", "/api/v3/write_lp?db=ioc&precision=nanosecond", "Bearer t0ken"),
    ],
)
def test_each_interface_is_addressed_as_its_manual_says(
    newer: Newer, token: Path, api: Any, path: str, credentials: str
) -> None:
    store = open_store(Influx(api=api, url=newer.url, org="dong-giang", token_file=token))
    store.write(["a", "b"])
    assert newer.asked == [(path, credentials, b"a\nb")]
    store.close()


def test_a_user_and_password_open_a_1x_server(newer: Newer, token: Path) -> None:
    settings = Influx(api="v1", url=newer.url, username="hub", token_file=token)
    store = InfluxStore(settings)
    store.write(["a"])
    [(path, credentials, _)] = newer.asked
    assert path == "/write?db=ioc&precision=ns"
    assert credentials == "Basic aHViOnQwa2Vu"
    store.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected), (422, Rejected), (413, TooLarge), (401, Misconfigured),
        (403, Misconfigured), (404, Misconfigured), (429, Unavailable), (503, Unavailable),
        (500, Unavailable),
    ],
)  # fmt: skip
def test_every_answer_has_its_meaning(
    newer: Newer, token: Path, status: int, kind: type[SeriesError]
) -> None:
    store = open_store(Influx(api="v3", url=newer.url, token_file=token))
    newer.status = status
    with pytest.raises(kind, match=f"HTTP {status}"):
        store.write(["a"])
    store.close()


def test_the_server_s_wish_to_wait_is_passed_on(newer: Newer, token: Path) -> None:
    store = open_store(Influx(api="v3", url=newer.url, token_file=token))
    newer.status, newer.retry_after = 503, "12"
    with pytest.raises(Unavailable) as refused:
        store.write(["a"])
    assert refused.value.retry_after_s == 12
    store.close()
