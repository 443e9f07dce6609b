"""`ioc check-config` names every wrong key, its value and what to do."""

import logging
import subprocess
import sys
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

    def again(self) -> str:
        """What was said since the last call."""
        return self._capsys.readouterr().err

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


def test_judging_leaves_the_process_as_talkative_as_it_was(check: Check) -> None:
    room = logging.getLogger("edge_agent")
    before = room.level
    check("")
    assert room.level == before


def test_every_wrong_key_is_named_with_its_value(check: Check) -> None:
    wrong = AGENT.replace('"thap-prao"', '"Tháp"') + "interval_s = -1\ncolour = 9\n"
    assert check(wrong) == Exit.CONFIGURATION
    lines = check.said.splitlines()
    assert len(lines) == 3
    assert "device.name = 'Tháp'" in lines[0]
    assert "camera.bac.interval_s = -1" in check.said
    assert (
        "camera.bac.colour = 9: this key is unknown; see docs/agent-configuration.md" in check.said
    )


def test_a_rule_over_several_keys_names_the_key_to_change(check: Check) -> None:
    assert check('[broker]\nurl = "mqtt://10.0.0.9"\n', "--as", "hub") == Exit.CONFIGURATION
    assert "broker.url = 'mqtt://10.0.0.9'" in check.said
    assert "mqtts://" in check.said


def test_a_needed_key_that_is_absent_is_named(check: Check) -> None:
    assert check('[device]\nname = "a"\n') == Exit.CONFIGURATION
    assert "camera: this key is needed" in check.said


def test_a_secret_that_is_not_there_is_named_and_never_shown(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = '[[webhook]]\nname = "p"\nurl = "http://127.0.0.1:9/h"\nsecret_env = "IOC_TEST_SECRET"\n'
    monkeypatch.delenv("IOC_TEST_SECRET", raising=False)
    assert check(hub) == Exit.CONFIGURATION
    assert "webhook.p.secret_env = 'IOC_TEST_SECRET'" in check.said
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
    assert "detector.weights = '" in check.said
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


SECRETS = (
    '[broker]\npassword = "hunter2"\n',
    '[broker]\nPassWord = "hunter2"\n',
    '[broker]\npasswd = ["hunter2"]\n',
    '[broker]\npassword_env = "hunter2"\n',
    '[influx]\ntoken = "hunter2"\n',
    '[influx]\napi_key = "hunter2"\n',
    '[[webhook]]\nname = "p"\nurl = "http://127.0.0.1:9/h"\nsecret = "hunter2"\n',
    '[records.secrets]\na = "hunter2"\n',
    '[broker]\nurl = "rtsp://ioc:hunter2@10.0.0.7"\n',
    '[broker]\nurl = "mqtt://ioc:a/hunter2@b@10.0.0.7"\n',
    '[broker]\nurl = "http://10.0.0.7/?user=ioc&password=hunter2"\n',
    '[broker]\nadress = ["mqtt://ioc:hunter2@10.0.0.7"]\n',
    'broker = "mqtt://ioc:hunter2@10.0.0.7"\n',
)


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_masked(check: Check, text: str) -> None:
    assert check(text, "--as", "hub") == Exit.CONFIGURATION
    assert "***" in check.said
    assert "hunter2" not in check.said
    assert cli.main(["hub", "run", "--config", str(check.file)]) == Exit.CONFIGURATION
    assert "hunter2" not in check.again()


def test_a_secret_that_others_may_read_is_a_warning(check: Check) -> None:
    agent = AGENT + 'password_file = "camera.password"\n'
    (check.file.parent / "camera.password").write_text("hunter2\n")
    (check.file.parent / "camera.password").chmod(0o644)
    assert check(agent) == Exit.OK
    assert "warning: camera.bac.password_file" in check.said
    assert "its mode is 644, others may read it: chmod 600" in check.said
    (check.file.parent / "camera.password").chmod(0o600)
    assert check(agent) == Exit.OK
    assert check.said == ""


def test_a_host_of_the_shipped_settings_is_a_warning(check: Check) -> None:
    assert check(AGENT.replace("10.0.0.7", "cam.donggiang.example")) == Exit.OK
    assert "warning: camera.bac.url" in check.said
    assert "is a placeholder: name the real host" in check.said


@pytest.mark.parametrize("text", ['[console]\nport = "8443"\n', "[rules]\nlate_after_s = true\n"])
def test_a_text_is_no_number(check: Check, text: str) -> None:
    assert check(text) == Exit.CONFIGURATION
    assert "write a number, without quotes" in check.said


def test_a_folder_that_is_not_there_is_named_with_the_remedy(check: Check) -> None:
    here = check.file.parent
    hub = '[records]\npath = "data/hub.db"\n[influx]\npath = "data/series.duckdb"\n'
    assert check(hub, "--as", "hub") == Exit.CONFIGURATION
    assert f"records.path = '{here}/data/hub.db': there is no folder {here}/data" in check.said
    assert "influx.path" in check.said
    assert f"-m 700 {here}/data" in check.said
    (here / "data").mkdir()
    assert check(hub, "--as", "hub") == Exit.OK


def test_users_that_are_not_there_yet_are_made_by_a_command(check: Check) -> None:
    assert check('[console]\nusers_file = "users"\n') == Exit.CONFIGURATION
    assert "ioc hub user add makes it" in check.said


def test_nothing_but_the_verdict_is_said(tmp_path: Path) -> None:
    (tmp_path / "box.toml").write_text(AGENT)
    done = subprocess.run(
        [sys.executable, "-m", "ioc.cli", "check-config", str(tmp_path / "box.toml")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(("here", "gone"), [("agent", "hub"), ("hub", "edge_agent")])
def test_a_machine_of_one_role_checks_its_own_file(
    here: str, gone: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A box has no database library: `ioc check-config` must not ask for one."""
    monkeypatch.setitem(sys.modules, f"{gone}.config", None)
    deploy = Path(__file__).parents[2] / "deploy"
    assert cli.main(["check-config", str(deploy / f"{here}.toml")]) == Exit.CONFIGURATION
    assert "there is no such file" in capsys.readouterr().err
