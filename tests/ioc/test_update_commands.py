"""`ioc update`: a file is signed, taken to a box, tested there and adopted."""

from pathlib import Path

import pytest

from contracts.update import What
from edge_agent.updates.store import Store
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


def test_a_key_of_updates_that_cannot_be_read_is_a_fault(config: Path, capsys: Said) -> None:
    assert cli.main(["check-config", str(config)]) == Exit.CONFIGURATION
    assert "update.trusted_keys" in capsys.readouterr().err
