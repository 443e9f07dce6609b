"""`ioc update`: a file is signed, taken to a box, tested there and adopted."""

from pathlib import Path

import pytest

from contracts.clock import utc_now
from contracts.rollout import Standing, UpdateState
from contracts.update import Ring, What
from edge_agent.updates.store import Store
from hub.config import load
from hub.rollouts import states
from hub.server import open_database
from ioc import cli
from ioc.exits import Exit
from tests.edge_agent.updates.making import AGENT, detector

Said = pytest.CaptureFixture[str]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "updates.pem"
    assert cli.main(["model", "keygen", "--out", str(path)]) == Exit.OK
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(AGENT)
    return path


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "usb" / "new.onnx"
    path.parent.mkdir()
    path.write_bytes(detector("two"))
    return path


def signing(file: Path, key: Path, *more: str, what: str = "model") -> list[str]:
    return ["update", "sign", str(file), "--what", what, "--version", "2", "--key", str(key), *more]


def test_from_a_key_to_a_box_with_a_new_detector(
    weights: Path, key: Path, config: Path, capsys: Said
) -> None:
    assert cli.main(signing(weights, key)) == Exit.OK
    said = capsys.readouterr().out
    assert "new.onnx.update.json: model new 2" in said
    assert "scores 0.900 for smoke on the reference picture" in said
    taking = ["agent", "update", f"{weights}.update.json", "--config", str(config)]
    assert cli.main(taking) == Exit.OK
    assert "passed its self-test" in capsys.readouterr().out
    line = Store(config.parent / "updates").line(What.MODEL)
    assert line.active is not None
    assert (line.active.read().version, line.on_trial) == (2, True)


def test_settings_are_read_before_they_are_signed(tmp_path: Path, key: Path, capsys: Said) -> None:
    file = tmp_path / "nguong.toml"
    file.write_text('[broker]\nurl = "mqtt://elsewhere"\n')
    assert cli.main(signing(file, key, what="configuration")) == Exit.FAILED
    assert "broker is not for an update to change" in capsys.readouterr().err
    file.write_text("telemetry_s = 60\n")
    assert cli.main(signing(file, key, "--floor", "3", what="configuration")) == Exit.FAILED
    assert "floor: at most the version" in capsys.readouterr().err
    assert cli.main(signing(file, key, what="configuration")) == Exit.OK


def test_a_box_says_why_it_does_not_take_it(
    weights: Path, key: Path, config: Path, capsys: Said
) -> None:
    assert cli.main(signing(weights, key)) == Exit.OK
    offer = Path(f"{weights}.update.json")
    taking = ["agent", "update", str(offer), "--config", str(config)]
    weights.write_bytes(weights.read_bytes()[:-1])
    assert cli.main(taking) == Exit.FAILED
    assert "the manifest says" in capsys.readouterr().err
    offer.write_text("{}")
    assert cli.main(taking) == Exit.FAILED
    assert "is not a signed update" in capsys.readouterr().err
    config.write_text(AGENT.replace('["updates.pub"]', "[]"))
    assert cli.main(taking) == Exit.CONFIGURATION
    assert "name the key that signs updates" in capsys.readouterr().err


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A hub that knows one box which takes updates."""
    path = tmp_path / "hub.toml"
    path.write_text("")
    database = open_database(load(path))
    said = UpdateState(
        device="thap-prao", at=utc_now(), ring=Ring.ALL, lines=(Standing(what=What.MODEL),)
    )
    with database.work() as work:
        states.write(work, said, utc_now())
    database.close()
    return path


def test_a_roll_out_is_begun_seen_halted_and_undone(
    weights: Path, key: Path, hub: Path, capsys: Said
) -> None:
    assert cli.main(signing(weights, key)) == Exit.OK
    offer, config = f"{weights}.update.json", ["--config", str(hub)]
    assert cli.main(["update", "status", *config]) == Exit.OK
    assert "chưa có đợt cập nhật nào" in capsys.readouterr().out
    assert cli.main(["update", "roll-out", offer, "--ring", "all", *config]) == Exit.OK
    assert "đợt cập nhật 1: model new 2" in capsys.readouterr().out
    assert len(list((hub.parent / "updates").iterdir())) == 1
    assert cli.main(["update", "roll-out", offer, *config]) == Exit.FAILED
    assert "ioc update halt 1" in capsys.readouterr().err
    assert cli.main(["update", "status", *config]) == Exit.OK
    said = capsys.readouterr().out
    for words in ("1. mô hình nhận dạng new 2: đang chạy, vòng all (1/1)",
                  "báo nhầm mỗi camera mỗi ngày: 0,00 (0 lần)", "chưa trả lời"):  # fmt: skip
        assert words in said
    assert cli.main(["update", "halt", "1", "--why", "nghỉ Tết", *config]) == Exit.OK
    assert cli.main(["update", "halt", "1", *config]) == Exit.FAILED
    assert "roll-out 1 is halted" in capsys.readouterr().err
    assert cli.main(["update", "roll-back", "1", *config]) == Exit.OK
    assert cli.main(["update", "status", *config]) == Exit.OK
    assert "đã hoàn tác" in capsys.readouterr().out
    assert cli.main(["update", "roll-back", "7", *config]) == Exit.FAILED


def test_a_roll_out_of_another_file_is_refused(
    weights: Path, key: Path, hub: Path, capsys: Said
) -> None:
    assert cli.main(signing(weights, key)) == Exit.OK
    weights.write_bytes(b"another")
    offer, config = f"{weights}.update.json", ["--config", str(hub)]
    assert cli.main(["update", "roll-out", offer, *config]) == Exit.FAILED
    assert "not the file that was signed" in capsys.readouterr().err
    assert cli.main(["update", "roll-out", str(weights), *config]) == Exit.FAILED
    assert "is not a signed update" in capsys.readouterr().err


def test_a_key_of_updates_that_cannot_be_read_is_a_fault(config: Path, capsys: Said) -> None:
    assert cli.main(["check-config", str(config)]) == Exit.CONFIGURATION
    assert "update.trusted_keys" in capsys.readouterr().err
