"""A real InfluxDB 1 that asks for passwords: from nothing to a board's query that answers."""

import re
import stat
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert

from contracts.measurement import Measurement
from grafana.influxql import over_time
from hub import config as hub_config
from hub.config import Influx
from hub.database import Database, open_engine
from hub.feed import Feed
from hub.migrations import upgrade
from hub.records import spool
from hub.timeseries import open_store
from hub.timeseries.influx import InfluxStore
from hub.timeseries.store import Misconfigured
from hub.timeseries.writer import Writer
from ioc import cli
from ioc.exits import Exit
from provisioning.continuous import continuous
from provisioning.tiers import Tiers
from tests.grafana import week
from tests.hub.daemons import Influxd, free_port

ADMIN, PASSWORD = "admin", "mật khẩu quản trị"


@pytest.fixture(scope="module")
def influxd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    server = Influxd(Path(tmp_path_factory.mktemp("series")) / "influxdb", auth=True)
    server.start()
    answer = httpx.post(
        f"{server.url}/query",
        data={"q": f"CREATE USER {ADMIN} WITH PASSWORD '{PASSWORD}' WITH ALL PRIVILEGES"},
        trust_env=False,
    )
    assert answer.is_success
    yield server
    server.end()


class Place:
    """A hub's folder; `ioc(...)` runs `ioc provision influx` there."""

    def __init__(
        self, influxd: Influxd, folder: Path, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.influxd, self.folder, self.name, self.capsys = influxd, folder, name, capsys
        self.hub_file, self.grafana_file = folder / "influx.token", folder / "grafana-influx.token"
        (folder / "admin.pass").write_text(PASSWORD + "\n", encoding="utf-8")
        self.configure()

    def configure(self, **more: str) -> None:
        settings = {
            "api": "v1", "url": self.influxd.url, "database": self.name,
            "username": f"{self.name}-hub", "token_file": "influx.token",
        } | more  # fmt: skip
        lines = [f'{key} = "{value}"' for key, value in settings.items()]
        (self.folder / "hub.toml").write_text("\n".join(["[influx]", *lines]), encoding="utf-8")

    def ioc(
        self, *more: str, password: str = "admin.pass", user: str = ADMIN
    ) -> tuple[int, str, str]:
        code = cli.main(
            [
                "provision", "influx", "--config", str(self.folder / "hub.toml"),
                "--admin-user", user, "--admin-token-file", str(self.folder / password), *more,
            ]
        )  # fmt: skip
        said = self.capsys.readouterr()
        return code, said.out, said.err

    @property
    def settings(self) -> Influx:
        return hub_config.load(self.folder / "hub.toml").influx

    def query(self, text: str, user: str = ADMIN, password: str = PASSWORD) -> httpx.Response:
        return httpx.post(
            f"{self.influxd.url}/query", params={"db": self.name}, data={"q": text},
            auth=httpx.BasicAuth(user.encode(), password.encode()), trust_env=False, verify=False,
        )  # fmt: skip

    def rows(self, text: str) -> list[list[object]]:
        result = self.query(text).json()["results"][0]
        assert "error" not in result, result
        return [row for series in result.get("series", []) for row in series.get("values", [])]

    def grafana(self, text: str) -> httpx.Response:
        return self.query(text, "ioc-grafana", self.grafana_file.read_text().strip())

    def write_week(self, one_in: int = 16) -> None:
        """Some of each measurement."""
        store = InfluxStore(self.settings)
        store.write(list(islice(week.lines(), None, None, one_in)))
        store.close()

    def hub_writes_week(self) -> None:
        """The way that the hub's points go: from its spool, by its writer."""
        engine = open_engine(f"sqlite:///{self.folder / 'hub.db'}")
        upgrade(engine)
        database = Database(engine, Feed())
        rows = [{"line": line} for line in islice(week.lines(), None, None, 16)]
        with database.work() as work:
            work.connection.execute(insert(spool), rows)
        config = hub_config.load(self.folder / "hub.toml")
        store = open_store(config.influx)
        assert Writer(config=config, database=database, store=store).write_batch() == len(rows)
        store.close()
        database.close()


@pytest.fixture
def place(
    influxd: Influxd, tmp_path: Path, request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> Place:  # fmt: skip
    name = re.sub(r"\W", "_", request.node.name)[:40]
    return Place(influxd, tmp_path, name, capsys)


def test_from_nothing_to_a_board_that_answers_and_again_without_a_change(place: Place) -> None:
    code, out, err = place.ioc()
    assert (code, err) == (Exit.OK, "")
    secrets = [file.read_text().strip() for file in (place.hub_file, place.grafana_file)]
    assert all(len(each) > 30 for each in secrets)
    assert not [each for each in (*secrets, PASSWORD) if each in out + err]
    for file in (place.hub_file, place.grafana_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    place.hub_writes_week()
    board = over_time("uptime_s", "box", by="device").query
    board = board.replace("$timeFilter", f"time < '{week.END:%Y-%m-%dT%H:%M:%SZ}'")
    board = board.replace("$__interval", "1d").replace("fill(none)", "fill(none) LIMIT 3")
    answer = place.grafana(board).json()["results"][0]["series"]
    assert len(answer) == len(week.DEVICES)
    code, out, _ = place.ioc()
    assert (code, out) == (Exit.OK, f"{place.influxd.url}: nothing to change\n")


def test_a_dry_run_tells_all_and_writes_nothing(place: Place) -> None:
    code, out, _ = place.ioc("--dry-run")
    assert code == Exit.OK
    assert f"+ database {place.name}: keeps 400 days" in out
    assert f"+ retention policy {place.name}.daily: keeps for ever" in out
    assert len(re.findall(r"^\+ continuous query ", out, re.MULTILINE)) == 2 * len(Measurement)
    assert "nothing was written" in out
    assert [place.name] not in place.rows("SHOW DATABASES")
    assert not place.hub_file.exists()


def test_hub_and_grafana_may_no_more_than_they_need(place: Place) -> None:
    place.ioc()
    hub = InfluxStore(place.settings)
    hub.ensure_database()
    hub.close()
    other = InfluxStore(place.settings.model_copy(update={"database": "_internal"}))
    with pytest.raises(Misconfigured):
        other.write(["hub,hub=ioc received=1 1"])
    other.close()
    stolen = place.settings.model_copy(
        update={"username": "ioc-grafana", "token_file": place.grafana_file}
    )
    grafana = InfluxStore(stolen)
    with pytest.raises(Misconfigured):
        grafana.write(["hub,hub=ioc received=1 1"])
    grafana.close()
    assert place.grafana("SHOW MEASUREMENTS").is_success
    refused = place.query("SHOW USERS", f"{place.name}-hub", place.hub_file.read_text().strip())
    assert refused.status_code == httpx.codes.FORBIDDEN


def test_down_sampling_fills_its_tiers_and_leaves_the_raw_points(place: Place) -> None:
    place.ioc()
    place.write_week(one_in=5)
    count = 'SELECT count("opened") FROM "incident"'
    before = place.rows(count)
    for tier in Tiers.of().coarse:
        name = f'"{place.name}"."{tier.name}"'
        for measurement in Measurement:
            query = continuous(place.name, "autogen", tier, measurement)
            span = f"time >= '{week.START:%Y-%m-%d}' AND time < '{week.END:%Y-%m-%d}'"
            assert place.rows(f"{query.select} WHERE {span} {query.group}")[0][1] != 0
            assert place.rows(f'SHOW TAG VALUES FROM {name}."{measurement}" WITH KEY =~ /./')
        assert place.rows(f'SELECT sum("opened") FROM {name}."incident"')[0][1] == pytest.approx(
            place.rows('SELECT sum("opened") FROM "incident"')[0][1]
        )
    assert place.rows(count) == before
    days = place.rows(f'SELECT "uptime_s" FROM "{place.name}"."daily"."box"')
    assert {str(row[0])[11:] for row in days} == {"17:00:00Z"}
    hours = place.rows(f'SELECT "uptime_s" FROM "{place.name}"."hourly"."box"')
    assert len({str(row[0])[11:] for row in hours}) == 24


def test_a_database_that_the_hub_made_first_keeps_its_points(place: Place) -> None:
    place.rows(f'CREATE DATABASE "{place.name}"')
    place.rows(f"CREATE USER \"{place.name}-hub\" WITH PASSWORD 'cu'")
    place.rows(f'GRANT ALL ON "{place.name}" TO "{place.name}-hub"')
    place.hub_file.write_text("cu\n")
    place.write_week()
    count = place.rows('SELECT count("uptime_s") FROM "box"')
    code, out, _ = place.ioc()
    assert code == Exit.OK
    assert f"~ retention policy {place.name}.autogen: keeps 400 days, was for ever\n" in out
    assert place.rows('SELECT count("uptime_s") FROM "box"') == count
    assert place.hub_file.read_text() == "cu\n"


def test_points_are_deleted_only_when_that_is_wanted(place: Place) -> None:
    place.ioc("--raw-days", "0", "--hourly-days", "0")
    store = InfluxStore(place.settings)
    store.write(["hub,hub=ioc received=1 1500000000000000000"])
    store.close()
    code, out, err = place.ioc()
    assert code == Exit.FAILED
    assert "which are deleted  (only with --shorten)" in out
    assert "left as it is, for want of --shorten" in err
    assert place.rows('SELECT "received" FROM "hub"')
    assert place.ioc("--shorten")[0] == Exit.OK
    assert place.ioc()[1].endswith("nothing to change\n")


def test_what_was_altered_by_hand_is_mended_and_what_is_foreign_stays(place: Place) -> None:
    place.ioc()
    into = f'INTO "{place.name}"."daily"."x" FROM "box" GROUP BY time(1d)'
    foreign = f'ON "{place.name}" BEGIN SELECT mean("uptime_s") {into} END'
    for statement in (
        f'DROP CONTINUOUS QUERY "ioc_hourly_box" ON "{place.name}"',
        f'CREATE CONTINUOUS QUERY "ioc_hourly_box" {foreign}',
        f'CREATE CONTINUOUS QUERY "ioc_old_thing" {foreign}',
        f'CREATE CONTINUOUS QUERY "theirs" {foreign}',
        f"SET PASSWORD FOR \"{place.name}-hub\" = 'khac'",
        'CREATE DATABASE "payroll"',
        'GRANT ALL ON "payroll" TO "ioc-grafana"',
    ):
        place.rows(statement)
    kept = place.hub_file.read_text()
    code, out, _ = place.ioc()
    assert code == Exit.OK
    signs = [line for line in out.splitlines() if line[:2] in ("+ ", "~ ", "- ")]
    assert signs == [
        "~ continuous query ioc_hourly_box",
        "- continuous query ioc_old_thing",
        f"~ user {place.name}-hub: the password is that in {place.hub_file}",
        "~ user ioc-grafana: no right on payroll",
    ]
    assert place.hub_file.read_text() == kept
    assert "theirs" in str(place.rows("SHOW CONTINUOUS QUERIES"))
    assert place.ioc()[1].endswith("nothing to change\n")


@pytest.fixture
def user(place: Place) -> Callable[[str], None]:
    def add(name: str) -> None:
        place.rows(f"CREATE USER \"{name}\" WITH PASSWORD 'binh thuong'")

    return add


def test_a_wrong_password_is_named(place: Place) -> None:
    (place.folder / "wrong.pass").write_text("sai\n")
    code, _, err = place.ioc(password="wrong.pass")
    assert code == Exit.NO_PERMISSION
    assert "refuses the credential, 401" in err
    assert "sai" not in err


def test_a_right_that_is_missing_is_named(place: Place, user: Callable[[str], None]) -> None:
    user("ordinary")
    (place.folder / "ordinary.pass").write_text("binh thuong\n")
    code, _, err = place.ioc(password="ordinary.pass", user="ordinary")
    assert code == Exit.NO_PERMISSION
    assert "the right is missing, 403" in err
    assert "WITH ALL PRIVILEGES" in err


def test_a_server_that_is_away_is_named(place: Place) -> None:
    place.configure(url=f"http://127.0.0.1:{free_port()}")
    code, _, err = place.ioc()
    assert code == Exit.UNAVAILABLE
    assert "does not answer (ConnectError" in err


def test_tls_that_the_server_does_not_speak_is_named(place: Place) -> None:
    place.configure(url=place.influxd.url.replace("http:", "https:"))
    code, _, err = place.ioc()
    assert code == Exit.PROTOCOL
    assert "TLS fails" in err


def test_another_version_than_the_hub_expects_is_named(place: Place) -> None:
    place.configure(api="v2", org="dong-giang")
    code, _, err = place.ioc()
    assert code == Exit.PROTOCOL
    assert 'is InfluxDB 1.6.7~rc0; set influx.api = "v1"' in err


@pytest.mark.parametrize("api", ["embedded", "v3"])
def test_what_is_not_provisioned_says_so(place: Place, api: str) -> None:
    place.configure(api=api)
    code, _, err = place.ioc()
    assert code == Exit.CONFIGURATION
    assert "influx.api" in err
