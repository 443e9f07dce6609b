"""The issuer at the broker: renews certificates, reports clones to the hub, keeps lists fresh."""

import logging
import secrets
import ssl
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from contracts import codec, topics
from contracts.clock import utc_now
from contracts.configuration import Broker
from contracts.topics import ISSUER
from contracts.trust import Concern
from provisioning import audit, brokers, registry, renewal
from provisioning.authority import Authority
from provisioning.clones import Finding, Watch
from provisioning.concerns import Reporter
from provisioning.records import Occasion, Store
from provisioning.registry import Device

log = logging.getLogger(__name__)

LOG_TOPIC = "$SYS/broker/log/#"
QUIET_S = 3600.0
"""The same finding is written once an hour."""
UPKEEP_S = 86_400.0
"""Revocation lists are made anew each day, long before they run out."""
MOST_NAMED = 8
LOOK_S = 2.0
"""Other processes (`ioc device revoke`) write the audit too; an operator should not wait longer."""


class Issuer:
    """`start` and `stop`; paho's thread answers, one more keeps the lists fresh."""

    def __init__(self, store: Store, authority: Authority, broker: Broker) -> None:
        self._store = store
        self._authority = authority
        self._broker = broker
        self._watch = Watch()
        self._told: dict[tuple[str, str], float] = {}
        self._reporter = Reporter(store)
        self._stopping = threading.Event()
        self._upkeep = threading.Thread(target=self._keep_up, name="upkeep", daemon=True)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{ISSUER}-{secrets.token_hex(8)}",  # guessed, a box could throw us out
            protocol=mqtt.MQTTv311,
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

    @property
    def alive(self) -> bool:
        """Whether the thread that keeps the lists fresh does; paho's lives as long as we."""
        return self._upkeep.is_alive()

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
        self._reporter.forget()
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
        key, now = (finding.concern, finding.subject), time.monotonic()
        if now - self._told.get(key, -QUIET_S) < QUIET_S:
            return
        self._told[key] = now
        log.error("%s: %s: %s", finding.concern, finding.subject, finding.detail)
        occasion = Occasion(at=utc_now(), actor="broker")
        with self._store.work() as connection:
            said = finding.detail
            if finding.concern is Concern.CERTIFICATE_REFUSED:
                said += _who_it_may_be(registry.known(connection), occasion.at)
            detail = {"detail": said, "addresses": list(finding.addresses)}
            audit.note(connection, occasion, finding.concern, finding.subject, detail)

    def _keep_up(self) -> None:
        fresh_at = time.monotonic() + UPKEEP_S
        while not self._stopping.wait(LOOK_S):
            try:
                self._tell_the_hub()
                if time.monotonic() >= fresh_at:
                    fresh_at = time.monotonic() + UPKEEP_S
                    self._refresh_lists()
            except Exception:
                log.exception("issuer: its upkeep failed; it is tried again")

    def _tell_the_hub(self) -> None:
        if not self._client.is_connected():
            return
        report = self._reporter.news(utc_now())
        if report is not None:
            self._client.publish(
                str(report.topic), codec.encode(report), qos=topics.QOS, retain=True
            )

    def _refresh_lists(self) -> None:
        occasion = Occasion(at=utc_now(), actor=ISSUER)
        with self._store.work() as connection:
            for told in brokers.publish(connection, self._authority, occasion):
                if told.trouble:
                    log.error("revocation list: %s", told.trouble)


def _who_it_may_be(known: Iterable[Device], now: datetime) -> str:
    """A broker refuses before it reads a name: these are who could have called."""
    names = [each.card.name for each in known if each.newest and not each.newest.valid_at(now)]
    return f"; revoked or out of date are: {', '.join(names[:MOST_NAMED])}" if names else ""
