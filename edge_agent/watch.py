"""One camera under watch: its newest frame is scored, confirmed and reported, at its interval."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from contracts.clock import utc_now
from contracts.sighting import State
from edge_agent.capture import Capture, CaptureState
from edge_agent.config import AgentConfig, CameraSection
from edge_agent.confirm import Confirmer
from edge_agent.detector import Detector
from edge_agent.floor import NoiseFloor
from edge_agent.frame import Frame, Source
from edge_agent.outbox import Draft
from edge_agent.report import Reporter
from edge_agent.sources import open_source
from edge_agent.sources.folder import DEFAULT_PACE_S
from edge_agent.telemetry import Work
from edge_agent.zoom import ZoomingDetector

log = logging.getLogger(__name__)

PICTURE_EVERY_S = 60.0
"""The least time between two whole pictures of one sighting; thumbnails go with each update."""
REMEMBER_EVERY_S = 900.0
"""A power cut costs so much of a week's learning; a few kilobytes each time."""
LAPSE_S = 60.0
"""Between two pictures of a folder, unless told otherwise."""
DARK = 8.0
"""Mean luma (0-255) below which a camera sees nothing; moonlit scenes lie above 12."""


class ConfiguredSource:
    """The source of a camera's section, opened at each try: a disk may be plugged in later."""

    def __init__(self, section: CameraSection) -> None:
        self._section = section
        self._open: Source | None = None

    def frames(self) -> Iterator[Frame]:
        self._open = open_source(
            self._section.source(), loop=self._section.loop, pace_s=self._section.pace_s
        )
        yield from self._open.frames()

    def close(self) -> None:
        if self._open is not None:
            self._open.close()


class Watch:
    """Not thread-safe but for `work` and `capture`: one thread looks."""

    def __init__(self, section: CameraSection, config: AgentConfig, model: str) -> None:
        self.name = section.name
        self.interval_s = section.interval_s
        self.capture = Capture(ConfiguredSource(section), section.name)
        self.due = 0.0
        self._zoom = section.zoom
        self.work = Work()
        outbox = config.outbox.path
        self._memory = outbox.with_name(f"{outbox.stem}-{section.name}.noise.npz")
        self._noise = NoiseFloor.load(self._memory)
        self._confirmer = Confirmer(section.policy.hastened(hurry(section)), self._noise)
        self._reporter = Reporter(
            camera=section.name,
            position=config.device.position,
            pose=section.pose,
            model=model,
            drill=config.device.drill,
        )
        self._remembered = time.monotonic()
        self._number = 0
        self._at: datetime | None = None
        self._pictured: dict[str, float] = {}
        self._trouble = ""

    def take_work(self) -> Work:
        """The figures since the last call."""
        done, self.work = self.work, Work()
        return done

    def next_frame(self) -> Frame | None:
        """The newest frame, if it is newer than the last one looked at."""
        frame = self.capture.wait(self._number, 0.0)
        if frame is not None:
            self._number = frame.number
        return frame

    def look(self, frame: Frame, detector: Detector) -> list[Draft]:
        """Scores one frame; what is to be told of it."""
        began = time.perf_counter()
        at = self._forward(frame.captured_at)
        eye = ZoomingDetector(detector) if self._zoom else detector
        detections = eye.detect(frame.image, self._confirmer.floor)
        drafts: list[Draft] = []
        for change in self._confirmer.look(detections, at):
            log.info(
                "camera %s: %s %s, score %.2f after %d frames",
                self.name, change.label, change.state, change.score, change.frames,
            )  # fmt: skip
            picture = self._wants_picture(change.sighting, change.state)
            drafts += self._reporter.drafts(change, at, detections, frame.image, picture)
        self.work.scored += 1
        self.work.inference_s += eye.inference_s
        self.work.overhead_s += time.perf_counter() - began - eye.inference_s
        self.work.luma = float(frame.image[::16, ::16].mean())
        self.work.noisy = self._noise.share(at)
        return drafts

    def expire(self) -> list[Draft]:
        """Closes sightings of a camera from which nothing comes any more."""
        if self._at is None:
            return []
        now = self._forward(utc_now())
        return [
            draft
            for change in self._confirmer.expire(now)
            for draft in self._reporter.drafts(change, now, [], None, with_picture=False)
        ]

    def mind_memory(self) -> None:
        """Keeps what was learned of noise, now and then."""
        if time.monotonic() - self._remembered >= REMEMBER_EVERY_S:
            self.remember()

    def remember(self) -> None:
        """Keeps what was learned of noise; a disk that refuses it costs no look."""
        self._remembered = time.monotonic()
        try:
            self._noise.save(self._memory)
        except OSError as refused:
            log.warning("camera %s: noise floor not kept: %s", self.name, refused)

    def mind_health(self) -> None:
        """Says in the log when the camera goes blind and when it sees again, once each."""
        trouble = _trouble(self.capture.snapshot(), self.work)
        if trouble != self._trouble:
            if trouble:
                log.warning("camera %s: %s", self.name, trouble)
            else:
                log.info("camera %s: sees again", self.name)
            self._trouble = trouble

    def _wants_picture(self, sighting: str, state: State) -> bool:
        now = time.monotonic()
        if state is State.CLOSED:
            self._pictured.pop(sighting, None)
            return False
        if now - self._pictured.get(sighting, -PICTURE_EVERY_S) < PICTURE_EVERY_S:
            return False
        self._pictured[sighting] = now
        return True

    def _forward(self, at: datetime) -> datetime:
        """A clock that was set back does not turn a sighting's time around."""
        self._at = at if self._at is None else max(at, self._at)
        return self._at


def hurry(section: CameraSection) -> float:
    """Seconds of the world in a second of this camera."""
    if section.speed is not None:
        return section.speed
    if Path(section.url).is_dir():
        return LAPSE_S / (section.pace_s or DEFAULT_PACE_S)
    return 1.0


def _trouble(state: CaptureState, work: Work) -> str:
    if state.state == "lost":
        return f"lost ({state.error})"
    if state.state == "ended":
        return "the recording has ended"
    if state.state == "live" and not state.changing:
        return "the picture is frozen"
    if work.scored and work.luma < DARK:
        return f"dark (mean luma {work.luma:.0f} of 255)"
    return ""
