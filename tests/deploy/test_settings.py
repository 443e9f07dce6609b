"""The settings to start from: accepted once their secrets and certificates are there."""

import re
import shutil
from pathlib import Path

import pytest

from edge_agent.config import load as load_agent
from hub.config import load as load_hub
from ioc import cli
from ioc.exits import Exit

DEPLOY = Path(__file__).parents[2] / "deploy"
LOADS = {"hub": load_hub, "agent": load_agent}
NAMED = re.compile(r'^(\w+_file) = "([^"]+)"', re.MULTILINE)


def named(text: str) -> list[tuple[str, str]]:
    """Keys and relative paths of the files that the settings name."""
    return NAMED.findall(text)


@pytest.fixture(params=sorted(LOADS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def copied(name: str, tmp_path: Path) -> Path:
    """The settings in a folder of their own, with every file that they name."""
    file = Path(shutil.copy(DEPLOY / f"{name}.toml", tmp_path))
    text = file.read_text(encoding="utf-8").replace("/var/lib/ioc", str(tmp_path))
    file.write_text(text.replace(".donggiang.example", ".donggiang.vn"), encoding="utf-8")
    for _, path in named(file.read_text(encoding="utf-8")):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("a first line\n", encoding="utf-8")
        (tmp_path / path).chmod(0o600)
    return file


def test_they_are_accepted_with_their_secrets_and_certificates(
    name: str, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check-config", str(copied)]) == Exit.OK
    assert f"good {name} configuration" in capsys.readouterr().out
    assert LOADS[name](copied)


def test_what_is_missing_is_named_with_its_remedy(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys: dict[str, list[str]] = {}
    for key, path in named(copied.read_text(encoding="utf-8")):
        keys.setdefault(path, []).append(key)
    for path, named_by in keys.items():
        (copied.parent / path).unlink()
        assert cli.main(["check-config", str(copied)]) == Exit.CONFIGURATION
        said = capsys.readouterr().err.splitlines()
        for key, line in zip(named_by, said, strict=True):
            assert f"{key} = '{copied.parent / path}'" in line
            assert "there is no such file: " in line
        (copied.parent / path).write_text("a first line\n", encoding="utf-8")


def test_an_empty_secret_is_named_with_its_remedy(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = [path for key, path in named(copied.read_text("utf-8")) if "secrets/" in path]
    assert secrets
    for path in secrets:
        (copied.parent / path).write_text("\n", encoding="utf-8")
    assert cli.main(["check-config", str(copied)]) == Exit.CONFIGURATION
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(secrets)
    assert all("write the secret there" in line for line in said)


def test_what_is_commented_out_is_right_too(name: str, copied: Path) -> None:
    """A line that begins `# key = ` or `# [[` can be taken in as it stands."""
    text = copied.read_text(encoding="utf-8")
    woken = re.sub(r"^# (?=\w+ = |\[\[)", "", text, flags=re.MULTILINE)
    copied.write_text(woken.replace('api = "embedded"\n', "", 1), encoding="utf-8")
    assert LOADS[name](copied)


def test_no_secret_stands_in_them() -> None:
    for file in DEPLOY.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*#?\s*(password|secret|token)\s*=", text, re.MULTILINE)
        assert not re.search(r"://[^/\s]*:(?!\{password\})[^/\s@]+@", text)
