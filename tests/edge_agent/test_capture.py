"""Capture: opened again for ever, never behind, never fooled by a frozen picture."""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from contracts.clock import utc_now
from contracts.configuration import SecretMissing
from edge_agent import capture as capture_module
from edge_agent.backoff import Backoff
from edge_agent.capture import Capture, CaptureStatus
from edge_agent.frame import Frame, Image, Source, SourceError
from edge_agent.sources import open_source
from edge_agent.sources.synthetic import SyntheticSource
from tests.edge_agent.media import RtspServer, needs_rtsp, number_of, numbered_video, until

FPS = 20
LOST, ENDED, LIVE = CaptureStatus.LOST, CaptureStatus.ENDED, CaptureStatus.LIVE


class Scripted:
    """A source that plays one script at each opening, and then ends."""

    def __init__(self, *scripts: Callable[[], Iterator[Image]]) -> None:
        self._scripts = iter(scripts)
        self.closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        for number, image in enumerate(next(self._scripts, shows())(), start=1):
            yield Frame(image=image, captured_at=utc_now(), number=number)

    def close(self) -> None:
        self.closed.set()


def grey(level: int) -> Image:
    return np.full((16, 16, 3), level, np.uint8)


def shows(*images: Image) -> Callable[[], Iterator[Image]]:
    return lambda: iter(images)


def fails(error: Exception, *images: Image) -> Callable[[], Iterator[Image]]:
    def script() -> Iterator[Image]:
        yield from images
        raise error

    return script


def away() -> SourceError:
    return SourceError(source="cam", why="gone", remedy="look")


def quick() -> Backoff:
    return Backoff(0.001, 0.002, random.Random(1))


@pytest.fixture
def run() -> Iterator[Callable[[Source], Capture]]:
    """Starts captures and stops them after the test."""
    started: list[Capture] = []

    def start(source: Source) -> Capture:
        capture = Capture(source, "bac", quick())
        started.append(capture)
        capture.start()
        return capture

    yield start
    for capture in started:
        capture.stop()


Run = Callable[[Source], Capture]


def passed(capture: Capture, frames: int) -> bool:
    return capture.snapshot().frames >= frames


def ended(capture: Capture) -> bool:
    return capture.snapshot().state is ENDED


def test_before_it_starts_there_is_nothing() -> None:
    capture = Capture(Scripted(), "bac", quick())
    assert capture.wait(0, 0.0) is None
    assert capture.snapshot().state is CaptureStatus.OPENING
    assert not capture.alive
    capture.stop()


def test_a_recording_ends_and_its_last_frame_stays_at_hand(run: Run) -> None:
    capture = run(Scripted(shows(grey(1), grey(2), grey(3))))
    until(lambda: ended(capture), "the end")
    frame = capture.wait(0, 0.0)
    assert frame is not None
    assert (frame.number, int(frame.image[0, 0, 0])) == (3, 3)
    assert capture.wait(3, 0.0) is None
    state = capture.snapshot()
    assert (state.frames, state.losses, state.error) == (3, 0, "")
    assert state.last_frame_at == frame.captured_at
    assert capture.alive


def test_a_lost_source_is_opened_again_and_its_frames_are_counted_on(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    capture = run(Scripted(fails(away(), grey(1), grey(2)), fails(away()), shows(grey(3))))
    until(lambda: ended(capture), "the end")
    state = capture.snapshot()
    assert (state.frames, state.losses) == (3, 2)
    assert state.error == "cam: gone; look"
    assert caplog.text.count("camera bac: lost: cam: gone; look; next try in") == 2
    assert caplog.text.count("camera bac: frames come") == 2


def test_a_bug_in_a_decoder_does_not_blind_the_camera(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    capture = run(Scripted(fails(ZeroDivisionError("of the decoder")), shows(grey(1))))
    until(lambda: ended(capture), "the end")
    assert capture.snapshot().frames == 1
    assert "ZeroDivisionError" in capture.snapshot().error
    assert "Traceback" in caplog.text


def test_a_waiter_is_woken_by_the_next_frame(run: Run) -> None:
    gate = threading.Event()

    def script() -> Iterator[Image]:
        yield grey(1)
        gate.wait()
        yield grey(2)

    capture = run(Scripted(script))
    first = capture.wait(0, 60.0)
    assert first is not None
    gate.set()
    second = capture.wait(first.number, 60.0)
    assert second is not None
    assert second.number == 2


def test_stop_returns_while_a_read_hangs(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(capture_module, "STOP_S", 0.05)
    gate = threading.Event()

    def hangs() -> Iterator[Image]:
        yield grey(1)
        gate.wait()
        raise away()

    source = Scripted(hangs)
    capture = run(source)
    assert capture.wait(0, 60.0) is not None
    capture.stop()
    assert source.closed.is_set()
    assert capture.alive  # the thread hangs on; it is a daemon
    gate.set()
    until(lambda: not capture.alive, "the thread's end")
    assert "lost" not in caplog.text


def test_stop_cuts_a_long_pause_short() -> None:
    capture = Capture(Scripted(fails(away())), "bac", Backoff(3600.0, 3600.0))
    capture.start()
    until(lambda: capture.snapshot().state is LOST, "the loss")
    capture.stop()
    assert not capture.alive


def same_for_ever(image: Image) -> Callable[[], Iterator[Image]]:
    def script() -> Iterator[Image]:
        while True:
            yield image

    return script


def test_a_picture_that_never_changes_is_frozen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_module, "FROZEN_S", 0.05)
    capture = run(Scripted(same_for_ever(grey(90))))
    until(lambda: not capture.snapshot().changing, "frozen")
    assert capture.snapshot().state is LIVE


def test_a_frame_or_two_repeated_is_not_frozen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_module, "FROZEN_S", 0.0)
    few = capture_module.FROZEN_FRAMES
    capture = run(Scripted(shows(*[grey(1)] * few, *[grey(2)] * few)))
    until(lambda: ended(capture), "the end")
    assert capture.snapshot().changing


def test_a_short_repeat_at_a_high_rate_is_not_frozen(run: Run) -> None:
    capture = run(Scripted(shows(*[grey(1)] * 200)))
    until(lambda: ended(capture), "the end")
    assert capture.snapshot().changing


def test_a_camera_that_thaws_is_changing_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_module, "FROZEN_S", 0.0)
    gate = threading.Event()

    def thaws() -> Iterator[Image]:
        yield from [grey(1)] * 20
        gate.wait()
        yield grey(2)

    capture = run(Scripted(thaws))
    until(lambda: not capture.snapshot().changing, "frozen")
    gate.set()
    until(lambda: ended(capture), "the end")
    assert capture.snapshot().changing


def test_a_dark_night_is_not_frozen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise alone tells a dark live camera from a dead one."""
    monkeypatch.setattr(capture_module, "FROZEN_S", 0.0)
    url = "synthetic:tower?hour=2&ignite_after=-1&fps=200&width=160&height=90"
    capture = run(SyntheticSource.from_url(url))
    for past in range(0, 40, 5):
        assert capture.wait(past, 60.0) is not None
        assert capture.snapshot().changing


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_video(tmp_path_factory.mktemp("capture") / "a.mp4", 1200, FPS)


@needs_rtsp
def test_a_server_that_is_killed_and_started_again_is_found_again(run: Run, video: Path) -> None:
    with RtspServer(video) as server:
        capture = run(open_source(server.url()))
        assert capture.wait(0, 60.0) is not None
        port = server.port
    until(lambda: capture.snapshot().losses >= 3, "several losses")
    state = capture.snapshot()
    assert "127.0.0.1" in state.error
    with RtspServer(video, port):
        assert capture.wait(state.frames, 60.0) is not None
        until(lambda: capture.snapshot().state is LIVE, "live again")


@needs_rtsp
def test_whoever_is_slow_gets_the_newest_frame_and_never_falls_behind(
    run: Run, video: Path
) -> None:
    with RtspServer(video) as server:
        capture = run(open_source(server.url()))
        frame = capture.wait(0, 60.0)
        assert frame is not None
        for _ in range(4):
            before = frame
            until(partial(passed, capture, before.number + 10), "frames pass by")
            seen = capture.snapshot().frames
            frame = capture.wait(before.number, 0.0)
            assert frame is not None
            assert frame.number >= seen
            assert number_of(frame.image) - number_of(before.image) >= 10


def test_a_secret_that_is_gone_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Keyless:
        def frames(self) -> Iterator[Frame]:
            raise SecretMissing(place="camera.password", why="No such file or directory")

        def close(self) -> None:
            pass

    capture = Capture(Keyless(), "bac")
    capture.start()
    until(lambda: capture.snapshot().losses > 0, "a loss")
    capture.stop()
    [record] = [one for one in caplog.records if "lost" in one.message]
    assert "secret camera.password: No such file" in record.message
    assert not record.exc_info
