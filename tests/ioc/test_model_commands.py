"""`ioc model`: a key pair, a signed folder, and in words whether it is good."""

import stat
from pathlib import Path

import pytest

from edge_agent import weights
from ioc import cli
from ioc.exits import Exit
from tests.edge_agent.signed import STRANGER, signed, write_public
from tests.models.test_sign import write

Said = pytest.CaptureFixture[str]


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "rangers.pem"
    assert cli.main(["model", "keygen", "--out", str(path)]) == Exit.OK
    return path


def test_a_key_pair_is_made_once(tmp_path: Path, capsys: Said) -> None:
    private = tmp_path / "rangers.pem"
    assert cli.main(["model", "keygen", "--out", str(private)]) == Exit.OK
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert "detector.trusted_keys" in capsys.readouterr().out
    before = private.read_bytes()
    assert cli.main(["model", "keygen", "--out", str(private)]) == Exit.FAILED
    assert "is there already" in capsys.readouterr().err
    assert private.read_bytes() == before


def test_what_is_signed_is_verified_in_words(private: Path, tmp_path: Path, capsys: Said) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    write(folder, "whole.onnx")
    signing = ["model", "sign", str(folder), "--key", str(private), "--released", "2026-04-01"]
    assert cli.main(signing) == Exit.OK
    trusted = ["--trust", str(private.with_suffix(".pub"))]
    assert cli.main(["model", "verify", str(folder), *trusted]) == Exit.OK
    said = capsys.readouterr().out
    for words in ("tiny 1.2.3, released 2026-04-01", "signed by      rangers (key ",
                  "smoke, fire", "a" * 64, "whole.onnx: fp32, opset 17", "good:"):  # fmt: skip
        assert words in said
    assert cli.main(["model", "verify", str(folder / "whole.onnx"), *trusted]) == Exit.OK


def test_the_built_in_detector_is_good(capsys: Said) -> None:
    assert cli.main(["model", "verify"]) == Exit.OK
    said = capsys.readouterr().out
    assert "dg-detector" in said
    assert "signed by      release" in said


def test_a_strangers_signature_ends_with_1(tmp_path: Path, capsys: Said) -> None:
    folder = signed(tmp_path / "own", STRANGER).parent
    assert cli.main(["model", "verify", str(folder)]) == Exit.FAILED
    assert "not trusted here" in capsys.readouterr().err
    trusted = ["--trust", str(write_public(tmp_path / "s.pub", STRANGER))]
    assert cli.main(["model", "verify", str(folder), *trusted]) == Exit.OK


def test_a_file_that_the_manifest_does_not_name_ends_with_1(tmp_path: Path, capsys: Said) -> None:
    path = signed(tmp_path / "own", STRANGER)
    trusted = ["--trust", str(write_public(tmp_path / "s.pub", STRANGER))]
    other = path.rename(path.with_name("other.onnx"))
    assert cli.main(["model", "verify", str(other), *trusted]) == Exit.FAILED
    assert "does not name this file" in capsys.readouterr().err


def test_a_key_that_others_may_read_signs_nothing(
    private: Path, tmp_path: Path, capsys: Said
) -> None:
    private.chmod(0o644)
    write(tmp_path, "whole.onnx")
    assert cli.main(["model", "sign", str(tmp_path), "--key", str(private)]) == Exit.FAILED
    assert f"chmod 600 {private}" in capsys.readouterr().err
    assert not (tmp_path / "manifest.json").exists()


def test_a_passphrase_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    path = tmp_path / "hidden.pem"
    by = ["--passphrase-env", "IOC_TEST_PASSPHRASE"]
    assert cli.main(["model", "keygen", "--out", str(path), *by]) == Exit.FAILED
    monkeypatch.setenv("IOC_TEST_PASSPHRASE", "hunter2")
    assert cli.main(["model", "keygen", "--out", str(path), *by]) == Exit.OK
    write(tmp_path, "whole.onnx")
    assert cli.main(["model", "sign", str(tmp_path), "--key", str(path)]) == Exit.FAILED
    assert cli.main(["model", "sign", str(tmp_path), "--key", str(path), *by]) == Exit.OK
    out, err = capsys.readouterr()
    assert "needs a passphrase" in err
    assert "hunter2" not in out + err


def test_a_broken_built_in_detector_ends_the_agent_with_78(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setattr(weights, "default_weights", lambda: tmp_path / "none.onnx")
    file = tmp_path / "agent.toml"
    file.write_text('[device]\nname = "a"\n[[camera]]\nname = "b"\nurl = "usb:0"\n')
    assert cli.main(["agent", "run", "--config", str(file)]) == Exit.CONFIGURATION
    assert "nobody stands for" in capsys.readouterr().err
