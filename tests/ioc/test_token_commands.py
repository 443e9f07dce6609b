"""`ioc token`: made, listed, taken back; the secret is shown once and kept private."""

import stat
from pathlib import Path

import pytest

from ioc import cli
from ioc.exits import Exit


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "hub.toml"
    path.write_text("")
    return str(path)


def test_a_token_is_shown_once_listed_without_it_and_revoked(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rights = ["--may", "case,mention", "--subsystem", "public-services", "--demo"]
    assert cli.main(["token", "add", "cong", *rights, "--config", config]) == Exit.OK
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("ioc_")
    assert cli.main(["token", "list", "--config", config]) == Exit.OK
    listed = capsys.readouterr().out
    assert "cong" in listed
    assert "case,mention · public-services · mô phỏng" in listed
    assert secret not in listed
    assert cli.main(["token", "revoke", "cong", "--config", config]) == Exit.OK
    assert cli.main(["token", "list", "--config", config]) == Exit.OK
    assert "thu hồi" in capsys.readouterr().out


def test_out_is_a_new_file_of_its_owner(config: str, tmp_path: Path) -> None:
    out = tmp_path / "school.token"
    add = ["token", "add", "truong", "--may", "observation", "--config", config, "--out", str(out)]
    assert cli.main(add) == Exit.OK
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text().startswith("ioc_")
    assert cli.main(add) == Exit.USAGE, "nothing is overwritten"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--may", "everything"], "case,mention,observation"),
        (["--may", "case", "--subsystem", "weather"], "education"),
        (["--may", "case", "--unit", "nowhere"], "no such unit"),
        (["--may", "case", "--days", "0"], "at least 1"),
    ],
)
def test_a_right_that_means_nothing_is_refused_by_name(
    config: str, option: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["token", "add", "x", *option, "--config", config]) == Exit.USAGE
    assert said in capsys.readouterr().err


def test_revoking_what_is_not_there_says_so(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["token", "revoke", "nobody", "--config", config]) == Exit.FAILED
    assert "nobody" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["token", "list"], ["update", "status"], ["hub", "quarantine", "replay", "--all"]]
)
def test_records_whose_password_is_missing_are_a_wrong_configuration(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hub.toml"
    path.write_text(
        '[records]\nurl = "postgresql+psycopg://ioc@localhost/ioc"\npassword_file = "none"\n'
    )
    assert cli.main([*command, "--config", str(path)]) == Exit.CONFIGURATION
    assert f"secret {tmp_path / 'none'}: No such file" in capsys.readouterr().err
