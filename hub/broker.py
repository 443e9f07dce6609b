"""One MQTT connection for one lane: receives, acknowledges when told, never gives up.

A PUBACK belongs to the connection that brought the message: after a reconnect the same packet
id may name another message, so an acknowledgement of an older connection is dropped, and the
broker delivers that message again (the ledger knows it).  paho's QoS 2 acknowledges before it
is told to; QoS 1 only.
"""

import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from contracts.clock import utc_now
from contracts.configuration import secret
from contracts.topics import QOS
from hub.config import HubBroker

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
"""A dead 4G or VPN path shows within 45 s; a full queue may block reading for as long."""

RETRY_S = (1, 15)
"""First and longest wait between attempts: a broker that restarts is found again in seconds."""

IN_FLIGHT = 1_000
"""Messages to the broker that it has not confirmed.  Whoever writes more while `has_room` is
false only fills memory (2 kB each in paho): the inbox waits and gathers its receipts."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and the connection that it must be acknowledged on (`mid` 0: QoS 0, nowhere)."""

    link: "Link"
    generation: int
    mid: int
    topic: str
    payload: bytes
    received_at: datetime


class Link:
    """Starts and stops one named thread; `on_delivery` runs there and may block."""

    def __init__(
        self,
        settings: HubBroker,
        *,
        name: str,
        client_id: str,
        filters: tuple[str, ...],
        on_delivery: Callable[[Delivery], object],
    ) -> None:
        self.name = name
        self._settings = settings
        self._filters = filters
        self._on_delivery = on_delivery
        self._guard = threading.Lock()
        self._generation = 0
        self._connected = False
        self._unconfirmed = 0
        self._stopping = threading.Event()
        self._client = self._make(client_id)
        self._thread = threading.Thread(target=self._run, name=f"broker-{name}", daemon=True)

    @property
    def connected(self) -> bool:
        return self._connected

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Says goodbye to the broker; the session stays there with what was not acknowledged."""
        self._stopping.set()
        while self._thread.is_alive():
            # Again and again: paho forgets a goodbye that was said while it was connecting.
            self._client.disconnect()
            self._thread.join(0.1)

    def acknowledge(self, delivery: Delivery) -> None:
        """PUBACK, unless the connection that brought it is gone."""
        with self._guard:
            if self._connected and delivery.generation == self._generation and delivery.mid:
                self._client.ack(delivery.mid, QOS)

    @property
    def has_room(self) -> bool:
        """False while the broker has yet to confirm what it was sent."""
        return self._unconfirmed < IN_FLIGHT

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """QoS 1; dropped (False) while there is no connection: what it answers comes again."""
        if not self._connected:
            return False
        with self._guard:
            self._unconfirmed += 1
        self._client.publish(topic, payload, qos=QOS, retain=retain)
        return True

    def _on_publish(self, *_confirmed: object) -> None:
        with self._guard:
            self._unconfirmed -= 1

    def _make(self, client_id: str) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=mqtt.MQTTv311,
            manual_ack=True,
        )
        client.reconnect_delay_set(*RETRY_S)
        client.max_inflight_messages_set(IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_socket_register_write = _left_to_the_network_thread
        _authenticate(client, self._settings)
        return client

    def _run(self) -> None:
        """paho ends its loop on an exception of a callback; this brings it back and says so."""
        client, settings = self._client, self._settings
        while not self._stopping.is_set():
            try:
                client.connect_async(settings.host, settings.port, keepalive=KEEPALIVE_S)
                client.loop_forever(retry_first_connection=True)
            except Exception:
                log.exception("broker link %s failed; it starts again", self.name)
            self._lost()
            self._stopping.wait(RETRY_S[0])

    def _lost(self) -> None:
        with self._guard:
            self._generation += 1
            self._connected = False

    def _on_connect(
        self, client: mqtt.Client, _data: Any, flags: mqtt.ConnectFlags, reason: ReasonCode, _p: Any
    ) -> None:
        if reason.is_failure:
            log.error("broker %s refuses link %s: %s", self._settings.url, self.name, reason)
            return
        with self._guard:
            self._generation += 1
            self._connected = True
        client.subscribe([(each, QOS) for each in self._filters])
        kept = "kept" if flags.session_present else "new"
        log.info("broker link %s connected to %s, session %s", self.name, self._settings.url, kept)

    def _on_disconnect(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _p: Any
    ) -> None:
        self._lost()
        if not self._stopping.is_set():
            log.warning("broker link %s lost: %s", self.name, reason)

    def _on_subscribe(
        self, _client: mqtt.Client, _data: Any, _mid: int, codes: list[ReasonCode], _p: Any
    ) -> None:
        for wanted, code in zip(self._filters, codes, strict=False):
            if code.is_failure:
                log.error("broker refuses %s to the hub: %s; mend its ACL", wanted, code)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._on_delivery(
            Delivery(
                self,
                self._generation,
                message.mid if message.qos else 0,
                message.topic,
                bytes(message.payload),
                utc_now(),
            )
        )


def _left_to_the_network_thread(*_socket: object) -> None:
    """With this hook paho only queues what other threads say.  Without it the inbox's thread
    would write, find the connection dead, run `_on_disconnect` inside `acknowledge` and wait for
    `_guard`, which it holds itself: a hub that hung for a minute never answered again."""


def _authenticate(client: mqtt.Client, settings: HubBroker) -> None:
    password = secret(settings.password_file, settings.password_env)
    if settings.username:
        client.username_pw_set(settings.username, password)
    if settings.tls:
        context = ssl.create_default_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
        if settings.cert_file and settings.key_file:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        client.tls_set_context(context)
