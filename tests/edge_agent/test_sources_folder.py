"""A folder as time-lapse: in order, and whatever is broken is named."""

from pathlib import Path

import pytest

from edge_agent.frame import SourceError
from edge_agent.sources.folder import FolderSource
from tests.edge_agent.media import cut_short, picture

QUICK = 0.001


def levels(folder: Path, loop: bool = False, most: int = 100) -> list[int]:
    source = FolderSource(folder, loop=loop, pace_s=QUICK)
    shown = []
    for frame in source.frames():
        shown.append(round(float(frame.image.mean()) / 10) * 10)
        if len(shown) == most:
            source.close()
    return shown


def test_pictures_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, level in (("c.jpg", 30), ("a.PNG", 10), ("b.jpeg", 20)):
        picture(tmp_path / name, level)
    (tmp_path / "notes.txt").write_text("no picture")
    assert levels(tmp_path) == [10, 20, 30]


def test_each_picture_stands_for_its_pace(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        picture(tmp_path / name, 50)
    frames = list(FolderSource(tmp_path, loop=False, pace_s=0.1).frames())
    passed = frames[2].captured_at - frames[0].captured_at
    assert passed.total_seconds() >= 0.09
    assert [frame.number for frame in frames] == [1, 2, 3]


def test_a_broken_picture_is_left_out_named_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    picture(tmp_path / "a.jpg", 10)
    cut_short(picture(tmp_path / "b.jpg", 20))
    cut_short(picture(tmp_path / "b.png", 20))
    (tmp_path / "c.jpg").write_bytes(b"")
    (tmp_path / "d.jpg").write_bytes(b"no picture at all")
    (tmp_path / "e.jpg").mkdir()
    assert levels(tmp_path) == [10, 20, 20]
    for name in ("cut-b.jpg", "cut-b.png", "c.jpg", "d.jpg", "e.jpg"):
        assert name in caplog.text
    assert "5 of 8 files skipped" in caplog.text


def test_the_picture_after_the_end_of_a_jpeg_does_not_matter(tmp_path: Path) -> None:
    """Phones write a little film behind the picture."""
    file = picture(tmp_path / "a.jpg", 40)
    file.write_bytes(file.read_bytes() + b"\x00\x00\x00\x18ftypmp42")
    assert levels(tmp_path) == [40]


def test_a_loop_begins_again_and_finds_what_was_added(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", 10)
    source = FolderSource(tmp_path, loop=True, pace_s=QUICK)
    frames = source.frames()
    next(frames)
    picture(tmp_path / "b.jpg", 90)
    seen = {round(float(next(frames).image.mean()) / 10) * 10 for _ in range(4)}
    source.close()
    assert seen == {10, 90}


@pytest.mark.parametrize("content", [None, b"not a picture"])
def test_a_folder_without_a_picture_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(SourceError, match="none of its pictures can be read"):
        levels(tmp_path, loop=True)


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="away"):
        levels(tmp_path / "away")


def test_a_closed_folder_says_nothing_more(tmp_path: Path) -> None:
    source = FolderSource(tmp_path, loop=True, pace_s=QUICK)
    source.close()
    assert list(source.frames()) == []
