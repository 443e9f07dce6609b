"""Overhears the device link: who is online, what was sighted, how fast cameras are scored."""

import queue
import threading
from collections import defaultdict
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from contracts import codec
from contracts.errors import ContractError
from contracts.measurement import Measurement
from contracts.sighting import Sighting, State
from contracts.status import Presence, Status
from contracts.telemetry import Telemetry
from contracts.topics import ROOT
from ioc.broker import LOOPBACK

START_S = 10.0
"""The broker accepted a connection already; a busy machine may take a second to answer."""


class ObserverDeaf(RuntimeError):
    """The broker accepts connections and answers nothing."""

    def __init__(self) -> None:
        super().__init__(f"the broker did not answer a subscription in {START_S:.0f} s")


@dataclass(kw_only=True)
class CameraFigures:
    """`frames_scored` and `frames_failed` are sums, the others one value a report."""

    frames_scored: int = 0
    frames_failed: int = 0
    inference_ms: list[float] = field(default_factory=list)
    overhead_ms: list[float] = field(default_factory=list)


class Observer:
    """`news` holds statuses and opened sightings in the order of their arrival."""

    def __init__(self, port: int) -> None:
        self.news: queue.SimpleQueue[Status | Sighting] = queue.SimpleQueue()
        self.online: set[str] = set()
        self.sightings: dict[str, Sighting] = {}
        self.cameras: dict[str, CameraFigures] = defaultdict(CameraFigures)
        self.unreadable = 0
        self._listening = threading.Event()
        self._counted: set[str] = set()
        self._lock = threading.Lock()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="ioc-demo-observer")
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self._listening.set()
        self._client.on_message = self._hear
        self._port = port

    def start(self) -> None:
        """Returns when it listens, so that nothing said from now on is missed."""
        self._client.connect(LOOPBACK, self._port)
        self._client.loop_start()
        if not self._listening.wait(START_S):
            raise ObserverDeaf

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def figures(self) -> dict[str, CameraFigures]:
        """By device and camera, as of now."""
        with self._lock:
            return dict(self.cameras)

    def _subscribe(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(f"{ROOT}/up/#", qos=1)

    def _hear(self, _client: object, _data: object, heard: mqtt.MQTTMessage) -> None:
        try:
            message = codec.decode(heard.topic, bytes(heard.payload)).message
        except ContractError:
            self.unreadable += 1
            return
        if isinstance(message, Status):
            self._status(message)
        elif isinstance(message, Sighting):
            self._sighting(message)
        elif isinstance(message, Telemetry) and message.measurement is Measurement.CAMERA:
            self._camera(message)

    def _status(self, status: Status) -> None:
        was = status.device in self.online
        now = status.state is Presence.ONLINE
        (self.online.add if now else self.online.discard)(status.device)
        if was != now:
            self.news.put(status)

    def _sighting(self, sighting: Sighting) -> None:
        new = sighting.sighting not in self.sightings
        self.sightings.setdefault(sighting.sighting, sighting)
        if new and sighting.state is State.OPENED:
            self.news.put(sighting)

    def _camera(self, telemetry: Telemetry) -> None:
        with self._lock:
            figures = self.cameras[f"{telemetry.device}/{telemetry.camera}"]
            if telemetry.id in self._counted:
                return
            self._counted.add(telemetry.id)
            values = telemetry.values
            figures.frames_scored += int(values.get("frames_scored", 0))
            figures.frames_failed += int(values.get("frames_failed", 0))
            for name, kept in (
                ("inference_ms", figures.inference_ms),
                ("overhead_ms", figures.overhead_ms),
            ):
                if name in values:
                    kept.append(values[name])
