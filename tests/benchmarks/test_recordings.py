"""The recordings benchmark on generated folders, and on real clips where they are."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.recordings import (
    LOOK_S,
    Recording,
    Result,
    before_ignition,
    clips,
    line,
    play,
    stills,
    summary,
)

SHARED = Path(__file__).parents[3] / "shared" / "data"
MANIFEST = "path,source,group,split,labelled,n_smoke,n_fire,width,height,scene,licence\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        "c.png,ordinary,c,val,smoke+fire,0,0,40,30,negative,none",
        "d.png,ordinary,d,train,smoke+fire,0,0,40,30,negative,none",
        "t.png,tower,t,val,smoke+fire,0,0,40,30,wildfire_longrange,none",
    ]
    (tmp_path / "manifest.csv").write_text(MANIFEST + "\n".join(rows) + "\n")
    for row in rows:
        cv2.imwrite(str(tmp_path / row.split(",")[0]), np.full((30, 40, 3), 90, np.uint8))
    (tmp_path / "tower_series.csv").write_text(
        "series,camera,split,minute,path,boxes,pre_ignition\n"
        "t-0,t,val,0,t.png,0,1\nt-0,t,val,1,t.png,0,1\nt-0,t,val,2,t.png,1,0\n"
        "u-0,u,test,0,t.png,0,1\n"
    )
    return tmp_path


def result(*, burns: bool, incidents: int, minutes: float | None = 30.0) -> Result:
    return Result(
        recording="r",
        burns=burns,
        pictures=None,
        minutes=minutes,
        incidents=incidents,
        with_picture=incidents,
        first_s=None,
    )


def test_only_stills_of_the_split_are_played(data: Path, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (one,) = stills(data, "val", room)
    assert [file.resolve().name for file in sorted(one.path.iterdir())] == ["c.png"]
    assert (one.pictures, one.minutes, one.burns) == (1, None, False)


def test_a_series_is_played_until_its_ignition(data: Path, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (one,) = before_ignition(data, "val", room)
    assert (one.name, one.pictures, one.minutes) == ("t-0", 2, 2.0)
    assert one.seconds == 2 * LOOK_S


def test_a_missed_fire_and_a_false_alarm_are_told_apart() -> None:
    assert result(burns=True, incidents=0).missed
    assert line(result(burns=True, incidents=0)).endswith("MISSED")
    assert line(result(burns=False, incidents=1)).endswith("FALSE ALARM")
    assert line(result(burns=False, incidents=0)).endswith("silent")


def test_the_summary_counts_hours_of_series_and_not_of_stills() -> None:
    told = summary(
        [
            result(burns=True, incidents=1),
            result(burns=True, incidents=0),
            result(burns=False, incidents=2),
            result(burns=False, incidents=1, minutes=None),
        ]
    )
    assert told == (
        "fires raised: 1 of 2; false alarms: 2 in 0.50 camera-hours without fire, 1 on stills"
    )


@pytest.mark.pictures
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not here")
def test_a_real_fire_is_raised_through_the_whole_demo() -> None:
    fire = next(one for one in clips(SHARED) if one.name == "tank_fireball.mp4")
    assert not play(fire).missed


def test_a_demo_that_cannot_play_says_why(tmp_path: Path) -> None:
    gone = Recording(name="gone", path=tmp_path / "gone.mp4", seconds=1.0, burns=True)
    with pytest.raises(RuntimeError, match=r"there is no such file"):
        play(gone)


def test_clips_named_nofire_are_expected_to_stay_silent(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    writer = cv2.VideoWriter(
        str(tmp_path / "videos" / "nofire_a.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (64, 48)
    )
    for shade in range(20):
        writer.write(np.full((48, 64, 3), shade * 10, np.uint8))
    writer.release()
    shutil.copy(tmp_path / "videos" / "nofire_a.mp4", tmp_path / "videos" / "fire_b.mp4")
    fire, calm = clips(tmp_path)
    assert (fire.burns, calm.burns) == (True, False)
    assert calm.seconds == pytest.approx(2.0)
