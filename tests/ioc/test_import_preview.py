"""`ioc import preview`: what a file would bring, without a server."""

from pathlib import Path

import pytest

from ioc import cli
from ioc.exits import Exit

Said = pytest.CaptureFixture[str]
SAMPLES = Path(__file__).parents[1] / "hub" / "entrances" / "samples"


def preview(*arguments: object) -> int:
    return cli.main(["import", "preview", *map(str, arguments)])


def test_a_good_file_is_shown_as_it_would_be_stored(capsys: Said) -> None:
    file = SAMPLES / "diem-danh-2026-04-01.csv"
    assert preview(file, "--mapping", "attendance", "--rows", 1) == Exit.OK
    out = capsys.readouterr().out
    assert "3 dòng dữ liệu" in out
    assert "education.pupils-enrolled  th-prao  [01/04/2026 00:00, 02/04/2026 00:00)  1412" in out
    assert "5 nữa" in out


@pytest.mark.parametrize(
    ("name", "mapping", "shown"),
    [("ho-so-2026-04.csv", "dossiers", "dossier  000.01.21.H47-260325-0001  2"),
     ("tin-bai-2026-04-01.csv", "mentions", "Bao-Da-Nang  01/04/2026 07:30")],
)  # fmt: skip
def test_cases_and_mentions_are_shown(capsys: Said, name: str, mapping: str, shown: str) -> None:
    assert preview(SAMPLES / name, "--mapping", mapping) == Exit.OK
    assert shown in capsys.readouterr().out


def test_errors_are_told_and_written(tmp_path: Path, capsys: Said) -> None:
    file, errors = tmp_path / "a.csv", tmp_path / "e.csv"
    file.write_text("Mã trạm;Ngày;Lượt khám\nt;01/04/2026;=1\n", encoding="utf-8")
    assert preview(file, "--mapping", "health-daily", "--errors", errors) == Exit.FAILED
    out = capsys.readouterr().out
    assert 'dòng 2, C «Lượt khám» = "\'=1": không phải số' in out
    assert "KHÔNG nhập gì cả" in out
    assert "'=1" in errors.read_text(encoding="utf-8-sig")


def test_a_wrong_mapping_and_a_missing_file_have_their_exits(tmp_path: Path, capsys: Said) -> None:
    assert preview("x.csv", "--mapping", "nothing") == Exit.CONFIGURATION
    assert "attendance" in capsys.readouterr().err
    assert preview(tmp_path / "x.csv", "--mapping", "attendance") == Exit.USAGE
    assert "No such file" in capsys.readouterr().err
