"""`ioc simulate` to files, and over HTTP to a real console with a token of either kind."""

import csv
import io
import re
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.database import Database
from hub.records import observations, tokens
from hub.server import Hub
from hub.web.app import create_app
from ioc import cli
from ioc.exits import Exit
from ioc.simulate import district, posting, run
from ioc.simulate.machines import FEEDS as MACHINES
from tests.ioc.conftest import serving
from tests.ioc.simulate.conftest import configuration

SMALL = ["simulate", "--days", "1", "--scale", "0.001"]
DAY = [*SMALL, "--until", "2026-10-31"]


@dataclass(frozen=True)
class Console:
    """A hub's console, served for real; the hub itself does not run."""

    url: str
    config: Path
    database: Database

    def token(self, *rights: str) -> str:
        path = self.config.parent / f"{len(rights)}.token"
        add = ["token", "add", f"t{len(rights)}", "--config", str(self.config), "--out", str(path)]
        assert cli.main([*add, "--may", "observation,case,mention", *rights]) == Exit.OK
        return str(path)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("console")
    hub = Hub(configuration(folder))
    with serving(create_app(hub.context())) as url:
        yield Console(url=url, config=folder / "hub.toml", database=hub.database)
    hub.stop()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A district of machines: the ways in are the same, the words fewer."""
    monkeypatch.setattr(district, "FEEDS", MACHINES)
    monkeypatch.setattr(district, "STORIES", ())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_out_writes_files_that_say_the_same_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "drop"
    assert cli.main([*DAY, "--out", str(out)]) == Exit.OK
    printed = {
        Path(path): int(count)
        for count, path in map(str.split, capsys.readouterr().out.splitlines())
    }
    assert set(out.glob("*.csv")) == set(printed)
    for path, count in printed.items():
        assert len(rows(path)) == count > 0
    [first, *_] = rows(out / "so-lieu-education.csv")
    assert first["measure"].startswith("education.")
    assert set(first) == {"measure", "unit", "period_start", "period_end", "value"}
    assert {"type", "case", "state", "category"} <= set(rows(out / "ho-so-report.csv")[0])
    assert "mô phỏng" in (out / "danh-muc" / "mo-phong.yaml").read_text("utf-8")
    before = {path.name: path.read_bytes() for path in printed}
    assert cli.main([*DAY, "--out", str(out)]) == Exit.OK
    assert {path.name: path.read_bytes() for path in printed} == before


@pytest.mark.usefixtures("few")
def test_a_token_file_hands_in_over_http_as_demo_and_again_changes_nothing(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    there = [*DAY, "--hub", console.url, "--token-file", console.token("--demo")]
    assert cli.main(there) == Exit.OK
    assert re.search(r"mô phỏng: [\d,]+ mới", capsys.readouterr().err)
    with console.database.read() as connection:
        assert set(connection.scalars(select(observations.c.demo).distinct())) == {True}
        kept = connection.scalar(select(func.count()).select_from(observations))
    assert cli.main(there) == Exit.OK
    with console.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(observations)) == kept


@pytest.mark.usefixtures("few")
def test_a_token_that_is_wrong_is_refused_with_its_status(
    console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.token"
    wrong.write_text("ioc_nobody\n")
    assert cli.main([*DAY, "--hub", console.url, "--token-file", str(wrong)]) == Exit.FAILED
    assert "401" in capsys.readouterr().err
    gone = str(tmp_path / "gone.token")
    assert cli.main([*DAY, "--hub", console.url, "--token-file", gone]) == Exit.FAILED
    assert "gone.token" in capsys.readouterr().err


@pytest.mark.usefixtures("few")
def test_a_hub_that_is_away_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(posting, "ATTEMPTS", 1)
    token = tmp_path / "a.token"
    token.write_text("ioc_a")
    there = ["--hub", "http://127.0.0.1:9", "--token-file", str(token)]
    assert cli.main([*DAY, *there]) == Exit.FAILED
    assert "http://127.0.0.1:9 does not take figures" in capsys.readouterr().err


class Listening(io.StringIO):
    """stderr that notices when the run says that it goes on live."""

    def __init__(self) -> None:
        super().__init__()
        self.live = threading.Event()

    def write(self, text: str) -> int:
        if "goes on live" in text:
            self.live.set()
        return super().write(text)


@pytest.mark.usefixtures("few")
def test_live_goes_on_until_it_is_interrupted_and_its_own_token_ends_with_it(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def sleep(_seconds: float) -> None:
        looked.set()
        threading.Event().wait(0.01)

    monkeypatch.setitem(run.live.__kwdefaults__ or {}, "sleep", sleep)
    stderr = Listening()
    monkeypatch.setattr(sys, "stderr", stderr)
    before = signal.getsignal(signal.SIGTERM)

    def interrupt() -> None:
        stderr.live.wait(60)
        looked.wait(60)
        signal.raise_signal(signal.SIGTERM)

    helper = threading.Thread(target=interrupt)
    helper.start()
    try:
        there = ["--hub", console.url, "--config", str(console.config), "--live"]
        assert cli.main([*SMALL, *there]) == Exit.INTERRUPTED
    finally:
        helper.join()
        signal.signal(signal.SIGTERM, before)
    assert looked.is_set()
    with console.database.read() as connection:
        own = connection.execute(select(tokens).where(tokens.c.name.startswith("mo-phong-"))).all()
    assert [row.revoked_at is not None for row in own] == [True]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--live", "--out", "x"], "not with --out"),
        (["--live", "--until", "2026-10-31", "--config", "x"], "not with --out or --until"),
        (["--hub", "http://127.0.0.1:9"], "give --token-file"),
        ([], "say where to"),
        (["--out", "x", "--until", "31/10/2026"], "write YYYY-MM-DD"),
        (["--out", "x", "--scale", "3"], "at most 2"),
    ],
)
def test_options_that_do_not_go_together_are_named(
    options: list[str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["simulate", *options]) == Exit.USAGE
    assert remedy in capsys.readouterr().err
