"""What the hub could not use: shown, and put to use after it was mended."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.identity import new_ulid
from hub.config import load
from hub.quarantine import Refused, keep
from hub.server import open_database
from ioc import cli
from ioc.exits import Exit

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)
TOPIC = "v1/up/thap-prao/bulk/telemetry"


def telemetry() -> bytes:
    body = {
        "v": 1, "id": new_ulid(), "device": "thap-prao", "lane": "bulk", "epoch": 1, "seq": 1,
        "captured_at": NOON.isoformat(), "sent_at": NOON.isoformat(), "measurement": "box",
        "values": {"cpu_percent": 12.0},
    }  # fmt: skip
    return json.dumps(body).encode()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A hub whose quarantine holds a good message (1) and a hopeless one (2)."""
    path = tmp_path / "hub.toml"
    path.write_text("")
    database = open_database(load(path))
    with database.work() as work:
        held = [
            Refused(topic=TOPIC, body=body, reason=reason, detail="why", received_at=NOON)
            for body, reason in ((telemetry(), "future-dated"), (b"{", "malformed"))
        ]
        keep(work, held, messages=10, size=10_000)
    database.close()
    return path


def quarantine(*arguments: str) -> int:
    return cli.main(["--log-level", "error", "hub", "quarantine", *arguments])


def test_list_shows_the_reason_of_each(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quarantine("list", "--config", str(config)) == Exit.OK
    said = capsys.readouterr().out
    assert "future-dated" in said
    assert "malformed" in said
    assert "2 messages" in said


def test_replay_uses_what_it_can_and_says_what_stays(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quarantine("replay", "--config", str(config), "--all") == Exit.FAILED
    said = capsys.readouterr()
    assert "message 1 is put to use" in said.out
    assert "message 2 stays in quarantine" in said.err
    quarantine("list", "--config", str(config))
    assert "1 messages" in capsys.readouterr().out


def test_replay_of_one_by_its_number(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quarantine("replay", "--config", str(config), "1") == Exit.OK
    assert quarantine("replay", "--config", str(config), "1") == Exit.FAILED
    assert "no message 1" in capsys.readouterr().err


def test_replay_wants_numbers_or_all_and_not_both(config: Path) -> None:
    assert quarantine("replay", "--config", str(config)) == Exit.USAGE
    assert quarantine("replay", "--config", str(config), "--all", "1") == Exit.USAGE


def test_an_empty_quarantine_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hub.toml").write_text("")
    assert quarantine("list", "--config", str(tmp_path / "hub.toml")) == Exit.OK
    assert "quarantine is empty" in capsys.readouterr().out
