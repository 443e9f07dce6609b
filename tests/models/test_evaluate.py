import json
import os
from pathlib import Path

import numpy as np
import pytest

from models import default_weights, material
from models.card import tables
from models.contestant import Ours, Peer
from models.dataset import FIRE, SMOKE, Image, Picture, read_manifest
from models.evaluate import Evaluation, as_record, evaluate
from models.metrics import Found, Judged, average_precision, judge
from models.page import page
from models.recording import play, policy_of
from models.summary import summary
from tests.models.folder import LOOKS, ONSET, steady_peer, steady_weights, whole_folder
from tests.models.stillness import steady_things_open  # noqa: F401
from tests.models.test_dataset import add


class Counting(Ours):
    """Ours, with the number of pictures that it looked at."""

    looks = 0

    def find(self, image: Image) -> Found:
        self.looks += 1
        return super().find(image)


@pytest.fixture
def ours(tmp_path: Path) -> Counting:
    return Counting(steady_weights(tmp_path / "d.onnx", smoke=0.9, fire=0.0))


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    room = tmp_path_factory.mktemp("evaluation")
    (room / "data").mkdir()
    given = material.read(whole_folder(room / "data"), "val")
    weights = steady_weights(room / "d.onnx", smoke=0.9, fire=0.0)
    peer = steady_peer(room / "peer.onnx", smoke=0.1)
    return evaluate(given, [Ours(weights), Peer(peer)], [weights, peer])


def test_each_picture_is_seen_once_by_all_tables(tmp_path: Path, ours: Counting) -> None:
    given = material.read(whole_folder(tmp_path), "val")
    material.look(given, [ours])
    held, clip = 5, 8
    assert ours.looks == len(given.pictures) + held + clip


def test_a_quiet_still_is_not_held(tmp_path: Path) -> None:
    quiet = Counting(steady_weights(tmp_path / "d.onnx", smoke=0.01, fire=0.0))
    given = material.read(whole_folder(tmp_path), "val")
    (answers,) = material.look(given, [quiet])
    assert quiet.looks == len(given.pictures) + 8
    assert len(answers.held["calm.png"]) == 6


def test_steady_false_smoke_is_counted_in_every_table(evaluation: Evaluation) -> None:
    ours, _ = evaluation.results
    assert ours.series is not None
    assert (ours.series.point.raised, ours.series.point.fires) == (0, 1)
    assert ours.series.point.clear is not None
    assert ours.series.point.clear.count == 1
    assert [(row.stills, row.tower, row.street) for row in ours.stills] == [(1, 1, 1)]
    assert [row.verdict for row in ours.clips] == ["FALSE ALARM"]


def test_a_contestant_below_the_threshold_stays_silent(evaluation: Evaluation) -> None:
    _, peer = evaluation.results
    assert peer.series is not None
    assert peer.series.point.clear is not None
    assert peer.series.point.clear.count == 0
    assert [row.verdict for row in peer.clips] == ["silent"]
    assert policy_of(peer.contestant, "tower").opens[next(iter(policy_of(
        peer.contestant, "tower").opens))] == 0.25  # fmt: skip


def test_targets_judge_the_first_contestant(evaluation: Evaluation) -> None:
    met = {one.name: one.met for one in evaluation.targets}
    assert not met["series with an onset raised"]
    assert not met["stills without fire that alarm after confirmation"]
    assert not met["fire AP50, web-fire"]
    assert "fire AP50, cctv" not in met


def test_the_record_is_json_and_fills_the_card(evaluation: Evaluation) -> None:
    record = json.loads(json.dumps(as_record(evaluation), allow_nan=False))
    assert [one["name"] for one in record["results"]] == [
        one.contestant.name for one in evaluation.results
    ]
    text = tables(record)
    assert "chưa đạt / not met" in text
    assert "| 0 / 1 |" in text


def test_the_summary_has_every_contestant_in_every_table(evaluation: Evaluation) -> None:
    text = summary(evaluation)
    for result in evaluation.results:
        assert text.count(f"{result.contestant.name}\n") >= 4
    assert "GFLOP" in text


def test_the_page_needs_nothing_else_and_shows_the_mistakes(evaluation: Evaluation) -> None:
    text = page(evaluation)
    assert "http" not in text
    assert text.count("data:image/jpeg;base64,") >= 2
    assert text.count("<svg") > 4
    assert "Báo nhầm nặng nhất" in text


def test_what_a_split_lacks_is_said(tmp_path: Path, ours: Counting) -> None:
    add(tmp_path, "a", "s,g1,val,fire", "1 0.5 0.5 0.2 0.4\n")
    told = evaluate(material.read(tmp_path, "val"), [ours], [])
    assert [words.split(":")[0].split("(")[0].strip() for words in told.lacking] == [
        "split 'val' has no series",
        "split 'val' has no still that is known to be empty",
        "the folder has no videos/",
    ]
    assert told.results[0].series is None
    assert "không có dữ liệu / no data" in summary(told)
    assert "Không có" in page(told)


def test_a_series_that_begins_to_smoke_is_raised(evaluation: Evaluation) -> None:
    ours, _ = evaluation.results
    (seen,) = ours.answers.series(evaluation.material)
    assert (len(seen.looks), seen.onset) == (LOOKS, ONSET)
    assert play(seen, policy_of(ours.contestant, "tower"))[0].at < ONSET


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


@pytest.mark.pictures
def test_the_real_splits_have_all_that_the_targets_ask_for(pictures_folder: Path) -> None:
    for split in ("val", "test"):
        given = material.read(pictures_folder, split)
        assert given.stills
        assert given.clips
        assert any(shot.boxes for shots in given.series for shot in shots)
        assert not np.setdiff1d([one.scene for one in given.stills], ["negative"]).size
