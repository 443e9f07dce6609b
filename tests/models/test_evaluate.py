import json
import os
from pathlib import Path

import numpy as np
import pytest

from models import default_weights
from models.contestant import Ours
from models.dataset import FIRE, SMOKE, Picture, read_manifest
from models.evaluate import evaluate, latencies, main
from models.metrics import Judged, average_precision, judge
from models.report import as_json
from tests.edge_agent.tiny_onnx import write_detector
from tests.models.test_dataset import add

# a picture of 40 x 30 becomes 320 x 240; this is the box 0.4 0.3 0.6 0.7 on it
BOX = np.array([[128, 72, 192, 168]], np.float32)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_detector(tmp_path / "d.onnx", BOX, np.array([[0.05, 0.9]], np.float32))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    add(folder, "a", "s,g1,val,fire", "1 0.5 0.5 0.2 0.4\n")
    add(folder, "b", "s,g2,val,smoke+fire", shade=9)
    add(folder, "c", "s,g3,train,smoke+fire")
    return folder


def test_the_command_prints_each_class_and_scene(
    data: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(data), "--weights", str(weights)]) == 0
    out = capsys.readouterr().out
    fire = next(line for line in out.splitlines() if line.startswith("fire   all"))
    assert fire.split()[2:4] == ["2", "1"]
    assert "ms a picture on one core" in out


def test_the_figures_are_written_as_json(data: Path, weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    main(["--data", str(data), "--weights", str(weights), "--json", str(path)])
    (result,) = json.loads(path.read_text())["results"]
    rows = {(row["class_name"], row["scene"]): row for row in result["rows"]}
    fire, smoke = rows["fire", "all"], rows["smoke", "all"]
    assert fire["ap50"]["value"] == pytest.approx(1.0)  # the hit ties with a later false alarm
    assert fire["alarm_rate"]["value"] == 1.0
    assert smoke["pictures"] == 1
    assert smoke["ap50"]["value"] is None
    assert smoke["alarm_rate"]["value"] == 0.0


def test_a_missing_folder_is_said_in_words(
    tmp_path: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "none"), "--weights", str(weights)]) == 2
    assert "manifest.csv: no such file" in capsys.readouterr().err


def test_missing_weights_are_said_in_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(data), "--weights", str(tmp_path / "no.onnx")]) == 2
    assert "no.onnx: no such file" in capsys.readouterr().err


def test_contestants_take_turns_on_the_clock(data: Path, weights: Path) -> None:
    images = [picture.read() for picture in read_manifest(data, "val")]
    times = latencies(images, [Ours(weights), Ours(weights)])
    assert len(times) == 2
    assert all(time > 0 for time in times)


def test_every_contestant_sees_the_same_pictures(data: Path, weights: Path) -> None:
    one, other = evaluate(read_manifest(data, "val"), [Ours(weights), Ours(weights)])
    assert as_json(one.table) == as_json(other.table)


def some(pictures: list[Picture], source: str, count: int) -> list[Picture]:
    chosen = [one for one in pictures if one.source == source and len(one.truth.boxes)]
    return chosen[:: max(1, len(chosen) // count)][:count]


def precision_of(detector: Ours, pictures: list[Picture], class_: int) -> float:
    verdicts = [judge(one.truth, detector.find(one.read()), class_) for one in pictures]
    known: list[Judged] = [verdict for verdict in verdicts if verdict is not None]
    return average_precision(known, 0)


@pytest.mark.pictures
@pytest.mark.skipif(not default_weights().is_file(), reason="no detector is built in")
@pytest.mark.parametrize(
    ("source", "class_", "floor"), [("tower", SMOKE, 0.3), ("web-fire", FIRE, 0.3)]
)
def test_the_built_in_detector_still_sees(
    pictures_folder: Path, source: str, class_: int, floor: float
) -> None:
    """A floor well below what was measured: it catches a broken file or a changed letterbox."""
    detector = Ours(default_weights(), threads=os.cpu_count() or 1)
    chosen = some(read_manifest(pictures_folder, "val"), source, 30)
    assert len(chosen) == 30
    assert precision_of(detector, chosen, class_) > floor
