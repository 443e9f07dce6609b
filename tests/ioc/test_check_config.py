"""`ioc check-config` names every wrong key, its value and what to do."""

from pathlib import Path

import pytest

from ioc import cli
from ioc.exits import Exit
from tests.edge_agent.signed import signed, write_public, write_weights

AGENT = """
[device]
name = "thap-prao"
[[camera]]
name = "bac"
url = "rtsp://10.0.0.7/main"
"""


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "Check":
    return Check(tmp_path, capsys)


class Check:
    """Runs the command on a text; `said` is what it complained of."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "box.toml"
        self._capsys = capsys
        self.said = ""
        self.out = ""

    def __call__(self, text: str, *options: str) -> int:
        self.file.write_text(text, encoding="utf-8")
        code = cli.main(["check-config", *options, str(self.file)])
        self.out, self.said = self._capsys.readouterr()
        return code


def test_good_files_are_recognised_by_their_keys(check: Check) -> None:
    assert check(AGENT) == Exit.OK
    assert "good agent configuration" in check.out
    assert check("[console]\nport = 8081\n") == Exit.OK
    assert "good hub configuration" in check.out


def test_every_wrong_key_is_named_with_its_value(check: Check) -> None:
    wrong = AGENT.replace('"thap-prao"', '"Tháp"') + "interval_s = -1\ncolour = 9\n"
    assert check(wrong) == Exit.CONFIGURATION
    lines = check.said.splitlines()
    assert len(lines) == 3
    assert "device.name = 'Tháp'" in lines[0]
    assert "camera.0.interval_s = -1" in check.said
    assert "camera.0.colour = 9: this key is unknown; docs/agent-configuration.md" in check.said


def test_a_rule_over_several_keys_names_the_key_to_change(check: Check) -> None:
    assert check('[broker]\nurl = "mqtt://10.0.0.9"\n', "--as", "hub") == Exit.CONFIGURATION
    assert "broker.url = 'mqtt://10.0.0.9'" in check.said
    assert "mqtts://" in check.said


def test_a_needed_key_that_is_absent_is_named(check: Check) -> None:
    assert check('[device]\nname = "a"\n') == Exit.CONFIGURATION
    assert "camera = None: this key is needed" in check.said


def test_a_secret_that_is_not_there_is_named_and_never_shown(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = '[[webhook]]\nname = "p"\nurl = "http://127.0.0.1:9/h"\nsecret_env = "IOC_TEST_SECRET"\n'
    monkeypatch.delenv("IOC_TEST_SECRET", raising=False)
    assert check(hub) == Exit.CONFIGURATION
    assert "webhook.0.secret_env = 'IOC_TEST_SECRET'" in check.said
    monkeypatch.setenv("IOC_TEST_SECRET", "hunter2")
    assert check(hub) == Exit.OK
    assert "hunter2" not in check.out + check.said


def test_a_file_that_the_configuration_names_must_be_readable(check: Check) -> None:
    hub = '[broker]\nca_file = "ca.pem"\n[influx]\n'
    assert check(hub) == Exit.CONFIGURATION
    assert f"broker.ca_file = '{check.file.parent / 'ca.pem'}'" in check.said
    (check.file.parent / "ca.pem").write_text("")
    assert check(hub) == Exit.OK


def test_a_detector_that_the_box_would_refuse_is_named_with_the_reason(check: Check) -> None:
    own = AGENT + '[detector]\nweights = "own/tiny.onnx"\ntrusted_keys = ["rangers.pub"]\n'
    folder = check.file.parent
    weights = signed(folder / "own")
    write_public(folder / "rangers.pub")
    assert check(own) == Exit.OK
    weights.write_bytes(weights.read_bytes()[:-1])
    assert check(own) == Exit.CONFIGURATION
    assert f"detector.weights = '{weights}'" in check.said
    assert "its manifest says" in check.said
    assert "until then the box looks with the built-in detector" in check.said


def test_weights_that_nobody_signed_must_be_called_so(check: Check) -> None:
    own = AGENT + '[detector]\nweights = "tiny.onnx"\n'
    write_weights(check.file.parent)
    assert check(own) == Exit.CONFIGURATION
    assert "detector.unsigned = true" in check.said
    assert check(f"{own}unsigned = true\n") == Exit.OK


def test_what_is_no_toml_says_where(check: Check) -> None:
    assert check("[device\n") == Exit.CONFIGURATION
    assert "is not TOML" in check.said
    assert "line 1" in check.said


def test_a_file_that_is_not_there(check: Check) -> None:
    assert cli.main(["check-config", "/no/such/file.toml"]) == Exit.CONFIGURATION


def test_all_files_are_looked_at_even_after_a_wrong_one(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_text("speed = 1\n")
    (tmp_path / "good.toml").write_text(AGENT)
    paths = [str(tmp_path / name) for name in ("bad.toml", "good.toml")]
    assert cli.main(["check-config", *paths]) == Exit.CONFIGURATION
    assert "good agent" in capsys.readouterr().out


def test_a_long_value_is_cut(check: Check) -> None:
    check(f'[broker]\nurl = "{"x" * 5000}"\n', "--as", "hub")
    assert "…" in check.said
    assert len(check.said) < 500
