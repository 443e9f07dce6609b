"""The administrator's guide: every command exists, and following it leads to hub and tower."""

import argparse
import re
import shutil
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from contracts.clock import utc_now
from contracts.safekeeping import STAMP
from ioc.cli import parser
from tests.docs.test_links import commands
from tests.docs.walk import Walk, section
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
ELSEWHERE = {"mosquitto", "influxdb", "ioc-*"}
"""Units that Debian's packages bring, and a pattern."""
STEPS = [line for number in range(1, 10) for line in section(PAGE, number)]


def test_every_command_of_the_steps_is_whole() -> None:
    """Not only known by name: nothing that it requires is missing."""
    asked = [words for words in commands("```sh\n" + "\n".join(STEPS) + "\n```", "ioc") if words]
    assert len(asked) > 15
    for words in asked:
        end = words.index(">") if ">" in words else len(words)
        given = [word for word in words[:end] if word != "…"]
        assert isinstance(parser().parse_args(given), argparse.Namespace)


def test_every_unit_is_ours_or_debian_s() -> None:
    named: set[str] = set()
    for line in re.findall(r"systemctl (?:start|stop|restart|status) ([^`\n|]+)", PAGE):
        named |= set(re.findall(r"[\w*-]+", line.replace(".service", "")))
    ours = {each.stem for each in (ROOT / "deploy" / "systemd").glob("ioc-*")}
    assert named - ELSEWHERE <= ours
    assert {"ioc-hub", "ioc-enrol", "ioc-agent", "ioc-backup"} <= named


def test_every_option_of_the_installer_and_every_folder_is_there() -> None:
    installer = (ROOT / "deploy" / "install.sh").read_text(encoding="utf-8")
    for words in re.findall(r"deploy/install\.sh ([^`\n]+)", PAGE):
        role, *options = re.findall(r"[\w-]+", words)
        assert role in {"hub", "agent"}
        assert all(f"{each})" in installer or f"{each} " in installer for each in options)
    for folder in re.findall(r"^\| `(/[^`]+)`(?:, `(/[^`]+)`)? \|", PAGE, re.MULTILINE):
        for each in filter(None, folder):
            assert f" {each}" in installer or each == "/etc/mosquitto/ioc", each


def test_the_containers_of_the_guide_are_those_of_the_compose_file() -> None:
    compose = (ROOT / "deploy/docker/compose.yaml").read_text(encoding="utf-8")
    mounted = set(re.findall(r"\./(state/[\w-]+):", compose))
    made = {
        word for line in section(PAGE, 12) for word in line.split() if word.startswith("state/")
    }
    assert made == mounted
    for words in re.findall(r"docker compose run --rm authority ([^`\n…]+)", PAGE):
        if "--" in words:
            assert parser().parse_args(words.split()).module in {"ca_init", "provision_broker"}


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    made = Walk(tmp_path, monkeypatch)
    yield made
    made.end()


def devices(walk: Walk) -> set[str]:
    with closing(sqlite3.connect(walk.root / "var/lib/ioc/hub.db", timeout=30)) as records:
        return {str(name) for (name,) in records.execute("SELECT device FROM devices")}


def test_following_the_guide_leads_to_a_hub_a_tower_and_a_backup_that_comes_back(
    walk: Walk,
) -> None:
    for line in [*section(PAGE, 2), *section(PAGE, 3)]:
        if line == "sudo systemctl start ioc-enrol":
            walk.edit("etc/ioc-ca/enrol.env", ("^PORT=8444", f"PORT={walk.ports['8444']}"))
        walk.do(line)
    walk.edit("etc/ioc/hub.toml", ("port = 8443", f"port = {walk.ports['8443']}"))
    for line in section(PAGE, 4):
        if " hub health " in line:
            until_well(walk, line)
        walk.do(line)
    through(walk.front(), walk.root / "etc/ioc/certs/ca.crt")
    for line in section(PAGE, 5):
        if " check-config " in line:
            walk.edit("etc/ioc/agent.toml", (r"^\[\[camera\]\].*", CAMERA))
        walk.do(line)
    until(lambda: "thap-prao" in devices(walk), 60, look_s=0.1)
    walk.stop("ioc-agent")
    for line in section(PAGE, 7):
        until(lambda: not list(walk.root.glob(f"var/lib/ioc-backup/*/{utc_now():{STAMP}}")))
        walk.do(with_the_newest_backup(walk, line) if " restore " in line else line)
    assert "thap-prao" in devices(walk)
    assert "thap-prao" in walk.do("sudo -u ioc-ca ioc device list")


CAMERA = '[[camera]]\nname = "bac"\nurl = "synthetic:tower"\nscene = "tower"\n'


def through(front: str, authority: Path) -> None:
    """Console, liveness and enrolment answer through the front, under its certificate."""
    with httpx.Client(
        base_url=front, verify=ssl.create_default_context(cafile=str(authority)), trust_env=False
    ) as client:
        until(lambda: answers(client), 30)
        assert client.get("/livez").json() == {"ok": True, "dead": []}
        assert client.get("/").headers["location"] == "/login"
        assert client.get("/enrol/ca.crt").content in authority.read_bytes()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/livez").is_success
    except httpx.ConnectError:
        return False


def until_well(walk: Walk, line: str) -> None:
    def is_well() -> bool:
        try:
            walk.do(line)
        except AssertionError:
            return False
        return True

    until(is_well, 60, look_s=0.5)


def with_the_newest_backup(walk: Walk, line: str) -> str:
    """In place of the day of the example; an authority comes back into an empty folder."""
    kind = "ca" if " ca restore " in line else "hub"
    newest = max((walk.root / "var/lib/ioc-backup" / kind).iterdir())
    if kind == "ca":
        shutil.move(walk.root / "var/lib/ioc-ca", walk.root / "lost")
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ", newest.name, line)
