"""Video files: at their own pace, and honest about what is missing."""

import logging
import time
from pathlib import Path

import pytest

from edge_agent.frame import Frame, SourceError
from edge_agent.sources.pace import MOST_SKIPPED, Pace
from edge_agent.sources.recording import VideoSource
from tests.edge_agent.media import cut_short, number_of, numbered_video

FPS = 50


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_video(tmp_path_factory.mktemp("video") / "a.mkv", 60, FPS)


def play(file: Path, loop: bool = False, most: int = 1000) -> list[Frame]:
    source = VideoSource(file, loop)
    frames = []
    for frame in source.frames():
        frames.append(frame)
        if len(frames) == most:
            source.close()
    return frames


def test_a_video_plays_from_first_to_last_frame_and_ends(video: Path) -> None:
    frames = play(video)
    shown = [number_of(frame.image) for frame in frames]
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    assert shown == sorted(set(shown))
    assert shown[0] == 0


def test_it_plays_no_faster_than_its_own_pace(video: Path) -> None:
    frames = play(video)
    between = number_of(frames[-1].image) - number_of(frames[0].image)
    assert (frames[-1].captured_at - frames[0].captured_at).total_seconds() >= (between - 2) / FPS


def test_what_a_slow_watcher_had_no_time_for_is_left_out(video: Path) -> None:
    """Playing goes on by the clock: after a delay of many frames the next is not the following."""
    source = VideoSource(video, loop=False)
    shown = []
    for frame in source.frames():
        shown.append(number_of(frame.image))
        if len(shown) == 2:
            time.sleep(0.4)  # twenty frames of the world go by: this is the slow watcher
    assert shown[2] - shown[1] > 5


def test_a_loop_begins_again(video: Path) -> None:
    shown = [number_of(frame.image) for frame in play(video, loop=True, most=70)]
    assert len(shown) == 70
    assert shown.count(0) == 2


def test_a_video_without_its_index_is_refused_by_name(tmp_path: Path) -> None:
    cut = cut_short(numbered_video(tmp_path / "a.mp4", 20, FPS))
    with pytest.raises(SourceError, match=r"cut-a\.mp4: no frame of it can be read"):
        play(cut)


def test_what_is_no_video_is_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    with pytest.raises(SourceError, match=r"notes\.mp4"):
        play(text)


def test_a_video_that_is_cut_short_plays_to_the_cut_and_says_so(
    video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cut = cut_short(video)
    assert 5 < len(play(cut)) < 55
    assert "cut-a.mkv" in caplog.text
    assert "of 60 frames could be read" in caplog.text


def test_broken_frames_are_left_out_and_counted(
    video: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = bytearray(video.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(data)
    assert 5 < len(play(broken)) < 60
    assert "broken.mkv" in caplog.text


def test_a_whole_video_is_not_called_damaged(video: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        play(video)
    assert not caplog.records


def test_a_source_that_is_closed_says_nothing_more(video: Path) -> None:
    source = VideoSource(video, loop=True)
    source.close()
    assert list(source.frames()) == []


def test_a_machine_that_never_keeps_up_still_shows_a_frame_now_and_then() -> None:
    pace = Pace(1e-9)
    skipped = [pace.skip() for _ in range(MOST_SKIPPED + 1)]
    assert skipped == [True] * MOST_SKIPPED + [False]


def test_a_wait_ends_when_the_pace_is_closed() -> None:
    pace = Pace(3600)
    assert pace.wait()
    pace.close()
    assert not pace.wait()
