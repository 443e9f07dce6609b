"""The units: what systemd itself says of them, and that they start what exists."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.agent import EXIT_BLIND, STUCK_S
from ioc import cli
from ioc.exits import Exit
from ioc.office import DEFAULT

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(each.name for each in FOLDER.glob("*.service"))
LONG_RUNNING = ("ioc-agent.service", "ioc-enrol.service", "ioc-hub.service")
BROKER = Path("/lib/systemd/system/mosquitto.service")
MOST_EXPOSURE = 2.0
"""Of systemd-analyze security, 0 to 10; an unhardened service has 9.6."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed: make servers"
)


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    text = (FOLDER / name).read_text(encoding="utf-8").replace("\\\n", " ")
    read.read_string(text)
    return read


def arguments(name: str) -> list[str]:
    """Of its `ioc`, with a value for each variable."""
    _, *words = shlex.split(unit(name)["Service"]["ExecStart"])
    return [re.sub(r"\$\{\w+\}", "1", word) for word in words]


@needs_systemd
def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    """With a program in place of /opt/ioc/bin/ioc, which is not on this machine."""
    for file in FOLDER.glob("ioc-*"):
        text = file.read_text(encoding="utf-8").replace("/opt/ioc/bin/ioc", sys.executable)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "ioc-" in line]
    assert (done.returncode, said) == (0, [])


@needs_systemd
@pytest.mark.skipif(not BROKER.exists(), reason="Mosquitto is not installed: make servers")
def test_debian_s_broker_starts_with_our_settings(tmp_path: Path) -> None:
    (tmp_path / BROKER.name).write_text(BROKER.read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copytree(FOLDER / "mosquitto.service.d", tmp_path / "mosquitto.service.d")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / BROKER.name)],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "mosquitto" in line or "ioc" in line]
    assert (done.returncode, said) == (0, [])
    starts = unit("mosquitto.service.d/ioc.conf")["Service"]["ExecStart"]
    assert starts == "/usr/sbin/mosquitto -c /etc/mosquitto/ioc/ioc.conf"


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_they_are_hardened(name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(FOLDER / name)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    [score] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    print(f"{name}: {score}")
    assert float(score) <= MOST_EXPOSURE, done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_they_start_a_command_that_exists_with_what_it_needs(name: str) -> None:
    assert cli.parser().parse_args(arguments(name)).module


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_a_service_is_watched_and_started_anew_but_for_a_wrong_setting(name: str) -> None:
    service = unit(name)["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) >= 60
    assert service["Restart"] == "always"
    never = {int(code) for code in service["RestartPreventExitStatus"].split()}
    assert Exit.CONFIGURATION in never
    assert not never & {Exit.OK, Exit.FAILED, EXIT_BLIND}
    assert unit(name)["Unit"]["StartLimitIntervalSec"] == "0"


def test_a_box_ends_itself_before_systemd_kills_it() -> None:
    assert int(unit("ioc-agent.service")["Service"]["WatchdogSec"]) > STUCK_S


def test_a_box_may_renew_its_certificate() -> None:
    assert "/etc/ioc/certs" in unit("ioc-agent.service")["Service"]["ReadWritePaths"]


def test_the_authority_belongs_to_nobody_who_faces_the_network_of_the_hub() -> None:
    users = {name: unit(name)["Service"]["User"] for name in SERVICES}
    assert {name for name, user in users.items() if user == "ioc-ca"} == {
        "ioc-enrol.service", "ioc-ca-backup.service",
    }  # fmt: skip
    assert "root" not in users.values()
    for name in ("ioc-enrol.service", "ioc-ca-backup.service"):
        assert unit(name)["Service"]["Environment"] == f"IOC_AUTHORITY={DEFAULT}"


def test_every_timer_has_its_service_and_makes_up_for_a_night_without_power() -> None:
    timers = sorted(FOLDER.glob("*.timer"))
    assert [each.stem for each in timers] == ["ioc-backup", "ioc-ca-backup"]
    for each in timers:
        assert each.with_suffix(".service").exists()
        assert unit(each.name)["Timer"]["Persistent"] == "yes"
