import json
from pathlib import Path

import pytest

from ioc.cli import main
from ioc.exits import Exit
from tests.models.folder import steady_peer, steady_weights, whole_folder
from tests.models.stillness import steady_things_open  # noqa: F401


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return whole_folder(tmp_path / "data")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return steady_weights(tmp_path / "d.onnx", smoke=0.9, fire=0.0)


def evaluate(data: Path, weights: Path, *more: str) -> int:
    return main(["model", "evaluate", "--data", str(data), "--weights", str(weights), *more])


def choose(data: Path, weights: Path, *more: str) -> int:
    told = ["--data", str(data), "--weights", str(weights), "--false-alarms-per-day", *more]
    return main(["model", "operating-point", *told])


def test_evaluate_prints_and_writes_figures_and_page(
    data: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, page = tmp_path / "val.json", tmp_path / "val.html"
    peer = steady_peer(tmp_path / "peer.onnx", smoke=0.4)
    more = ["--peer", str(peer), "--json", str(figures), "--page", str(page)]
    assert evaluate(data, weights, *more) == Exit.OK
    assert "Targets: d test-1 @320" in capsys.readouterr().out
    record = json.loads(figures.read_text())
    assert [one["name"] for one in record["results"]] == ["d test-1 @320", "peer peer @640"]
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        ("manifest.csv", "manifest.csv: no such file"),
        ("calm.png", "row 3: "),
        ("tower_series.csv", "row 2: no picture gone.png"),
    ],
)
def test_wrong_data_is_named_and_ends_with_two(
    data: Path, weights: Path, break_it: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if break_it == "tower_series.csv":
        (data / break_it).write_text("series,minute,path,boxes\ns,0,gone.png,0\n")
    else:
        (data / break_it).unlink()
    assert evaluate(data, weights) == Exit.USAGE
    assert said in capsys.readouterr().err


def test_missing_weights_are_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, tmp_path / "no.onnx") == Exit.USAGE
    assert "no.onnx: no such file" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_refused_before_the_work(
    data: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, weights, "--page", str(tmp_path / "gone" / "p.html")) == Exit.USAGE
    assert "there is no folder to write it into" in capsys.readouterr().err


def test_too_few_hours_claim_no_rate(
    data: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert choose(data, weights, "1") == Exit.FAILED
    out = capsys.readouterr().out
    assert "CHƯA ĐỦ DỮ LIỆU / not shown" in out
    assert "opens_smoke = 0.90" in out
    assert "NOT shown" in out


def test_a_rate_must_be_above_nothing(data: Path, weights: Path) -> None:
    assert choose(data, weights, "0") == Exit.USAGE
