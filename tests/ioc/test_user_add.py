"""`ioc hub user add`: a password is typed or piped, never an argument, never shown."""

import io
import stat
from pathlib import Path

import pytest

from hub.web.users import is_right
from ioc import cli
from ioc.exits import Exit

GOOD = "mat khau dai 1"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text('[console]\nusers_file = "users"\n')
    return path


def add(config: Path, name: str = "lan") -> int:
    return cli.main(["hub", "user", "add", "--config", str(config), name])


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def type_in(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    typed = iter(words)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))


def test_a_piped_password_lets_the_operator_in(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(monkeypatch, f"{GOOD}\n")
    assert add(config) == Exit.OK
    users = config.parent / "users"
    assert is_right(users, "lan", GOOD)
    assert not is_right(users, "lan", "another one")
    assert stat.S_IMODE(users.stat().st_mode) == 0o600
    said = capsys.readouterr()
    assert GOOD not in said.out + said.err + users.read_text()


def test_a_typed_password_is_typed_twice(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, GOOD, GOOD)
    assert add(config) == Exit.OK
    type_in(monkeypatch, "changed password", "changed passwort")
    assert add(config) == Exit.FAILED
    assert is_right(config.parent / "users", "lan", GOOD)


@pytest.mark.parametrize(("piped", "name"), [("", "lan"), ("short\n", "lan"), (f"{GOOD}\n", "a:b")])
def test_what_is_not_accepted_changes_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch, piped: str, name: str
) -> None:
    pipe(monkeypatch, piped)
    assert add(config, name) == Exit.FAILED
    assert not (config.parent / "users").exists()


def test_a_hub_without_a_users_file_says_which_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hub.toml").write_text("")
    pipe(monkeypatch, f"{GOOD}\n")
    assert add(tmp_path / "hub.toml") == Exit.CONFIGURATION
    assert "console.users_file" in capsys.readouterr().err
