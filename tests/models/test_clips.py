from pathlib import Path

import pytest

from models.clips import images, read_clips
from models.dataset import DatasetError
from tests.models.folder import write_clip


def test_names_say_what_a_clip_is(tmp_path: Path) -> None:
    for name in ("nofire_tower_fog", "yard"):
        write_clip(tmp_path / "videos" / f"{name}.mp4", seconds=1.0)
    (tmp_path / "videos" / "notes.txt").write_text("no clip")
    fog, yard = read_clips(tmp_path)
    assert (fog.burns, fog.scene) == (False, "tower")
    assert (yard.burns, yard.scene) == (True, "street")


def test_a_clip_is_looked_at_four_times_a_second(tmp_path: Path) -> None:
    write_clip(tmp_path / "videos" / "a.mp4", seconds=2.0)
    (clip,) = read_clips(tmp_path)
    assert clip.seconds == pytest.approx(2.0)
    assert len(list(images(clip))) == 8


def test_a_file_that_is_no_clip_is_named(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "a.mp4").write_bytes(b"not a clip")
    with pytest.raises(DatasetError, match=r"a\.mp4: no frame of it can be read"):
        read_clips(tmp_path)


def test_a_folder_without_videos_has_none(tmp_path: Path) -> None:
    assert read_clips(tmp_path) == []
