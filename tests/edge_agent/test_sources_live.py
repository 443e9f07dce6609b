"""Streams from a real RTSP server, which is stalled, killed and locked."""

from pathlib import Path

import pytest

from contracts.clock import utc_now
from edge_agent.frame import SourceError
from edge_agent.sources import live
from edge_agent.sources.live import LiveSource
from tests.edge_agent.media import RtspServer, needs_rtsp, number_of, numbered_video, until

FRAMES, FPS = 400, 20


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_video(tmp_path_factory.mktemp("live") / "a.mp4", FRAMES, FPS)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "OPEN_S", 2.0)
    monkeypatch.setattr(live, "READ_S", 1.0)


@needs_rtsp
def test_frames_of_a_stream_come_in_order(video: Path) -> None:
    with RtspServer(video) as server:
        frames = LiveSource(server.url()).frames()
        shown = [number_of(next(frames).image) for _ in range(8)]
        frames.close()
    assert shown == sorted(set(shown))


@needs_rtsp
def test_of_a_backlog_the_newest_is_handed_out(video: Path) -> None:
    """Frames that waited while the watcher was away are dated back or left out, not replayed."""
    with RtspServer(video) as server:
        frames = LiveSource(server.url()).frames()
        for _ in range(5):
            before = next(frames)
        away_since = utc_now()
        until(lambda: (utc_now() - away_since).total_seconds() > 2, "the watcher is away")
        shown = [before, *(next(frames) for _ in range(6))]
        frames.close()
    numbers = [number_of(frame.image) for frame in shown]
    assert numbers[-1] - numbers[0] > 1.5 * FPS
    for frame, number in zip(shown, numbers, strict=True):
        by_counter = (number - numbers[0]) / FPS
        by_clock = (frame.captured_at - shown[0].captured_at).total_seconds()
        assert by_clock == pytest.approx(by_counter, abs=1.0)


@needs_rtsp
@pytest.mark.usefixtures("impatient")
def test_a_server_that_accepts_and_hangs_is_given_up(video: Path) -> None:
    with RtspServer(video) as server:
        server.stall()
        with pytest.raises(SourceError, match="nothing came within 2 s"):
            next(LiveSource(server.url()).frames())


@needs_rtsp
@pytest.mark.usefixtures("impatient")
def test_a_server_that_falls_silent_is_given_up(video: Path) -> None:
    with RtspServer(video) as server:
        frames = LiveSource(server.url()).frames()
        next(frames)
        server.stall()
        with pytest.raises(SourceError, match="no frame for 1 s"):
            list(frames)


@needs_rtsp
def test_a_server_that_dies_is_a_loss(video: Path) -> None:
    with RtspServer(video) as server:
        frames = LiveSource(server.url()).frames()
        next(frames)
        server.kill()
        with pytest.raises(SourceError, match="the stream ended"):
            list(frames)


def test_nobody_at_the_address_is_a_loss() -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        next(LiveSource("rtsp://127.0.0.1:1/cam").frames())


def test_a_usb_camera_that_is_not_there_is_a_loss() -> None:
    with pytest.raises(SourceError, match="usb:87"):
        next(LiveSource(87).frames())
    with pytest.raises(SourceError, match="/dev/no-camera"):
        next(LiveSource("/dev/no-camera").frames())


@needs_rtsp
def test_a_locked_camera_opens_with_its_password(video: Path) -> None:
    with RtspServer(video, user="thap:mat-khau") as server:
        frames = LiveSource(server.url("thap:mat-khau")).frames()
        assert next(frames).number == 1
        frames.close()


@needs_rtsp
def test_a_password_reaches_neither_the_error_nor_the_terminal(
    video: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with (
        RtspServer(video, user="thap:mat-khau") as server,
        caplog.at_level(0),
        pytest.raises(SourceError, match=r"thap:\*\*\*@127") as told,
    ):
        next(LiveSource(server.url("thap:sai-roi")).frames())
    printed = capfd.readouterr()
    for text in (str(told.value), repr(told.value), printed.out, printed.err, caplog.text):
        assert "sai-roi" not in text


@needs_rtsp
def test_a_stream_that_lags_too_far_is_opened_anew(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LAG_LIMIT_S", 1.0)
    with RtspServer(video) as server:
        frames = LiveSource(server.url()).frames()
        for _ in range(5):
            next(frames)
        away_since = utc_now()
        until(lambda: (utc_now() - away_since).total_seconds() > 3, "the watcher is away")
        with pytest.raises(SourceError, match="s late"):
            list(frames)


@needs_rtsp
def test_a_closed_stream_ends_without_a_loss(video: Path) -> None:
    with RtspServer(video) as server:
        source = LiveSource(server.url())
        frames = source.frames()
        next(frames)
        source.close()
        assert list(frames) == []
