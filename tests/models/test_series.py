from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from contracts.sighting import Box
from edge_agent.policy import TOWER
from models.dataset import DatasetError
from models.recording import Recording, play
from models.series import FILE, Outcome, figures, outcome, read_shots
from tests.models.stillness import steady_things_open  # noqa: F401
from tests.models.test_recording import SEEN, SMOKE, recording

LEAD = TOWER.hits - 1
"""Looks after which steady smoke is told."""


def judged(one: Recording) -> Outcome:
    return outcome(one, play(one, TOWER))


def write(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text)
    for name in ("a.png", "b.png", "c.png"):
        cv2.imwrite(str(folder / name), np.zeros((8, 8, 3), np.uint8))


def test_delay_counts_looks_from_the_first_boxed_one() -> None:
    told = judged(recording([()] * 5 + [SEEN] * 10, onset=5, clear=3))
    assert (told.delay, told.delay_s) == (LEAD, LEAD * 60.0)
    assert (told.false_alarms, told.clear_s, told.unboxed_s) == (0, 180.0, 300.0)


def test_an_alarm_in_a_clear_look_is_false_and_raises_nothing_later() -> None:
    told = judged(recording([SEEN] * 15, onset=12, clear=10))
    assert (told.false_alarms, told.unboxed_alarms, told.delay) == (1, 1, None)


def test_smoke_seen_shortly_before_it_was_boxed_is_no_delay() -> None:
    told = judged(recording([()] * 4 + [SEEN] * 10, onset=9, clear=3))
    assert (told.false_alarms, told.unboxed_alarms, told.delay) == (0, 0, 0)


def test_an_alarm_away_from_the_smoke_raises_nothing() -> None:
    elsewhere = (replace(SMOKE, box=Box(x=0.0, y=0.0, w=0.1, h=0.1)),)
    told = judged(recording([()] * 5 + [elsewhere] * 8, onset=3, clear=3))
    assert (told.delay, told.elsewhere, told.false_alarms) == (None, 1, 0)


def test_a_series_without_a_box_counts_whole_as_unboxed() -> None:
    told = judged(recording([()] * 6 + [SEEN] * 6, clear=5))
    assert (told.has_onset, told.unboxed_alarms, told.false_alarms) == (False, 1, 0)
    assert told.unboxed_s == 720.0


def test_figures_pool_the_series() -> None:
    raised = judged(recording([()] * 5 + [SEEN] * 10, onset=5, clear=5))
    missed = judged(recording([()] * 15, onset=5, clear=5))
    told = figures(1.0, 0.36, [raised, missed])
    assert (told.fires, told.raised, told.delay) == (2, 1, LEAD)
    assert told.clear is not None
    assert (told.clear.count, told.clear.a_day) == (0, 0.0)
    assert told.clear.hours == pytest.approx(10 / 60, abs=1e-3)


def test_no_clear_look_gives_no_rate() -> None:
    told = figures(1.0, 0.36, [judged(recording([SEEN] * 8, onset=0))])
    assert told.clear is None
    assert told.unboxed is None


def test_few_columns_suffice_and_rows_are_put_in_order(tmp_path: Path) -> None:
    write(tmp_path, "series,minute,path,boxes\ns,2,b.png,1\ns,0.5,a.png,0\n")
    ((first, last),) = read_shots(tmp_path, "val")
    assert (first.path, first.minute, last.boxes) == ("a.png", 0.5, 1)
    assert (first.camera, first.clear) == ("s", None)


def test_only_the_splits_series_are_read(tmp_path: Path) -> None:
    write(tmp_path, "series,minute,path,boxes,split\ns,0,a.png,0,val\nt,0,b.png,0,test\n")
    assert [shots[0].series for shots in read_shots(tmp_path, "test")] == ["t"]


def test_a_folder_without_series_has_none(tmp_path: Path) -> None:
    assert read_shots(tmp_path, "val") == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [("s,soon,a.png,0", "row 2: could not convert"), ("s,0,z.png,0", "row 2: no picture z.png")],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, reason: str) -> None:
    write(tmp_path, f"series,minute,path,boxes\n{row}\n")
    with pytest.raises(DatasetError, match=reason):
        read_shots(tmp_path, "val")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write(tmp_path, "series,minute,path\ns,0,a.png\n")
    with pytest.raises(DatasetError, match="has no column boxes"):
        read_shots(tmp_path, "val")
