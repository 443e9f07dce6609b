"""`ioc catalogue`: indicators shown and checked in Vietnamese."""

from pathlib import Path

import pytest

from ioc import cli
from ioc.exits import Exit


def catalogue(*arguments: str) -> int:
    return cli.main(["--log-level", "error", "catalogue", *arguments])


def test_list_shows_the_indicators_of_a_subsystem(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue("list", "--subsystem", "education") == Exit.OK
    said = capsys.readouterr().out
    assert "Tỷ lệ chuyên cần; đạt ≥ 95; cần chú ý ≥ 90; không đạt < 90" in said
    assert "health." not in said


def test_an_unknown_subsystem_names_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue("list", "--subsystem", "giao-duc") == Exit.FAILED
    assert "education" in capsys.readouterr().err


def test_show_has_each_version_with_its_grounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue("show", "public-services.on-time") == Exit.OK
    said = capsys.readouterr().out
    assert "trước 01/07/2025" in said
    assert "NĐ 118/2025/NĐ-CP" in said


def test_a_mistyped_indicator_gets_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue("show", "education.atendance") == Exit.FAILED
    assert "education.attendance" in capsys.readouterr().err


def test_check_counts_what_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue("check") == Exit.OK
    assert "danh mục đúng: 15 phân hệ" in capsys.readouterr().out


def test_check_names_each_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("measures: [{id: health.x, colour: red}]")
    assert catalogue("check", str(tmp_path)) == Exit.CONFIGURATION
    assert "a.yaml: measures[health.x].colour" in capsys.readouterr().err
