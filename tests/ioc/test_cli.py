"""The command line: help that teaches, exit codes for scripts, reasons on stderr."""

import logging
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from ioc import cli
from ioc.exits import Exit

SUBCOMMANDS = [
    ["demo"],
    ["hub", "run"],
    ["hub", "quarantine", "list"],
    ["hub", "quarantine", "replay"],
    ["hub", "user", "add"],
    ["agent", "run"],
    ["model", "keygen"],
    ["model", "sign"],
    ["model", "verify"],
    ["check-config"],
    ["contracts", "export"],
    ["phone", "run"],
    ["ca", "init"],
    ["ca", "show"],
    ["ca", "service"],
    ["ca", "server"],
    ["ca", "crl"],
    ["ca", "audit"],
    ["device", "add"],
    ["device", "invite"],
    ["device", "list"],
    ["device", "show"],
    ["device", "label"],
    ["device", "revoke"],
    ["device", "sign"],
    ["device", "bundle"],
    ["enrol", "serve"],
    ["provision", "broker"],
    ["provision", "influx"],
    ["provision", "grafana"],
    ["agent", "enrol"],
    ["agent", "csr"],
    ["agent", "install"],
    ["agent", "install-bundle"],
    ["agent", "renew"],
    ["agent", "update"],
    ["update", "sign"],
    ["update", "roll-out"],
    ["update", "status"],
    ["update", "halt"],
    ["update", "roll-back"],
]


def ioc(*arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ioc.cli", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def test_help_teaches_by_example_and_lists_the_exit_codes() -> None:
    done = ioc("--help")
    assert done.returncode == Exit.OK
    assert "ioc demo " in done.stdout
    for code in Exit:
        assert f"  {code.value} " in done.stdout


@pytest.mark.parametrize("command", SUBCOMMANDS, ids=" ".join)
def test_each_subcommand_has_help_with_an_example_of_itself(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--help"])
    assert ended.value.code == Exit.OK
    said = capsys.readouterr().out
    assert "example" in said
    assert f"ioc {' '.join(command)}" in said.partition("example")[2]


def test_version() -> None:
    assert ioc("--version").stdout == f"ioc {version('dong-giang-ioc')}\n"


@pytest.mark.parametrize("wrong", [[], ["fly"], ["hub"], ["hub", "run"], ["demo", "--port", "x"]])
def test_a_wrong_command_line_ends_with_2_and_names_help(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(wrong)
    assert ended.value.code == Exit.USAGE
    assert "--help" in capsys.readouterr().err


@pytest.mark.parametrize(("group", "command"), [("hub", "quarantine"), ("agent", "run")])
def test_a_group_without_a_command_lists_its_commands(
    group: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main([group])
    said = capsys.readouterr().err
    assert f"\n    {command}" in said
    assert said.endswith(f"ioc {group}: name a command; see ioc {group} --help\n")


def test_a_box_without_its_secrets_ends_with_78_and_names_them_all(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(
        '[device]\nname = "a"\n[broker]\npassword_file = "broker.password"\n'
        '[[camera]]\nname = "bac"\nurl = "rtsp://u:{password}@10.0.0.7/1"\n'
        'password_env = "IOC_TEST_ABSENT"\n'
    )
    done = ioc("agent", "run", "--config", str(tmp_path / "agent.toml"))
    assert done.returncode == Exit.CONFIGURATION
    assert "Traceback" not in done.stderr
    assert "broker.password_file" in done.stderr
    assert "camera.bac.password_env = 'IOC_TEST_ABSENT'" in done.stderr
    assert not (tmp_path / "outbox.db").exists()


def test_a_hub_without_its_folder_ends_with_78_and_says_how_to_make_it(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(
        '[records]\npath = "data/hub.db"\n[broker]\npassword_file = "broker.password"\n'
    )
    done = ioc("hub", "run", "--config", str(tmp_path / "hub.toml"))
    assert done.returncode == Exit.CONFIGURATION
    assert f"records.path = '{tmp_path}/data/hub.db'" in done.stderr
    assert f"-m 700 {tmp_path}/data" in done.stderr
    assert "broker.password_file" in done.stderr


def test_a_wrong_key_of_the_hub_ends_with_78_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('[broker]\nurl = "http://x"\n')
    done = ioc("hub", "run", "--config", str(tmp_path / "hub.toml"))
    assert done.returncode == Exit.CONFIGURATION
    last = done.stderr.splitlines()[-1]
    assert "broker.url" in last
    assert "'http://x'" in last
    assert "mqtt://" in last


def test_a_file_that_is_not_there_ends_with_78(tmp_path: Path) -> None:
    for command in (["hub", "run"], ["agent", "run"]):
        done = ioc(*command, "--config", str(tmp_path / "none.toml"))
        assert done.returncode == Exit.CONFIGURATION
        assert "none.toml" in done.stderr.splitlines()[-1]


def test_a_missing_extra_says_what_to_install(tmp_path: Path) -> None:
    """As in an environment without the web framework."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['sqlalchemy'] = None\nsys.modules['cv2'] = None\n"
    )
    for command, extra in ((["hub", "run"], "hub"), (["agent", "run"], "edge")):
        done = ioc(*command, "--config", "x.toml", PYTHONPATH=str(tmp_path))
        assert done.returncode == Exit.FAILED
        assert f"pip install 'dong-giang-ioc[{extra}]'" in done.stderr.splitlines()[-1]


def test_a_module_of_ours_that_is_missing_is_a_bug_and_shown_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_name: str) -> None:
        raise ModuleNotFoundError("No module named 'hub.nowhere'", name="hub.nowhere")

    monkeypatch.setattr("importlib.import_module", broken)
    with pytest.raises(ModuleNotFoundError):
        cli.main(["hub", "run", "--config", "x.toml"])


def test_ctrl_c_in_a_short_command_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("importlib.import_module", interrupted)
    assert cli.main(["check-config", "x.toml"]) == Exit.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_contracts_are_exported_as_they_are_published(tmp_path: Path) -> None:
    done = ioc("contracts", "export", str(tmp_path / "schema"))
    assert done.returncode == Exit.OK
    published = Path(cli.__file__).parents[1] / "contracts" / "schema"
    written = {path.name: path.read_text() for path in (tmp_path / "schema").iterdir()}
    assert written == {path.name: path.read_text() for path in published.iterdir()}


def test_contracts_that_cannot_be_written_end_with_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = ioc("contracts", "export", str(tmp_path / "file"))
    assert done.returncode == Exit.FAILED
    assert "cannot write" in done.stderr


def test_secrets_are_no_arguments() -> None:
    said = "".join(ioc(*command, "--help").stdout for command in SUBCOMMANDS)
    assert "--password" not in said
    assert "--secret " not in said
    assert "--token " not in said
    assert "--passphrase " not in said
    assert "--passphrase " not in said


def test_a_name_with_a_line_break_makes_no_line_of_its_own_in_the_log() -> None:
    name = "diem-danh\n2026-04-01T00:00:00Z INFO hub.web: An judged it\x1b[2J.csv"
    record = logging.LogRecord("hub", logging.WARNING, "x.py", 1, "file %s: tháp", (name,), None)
    said = cli.OneLine("%(levelname)s %(message)s").format(record)
    assert said.isprintable()
    assert said.startswith(r"WARNING file diem-danh\n2026-04-01")
    assert said.endswith(r"\x1b[2J.csv: tháp")
