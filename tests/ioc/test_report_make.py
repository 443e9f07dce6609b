"""`ioc report make` writes what its ending says, or why not."""

from pathlib import Path

import pytest

from ioc.cli import main
from ioc.exits import Exit


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "hub.toml").write_text("")
    return str(tmp_path / "hub.toml")


def make(config: str, out: Path, *more: str) -> int:
    return main(["report", "make", "--period", "day", "--out", str(out), "--config", config, *more])


@pytest.mark.parametrize(
    ("ending", "head"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("html", b"<!doctype html>")]
)
def test_the_ending_says_what_is_written(
    config: str, tmp_path: Path, ending: str, head: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"r.{ending}"
    assert make(config, out, "--at", "2026-04-01") == Exit.OK
    assert out.read_bytes().startswith(head)
    assert "Báo cáo ngày – Địa bàn Đông Giang – ngày 01/04/2026" in capsys.readouterr().out


def test_an_ending_that_nobody_writes_is_named(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(config, tmp_path / "r.doc") == Exit.USAGE
    assert "one of .pdf, .xlsx, .html" in capsys.readouterr().err


def test_a_date_that_is_none_is_named(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(config, tmp_path / "r.pdf", "--at", "1/4/2026") == Exit.USAGE
    assert "'1/4/2026' is no date" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(config, tmp_path / "none" / "r.pdf") == Exit.FAILED
    assert "No such file or directory" in capsys.readouterr().err


def test_a_wrong_configuration_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hub.toml").write_text('[reports]\nat = "25:00"\n')
    assert make(str(tmp_path / "hub.toml"), tmp_path / "r.pdf") == Exit.CONFIGURATION
    assert "reports.at" in capsys.readouterr().err
