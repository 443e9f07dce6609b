"""Devices as the hub knows them: their word, their last sign of life, their clock, their cameras.

What the inbox sees is gathered in memory and written once a second: losing a second of "last
seen" costs nothing, the next message says it again.  A status is written with its message.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from contracts.measurement import Measurement
from contracts.message import Numbered
from contracts.status import CameraCard, Presence, Status
from contracts.telemetry import Telemetry
from hub.database import Database, Work, upsert
from hub.feed import Topic
from hub.records import cameras, devices
from hub.skew import Skew

MANY = "*"
"""The key of the change feed when signs of life of several devices were written at once."""


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What came from one device since it was last written."""

    skew: Skew
    last_seen_at: datetime
    messages: int = 0
    delay_s: float = 0.0
    heard: bool = False
    cameras: dict[str, Telemetry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFigure:
    """How a device's link was over the last interval."""

    device: str
    skew_s: float | None
    delay_s: float
    messages: int


class Devices:
    """`heard` is called by the inbox, `flush` and `link_figures` by housekeeping."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._traffic: dict[str, Traffic] = {}

    def load(self) -> None:
        """Takes over what was known of the clocks before the restart."""
        query = select(devices.c.device, devices.c.last_seen_at, devices.c.skew_s)
        with self._database.read() as connection:
            for device, seen, skew_s in connection.execute(query):
                self._traffic[device] = Traffic(skew=Skew(skew_s), last_seen_at=seen)

    def skew_of(self, device: str) -> float | None:
        """Seconds the device's clock is ahead; None until enough messages agree."""
        with self._lock:
            known = self._traffic.get(device)
            return known.skew.seconds if known and known.skew.settled else None

    def heard(self, message: Numbered, received_at: datetime) -> None:
        with self._lock:
            traffic = self._of(message.device, received_at)
            traffic.heard = True
            traffic.last_seen_at = max(traffic.last_seen_at, received_at)
            traffic.messages += 1
            if message.sent_at is not None:
                traffic.skew.add(message.sent_at, received_at)
                delay = (received_at - message.captured_at).total_seconds()
                traffic.delay_s = max(traffic.delay_s, delay)
            if isinstance(message, Telemetry) and message.camera:
                newest = traffic.cameras.get(message.camera)
                if newest is None or newest.captured_at <= message.captured_at:
                    traffic.cameras[message.camera] = message

    def _of(self, device: str, seen: datetime) -> Traffic:
        if device not in self._traffic:
            self._traffic[device] = Traffic(skew=Skew(), last_seen_at=seen)
        return self._traffic[device]

    def flush(self) -> None:
        """Writes who was heard and the newest figures of their cameras."""
        with self._lock:
            heard = {name: each for name, each in self._traffic.items() if each.heard}
            figures = [
                (name, newest) for name, each in heard.items() for newest in each.cameras.values()
            ]
            for each in heard.values():
                each.heard, each.cameras = False, {}
        if not heard:
            return
        seen = [
            _blank(name, each.last_seen_at) | {"skew_s": each.skew.seconds}
            for name, each in heard.items()
        ]
        with self._database.work() as work:
            upsert(work.connection, devices, seen, ("last_seen_at", "skew_s"))
            _write_figures(work, figures)
            work.changed(Topic.DEVICE, MANY)

    def link_figures(self) -> list[LinkFigure]:
        """Since the last call, for each device that spoke."""
        with self._lock:
            spoke = [(name, each) for name, each in self._traffic.items() if each.messages]
            figures = [
                LinkFigure(
                    device=name,
                    skew_s=each.skew.seconds,
                    delay_s=each.delay_s,
                    messages=each.messages,
                )
                for name, each in spoke
            ]
            for _, each in spoke:
                each.messages, each.delay_s = 0, 0.0
        return figures


def _blank(device: str, at: datetime) -> dict[str, Any]:
    """A device that speaks before it introduced itself is there."""
    return {
        "device": device, "state": Presence.ONLINE.value, "title": device, "software": "",
        "model": "", "reason": "", "first_seen_at": at, "last_seen_at": at,
    }  # fmt: skip


def _write_figures(work: Work, figures: Iterable[tuple[str, Telemetry]]) -> None:
    """One statement for each set of columns: cameras of one release say the same figures."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for device, newest in figures:
        if newest.measurement is Measurement.CAMERA and newest.camera is not None:
            values = _figures(newest)
            card = _card(device, CameraCard(name=newest.camera))
            alike[tuple(values)].append(card | values)
    for names, rows in alike.items():
        upsert(work.connection, cameras, rows, names)


def _figures(newest: Telemetry) -> dict[str, Any]:
    values: dict[str, Any] = {"reported_at": newest.captured_at}
    age = newest.values.get("frame_age_s")
    if age is not None:
        values["last_frame_at"] = newest.captured_at - timedelta(seconds=min(max(age, 0), 1e9))
    if "frames_per_second" in newest.values:
        values["frames_per_second"] = newest.values["frames_per_second"]
    if "changing" in newest.values:
        values["changing"] = newest.values["changing"] > 0
    return values


def _card(device: str, card: CameraCard) -> dict[str, Any]:
    return {
        "device": device, "camera": card.name, "title": card.title or card.name,
        "scene": card.scene,
        "lat": card.position.lat if card.position else None,
        "lon": card.position.lon if card.position else None,
        "azimuth_deg": card.pose.azimuth_deg if card.pose else None,
        "fov_deg": card.pose.fov_deg if card.pose else None,
    }  # fmt: skip


def write_status(work: Work, status: Status, received_at: datetime) -> None:
    """Takes a device's word of itself; an older word than the one known changes nothing.

    A last will carries the time of the connection that it ends: it counts if no newer
    connection has said that it is there.
    """
    known = work.connection.execute(
        select(devices).where(devices.c.device == status.device)
    ).one_or_none()
    if known is not None and known.status_at is not None and status.at < known.status_at:
        return
    values: dict[str, Any] = {"state": status.state.value, "status_at": status.at,
                              "reason": status.reason}  # fmt: skip
    if status.state is Presence.ONLINE:
        values |= {"title": status.title or status.device, "software": status.software,
                   "model": status.model, "last_seen_at": received_at}  # fmt: skip
    if known is None:
        work.connection.execute(insert(devices).values(_blank(status.device, received_at) | values))
    else:
        work.connection.execute(
            update(devices).where(devices.c.device == status.device).values(values)
        )
    if status.state is Presence.ONLINE:
        _write_cards(work, status)
    work.changed(Topic.DEVICE, status.device)


def _write_cards(work: Work, status: Status) -> None:
    upsert(work.connection, cameras, [_card(status.device, card) for card in status.cameras])
    names = [card.name for card in status.cameras]
    work.connection.execute(
        delete(cameras).where(cameras.c.device == status.device, cameras.c.camera.not_in(names))
    )
