"""The lookout and its watches: one camera's trouble is its own, and an alarm is never dropped."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from contracts import codec
from contracts.identity import Lane
from contracts.measurement import Measurement
from contracts.sighting import Label, Sighting, State
from contracts.telemetry import Telemetry
from edge_agent import telemetry
from edge_agent.config import AgentConfig
from edge_agent.detector import Detection
from edge_agent.frame import Frame, Image
from edge_agent.lookout import Lookout
from edge_agent.outbox import Draft, Outbox, OutboxFull
from edge_agent.watch import Watch
from tests.edge_agent.making import NOON, alarm_draft, box_at, outbox_in, seen
from tests.waiting import until

SIGHTING = "01M85V5NXFXYGE1ST3GS6V4JQD"


class Script:
    """A detector that says what it is told, or breaks on a red frame."""

    inference_s = 0.01

    def __init__(self, boxes: Sequence[Sequence[Detection]] = ()) -> None:
        self._boxes = iter(boxes)

    def detect(self, image: Image, floor: float) -> list[Detection]:
        if (image[..., 2] == 255).all():
            raise ZeroDivisionError("an odd frame")
        return list(next(self._boxes, ()))


def pictures(folder: Path, colour: tuple[int, int, int]) -> Path:
    folder.mkdir()
    for number in range(12):
        noisy = np.full((72, 128, 3), colour, np.uint8)
        noisy[0, number] = colour[::-1] if colour != (0, 0, 255) else colour
        cv2.imwrite(str(folder / f"{number:02}.png"), noisy)
    return folder


def config_of(folder: Path, **cameras: Path) -> AgentConfig:
    return AgentConfig.model_validate({
        "device": {"name": "thap-prao", "lat": 15.93, "lon": 107.64, "drill": True},
        "outbox": {"path": str(folder / "outbox.db")},
        "camera": [
            {"name": name, "url": str(path), "pace_s": 0.02, "interval_s": 0.01, "loop": True,
             "azimuth_deg": 90, "fov_deg": 60}
            for name, path in cameras.items()
        ],
    })  # fmt: skip


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = outbox_in(tmp_path)
    yield opened
    opened.close()


def run_until(lookout: Lookout, watches: Sequence[Watch], done: object) -> None:
    for watch in watches:
        watch.capture.start()
    lookout.start()
    try:
        until(done)  # type: ignore[arg-type]
    finally:
        lookout.stop()
        lookout.join(5)
        for watch in watches:
            watch.capture.stop()


def frame(number: int) -> Frame:
    image = np.full((72, 128, 3), 90, np.uint8)
    return Frame(image=image, captured_at=NOON, number=number)


def plume() -> list[list[Detection]]:
    return [[seen(0.9, box_at(0.4, 0.4, 0.05 + 0.01 * look))] for look in range(8)]


def test_a_confirmed_plume_becomes_a_sighting_a_thumbnail_and_a_picture(
    tmp_path: Path, outbox: Outbox
) -> None:
    watch = Watch(
        config_of(tmp_path, bac=tmp_path).camera[0], config_of(tmp_path, bac=tmp_path), "m1"
    )
    script = Script(plume())
    drafts = [draft for number in range(8) for draft in watch.look(frame(number), script)]  # type: ignore[arg-type]
    outbox.put(*drafts)
    alarm = outbox.pending(Lane.ALARM, after=0, rows=99, size=10**6)
    bulk = outbox.pending(Lane.BULK, after=0, rows=99, size=10**6)
    sighting = codec.decode(alarm[0].topic, alarm[0].payload).message
    assert isinstance(sighting, Sighting)
    assert (sighting.state, sighting.label, sighting.model) == (State.OPENED, Label.SMOKE, "m1")
    assert sighting.drill
    assert sighting.bearing is not None
    assert sighting.position is not None
    assert [row.topic.rpartition("/")[2] for row in alarm[:2]] == ["sighting", "evidence"]
    assert len(alarm[1].payload) <= 9000
    assert len(bulk) == 1


def test_one_cameras_odd_frames_do_not_blind_another(tmp_path: Path, outbox: Outbox) -> None:
    odd = pictures(tmp_path / "odd", (0, 0, 255))
    good = pictures(tmp_path / "good", (90, 120, 90))
    config = config_of(tmp_path, odd=odd, good=good)
    watches = [Watch(camera, config, "m") for camera in config.camera]
    lookout = Lookout(watches, Script(), outbox)  # type: ignore[arg-type]
    run_until(lookout, watches, lambda: watches[0].work.failed > 3 and watches[1].work.scored > 3)
    assert lookout.failure is None


class FullAtFirst:
    """An outbox on a disk that is full three times."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._refusals = 3

    def put(self, *drafts: Draft) -> None:
        if self._refusals:
            self._refusals -= 1
            raise OutboxFull(path=self._outbox.path, lane=Lane.ALARM, why="disk full")
        self._outbox.put(*drafts)


def test_an_alarm_that_the_disk_refused_is_kept_and_tried_again(
    tmp_path: Path, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    lookout = Lookout([], Script(), FullAtFirst(outbox))  # type: ignore[arg-type]
    lookout._keep([alarm_draft(SIGHTING), alarm_draft(SIGHTING)])
    for _ in range(3):
        assert outbox.waiting(Lane.ALARM) == 0
        lookout._chores()
    assert outbox.waiting(Lane.ALARM) == 2
    assert caplog.text.count("held in memory") == 1


def test_a_lookout_that_dies_says_why(tmp_path: Path, outbox: Outbox) -> None:
    class Broken:
        work = None

        @property
        def due(self) -> float:
            raise sqlite3.OperationalError("no such thing")

    lookout = Lookout([Broken()], Script(), outbox)  # type: ignore[list-item, arg-type]
    with pytest.raises(sqlite3.OperationalError):
        lookout.run()
    assert isinstance(lookout.failure, sqlite3.OperationalError)


def test_a_dark_camera_is_said_once_and_its_return_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    config = config_of(tmp_path, bac=tmp_path)
    watch = Watch(config.camera[0], config, "m")
    watch.work.scored = 1
    for luma in (2.0, 2.0, 90.0, 90.0):
        watch.work.luma = luma
        watch.mind_health()
    assert caplog.text.count("dark") == 1
    assert caplog.text.count("sees again") == 1


def test_telemetry_keeps_the_frozen_shape(tmp_path: Path, outbox: Outbox) -> None:
    config = config_of(tmp_path, bac=pictures(tmp_path / "p", (90, 120, 90)))
    watch = Watch(config.camera[0], config, "m")
    lookout = Lookout([watch], Script(), outbox)  # type: ignore[arg-type]
    run_until(lookout, [watch], lambda: watch.work.scored > 2)
    values = telemetry.camera(watch.capture, watch.take_work())
    box = telemetry.Gauge(tmp_path).box(outbox, reconnects=2, detector_ok=True)
    outbox.put(
        telemetry.draft(Measurement.CAMERA, values, NOON, camera_name="bac"),
        telemetry.draft(Measurement.BOX, box, NOON),
    )
    rows = outbox.pending(Lane.BULK, after=0, rows=9, size=10**6)
    sent = [codec.decode(row.topic, row.payload).message for row in rows]
    camera, machine = sent
    assert isinstance(camera, Telemetry)
    assert isinstance(machine, Telemetry)
    assert camera.values["inference_ms"] == pytest.approx(10.0)
    assert camera.values["frame_age_s"] >= 0
    assert machine.values["uplink_reconnects"] == 2
    assert machine.values["detector_ok"] == 1
    assert machine.values["rss_mb"] > 10
    assert watch.work.scored == 0
