"""The issuer at the broker: renews certificates, reports clones, keeps the lists fresh."""

import contextlib
import logging
import ssl
import threading
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from contracts import codec, topics
from contracts.clock import utc_now
from contracts.configuration import Broker
from provisioning import audit, brokers, registry, renewal
from provisioning.authority import Authority
from provisioning.clones import Finding, Watch
from provisioning.records import Occasion, Store

log = logging.getLogger(__name__)

LOG_TOPIC = "$SYS/broker/log/#"
QUIET_S = 3600.0
"""The same finding is written once an hour."""
UPKEEP_S = 86_400.0
"""Revocation lists are made anew each day, long before they run out."""


class Issuer:
    """`start` and `stop`; paho's thread answers, one more keeps the lists fresh."""

    def __init__(self, store: Store, authority: Authority, broker: Broker) -> None:
        self._store = store
        self._authority = authority
        self._broker = broker
        self._watch = Watch()
        self._told: dict[tuple[str, str], float] = {}
        self._stopping = threading.Event()
        self._upkeep = threading.Thread(target=self._keep_up, name="upkeep", daemon=True)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=registry.ISSUER, protocol=mqtt.MQTTv311
        )
        context = ssl.create_default_context(cafile=str(broker.ca_file))
        if broker.cert_file is not None:
            context.load_cert_chain(broker.cert_file, broker.key_file)
        self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message

    def start(self) -> None:
        self._client.connect_async(self._broker.host, self._broker.port)
        self._client.loop_start()
        self._upkeep.start()

    def stop(self) -> None:
        self._stopping.set()
        self._client.disconnect()
        self._client.loop_stop()
        self._upkeep.join()

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if reason.is_failure:
            log.error("issuer: the broker refuses us: %s", reason)
            return
        client.subscribe([(topics.CERTIFICATE_REQUEST_FILTER, topics.QOS), (LOG_TOPIC, 0)])
        log.info("issuer: connected to %s", self._broker.url)

    def _on_message(self, client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        """Whatever a client sends must not end the thread that answers."""
        try:
            if message.topic.startswith("$SYS/"):
                line = message.payload.decode(errors="replace")
                for finding in self._watch.read(line, time.monotonic()):
                    self._report(finding)
                return
            said = renewal.answer(
                self._store, self._authority, message.topic, bytes(message.payload)
            )
            if said is not None:
                client.publish(str(said.topic), codec.encode(said), qos=topics.QOS)
        except Exception:
            log.exception("issuer: a message on %s failed", message.topic)

    def _report(self, finding: Finding) -> None:
        key, now = (finding.action, finding.subject), time.monotonic()
        if now - self._told.get(key, -QUIET_S) < QUIET_S:
            return
        self._told[key] = now
        log.error("%s: %s: %s", finding.action, finding.subject, finding.detail)
        occasion = Occasion(at=utc_now(), actor="broker")
        with self._store.work() as connection:
            audit.note(
                connection, occasion, finding.action, finding.subject, {"detail": finding.detail}
            )

    def _keep_up(self) -> None:
        while not self._stopping.wait(UPKEEP_S):
            occasion = Occasion(at=utc_now(), actor=registry.ISSUER)
            with contextlib.suppress(OSError), self._store.work() as connection:
                for told in brokers.publish(connection, self._authority, occasion):
                    if told.trouble:
                        log.error("revocation list: %s", told.trouble)
