"""The installer, run for real under a folder of its own; programs are those of the tests."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALL = ROOT / "deploy" / "install.sh"
BIN = Path(sys.executable).parent
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
SCRIPTS = ("deploy/install.sh", "scripts/check", "scripts/install-test-servers", ".ci/run")


def install(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [INSTALL, *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Modes and sizes by name, without the pages."""
    return {
        str(each.relative_to(folder)): (each.lstat().st_mode & 0o7777, each.lstat().st_size)
        for each in sorted(folder.rglob("*"))
        if each.is_file() and "docs" not in each.parts
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_clean(script: str) -> None:
    done = subprocess.run(
        [BIN / "shellcheck", ROOT / script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("role", ["hub", "agent"])
def test_it_installs_and_a_second_run_leaves_settings_alone(role: str, tmp_path: Path) -> None:
    first = install(role, "--root", tmp_path, "--venv", sys.prefix)
    assert first.returncode == 0, first.stderr
    settings = tmp_path / "etc" / "ioc" / f"{role}.toml"
    assert f"{tmp_path}/var/lib/ioc/" in settings.read_text(encoding="utf-8")
    assert tomllib.loads(settings.read_text(encoding="utf-8"))
    assert (tmp_path / "etc/ioc/secrets").stat().st_mode & 0o777 == 0o700
    settings.write_text("# mine\n", encoding="utf-8")
    before = tree(tmp_path)
    second = install(role, "--root", tmp_path, "--venv", sys.prefix)
    assert second.returncode == 0, second.stderr
    assert f"left alone: {settings}" in second.stdout
    assert tree(tmp_path) == before
    assert settings.read_text(encoding="utf-8") == "# mine\n"
    units = {each.name for each in (tmp_path / "etc/systemd/system").glob("ioc-*")}
    shipped = {each.name for each in (ROOT / "deploy/systemd").glob("ioc-*")}
    assert units == ({"ioc-agent.service"} if role == "agent" else shipped - {"ioc-agent.service"})


def test_a_dry_run_says_all_and_does_nothing(tmp_path: Path) -> None:
    done = install("hub", "--dry-run")
    assert done.returncode == 0, done.stderr
    for said in (
        "would: useradd --system", "--require-hashes --requirement", "deploy/locks/hub.lock",
        "would: install -d -m 0700 -o ioc-ca -g ioc-ca /var/lib/ioc-ca",
        "would: install -d -m 2770 -o mosquitto -g mosquitto /etc/mosquitto/ioc",
        "would: systemctl enable --quiet --now ioc-backup.timer ioc-ca-backup.timer",
    ):  # fmt: skip
        assert said in done.stdout
    trial = install("agent", "--root", tmp_path / "trial", "--dry-run")
    assert trial.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a role"),
        (("hub", "agent"), "one role only"),
        (("hub", "--fast"), "what is '--fast'?"),
        (("hub", "--root"), "--root needs a value"),
        (("hub", "--venv", "/x"), "--venv goes with --root only"),
        (("agent", "--root", "/nowhere/at/all", "--python", "/bin/false"), "3.11 or newer"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said(arguments: tuple[str, ...], said: str) -> None:
    done = install(*arguments)
    assert done.returncode == 1
    assert said in done.stderr


def test_help_teaches() -> None:
    done = install("--help")
    assert done.returncode == 0
    assert "sudo deploy/install.sh hub" in done.stdout
    for option in re.findall(r"--[a-z-]+", done.stdout):
        assert option in INSTALL.read_text(encoding="utf-8")


@pytest.mark.parametrize("role", ["hub", "agent"])
def test_a_role_is_pinned_to_what_is_tested(role: str) -> None:
    tested = dict(PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    pinned = dict(PIN.findall((ROOT / "deploy/locks" / f"{role}.lock").read_text("utf-8")))
    assert pinned.items() <= tested.items(), "make lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = ("edge",) if role == "agent" else ("hub", "provisioning", "postgresql", "forecast")
    wanted = [*project["dependencies"], *(one for each in extras for one in
              project["optional-dependencies"][each])]  # fmt: skip
    names = {re.split(r"[\[<>=!~]", each)[0].lower() for each in wanted}
    assert names <= pinned.keys(), "make lock"
    assert not {"playwright", "pytest", "mypy"} & pinned.keys()
    if role == "agent":
        assert not {"fastapi", "sqlalchemy", "duckdb", "uvicorn"} & pinned.keys()
