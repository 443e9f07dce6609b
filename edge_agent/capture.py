"""Capture: a thread that keeps a camera open and the newest of its frames at hand.

Latest wins: whoever is slow skips frames and never falls behind.  A lost source is opened again,
for ever.

A real sensor always has noise, even at night, so a stream whose pictures are the same to the last
bit is frozen, whatever its frame rate says; a threshold on the difference would call a quiet night
frozen.  A camera that burns a running clock into a frozen picture is not found out this way.
"""

import logging
import threading
import time
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.configuration import SecretMissing
from edge_agent.backoff import Backoff
from edge_agent.frame import Frame, Image, Source, SourceError

log = logging.getLogger(__name__)

FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
FROZEN_FRAMES, FROZEN_S = 5, 20.0
"""As many equal frames over as many seconds: an encoder may repeat the picture of a still scene
until its next key frame, which is sent every ten seconds at the latest."""
STOP_S = 2.0
"""A read that hangs longer is left to its daemon thread."""


class CaptureStatus(StrEnum):
    OPENING = "opening"
    LIVE = "live"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureState:
    """`frames` and `losses` since the start; `error` of the last loss; `changing`: not frozen."""

    state: CaptureStatus = CaptureStatus.OPENING
    frames: int = 0
    losses: int = 0
    last_frame_at: datetime | None = None
    error: str = ""
    changing: bool = True


class Capture:
    """Runs one source; `wait` and `snapshot` are for any thread."""

    def __init__(self, source: Source, name: str, backoff: Backoff | None = None) -> None:
        self._source = source
        self._name = name
        self._backoff = backoff or Backoff(FIRST_RETRY_S, LONGEST_RETRY_S)
        self._thread = threading.Thread(target=self._run, name=f"capture-{name}", daemon=True)
        self._fresh = threading.Condition()
        self._stopping = threading.Event()
        self._frame: Frame | None = None
        self._state = CaptureState()
        self._freeze = _Freeze()
        self._pause = 0.0

    def start(self) -> None:
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still does its work, or has nothing more to do."""
        return self._thread.is_alive() or self._state.state is CaptureStatus.ENDED

    def wait(self, after: int, timeout_s: float) -> Frame | None:
        """The newest frame if its number is above `after`, waiting at most `timeout_s` for it."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._newest(after) is not None, timeout_s)
            return self._newest(after)

    def snapshot(self) -> CaptureState:
        return self._state

    def stop(self) -> None:
        """Returns within two seconds, even when a read hangs."""
        self._stopping.set()
        self._source.close()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _newest(self, after: int) -> Frame | None:
        frame = self._frame
        return frame if frame is not None and frame.number > after else None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                for frame in self._source.frames():
                    self._take(frame)
                    if self._stopping.is_set():
                        return
                self._ended()
                return
            except (SourceError, SecretMissing) as lost:
                self._lost(str(lost), known=True)
            except Exception as error:  # noqa: BLE001 - a decoder's bug must not blind the camera for good
                self._lost(repr(error), known=False)
            if self._stopping.wait(self._pause):
                return

    def _take(self, frame: Frame) -> None:
        number = self._state.frames + 1
        changing = self._freeze.look(frame.image)
        if self._state.state is not CaptureStatus.LIVE:
            log.info("camera %s: frames come", self._name)
            self._backoff.reset()
        with self._fresh:
            self._frame = replace(frame, number=number)
            self._state = replace(
                self._state,
                state=CaptureStatus.LIVE,
                frames=number,
                last_frame_at=frame.captured_at,
                changing=changing,
            )
            self._fresh.notify_all()

    def _ended(self) -> None:
        log.info(
            "camera %s: the recording has ended after %d frames", self._name, self._state.frames
        )
        self._state = replace(self._state, state=CaptureStatus.ENDED)

    def _lost(self, why: str, *, known: bool) -> None:
        self._pause = self._backoff.next()
        if self._stopping.is_set():
            return
        log.warning("camera %s: lost: %s; next try in %.1f s",
                    self._name, why, self._pause, exc_info=not known)  # fmt: skip
        self._state = replace(
            self._state, state=CaptureStatus.LOST, losses=self._state.losses + 1, error=why
        )


class _Freeze:
    """Remembers since when the picture has been the same to the last bit."""

    def __init__(self) -> None:
        self._print = 0
        self._same = 0
        self._since = time.monotonic()

    def look(self, image: Image) -> bool:
        """Whether the picture is still changing; every eighth pixel tells enough."""
        print_ = zlib.crc32(image[::8, ::8].tobytes())
        now = time.monotonic()
        if print_ != self._print:
            self._print, self._same, self._since = print_, 0, now
            return True
        self._same += 1
        return self._same < FROZEN_FRAMES or now - self._since < FROZEN_S
