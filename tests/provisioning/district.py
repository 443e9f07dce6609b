"""A district from nothing: authority, broker over TLS, devices, and what a client of it sees."""

import os
import pwd
import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from contracts import files
from contracts.clock import utc_now
from contracts.configuration import Broker as Link
from provisioning import authority as authorities
from provisioning import brokers, certificates, enrolment, keys, registry
from provisioning.certificates import Leaf
from provisioning.mosquitto import CA, CONF, Broker
from provisioning.records import Occasion, Store
from tests.hub.daemons import Daemon, free_port, program
from tests.waiting import until


def now() -> Occasion:
    return Occasion(at=utc_now(), actor="test")


class Mosquitto(Daemon):
    """The broker as `ioc provision broker` wrote it; only its user and pid file are added."""

    def __init__(self, settings: Broker) -> None:
        self.settings = settings
        self.log = settings.folder / "log"
        self.conf = settings.folder / "mosquitto.conf"
        owner = pwd.getpwuid(os.getuid()).pw_name
        self.conf.write_text(
            f"user {owner}\npid_file {settings.pid_file}\ninclude_dir {settings.folder}/conf.d\n"
        )
        (settings.folder / "conf.d").mkdir()
        (settings.folder / "conf.d" / CONF).symlink_to(settings.folder / CONF)
        command = [program("mosquitto"), "-c", str(self.conf)]
        super().__init__(command, self.log, self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.settings.port)) == 0

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class District:
    """`pem(name)` is the certificate and key of a device or a service, in one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = authorities.create(folder / "authority", "Dong Giang", utc_now())
        self.store = Store(folder / "authority")
        self.settings = Broker(
            folder=folder / "broker", hosts=("localhost", "127.0.0.1"), port=free_port(),
            pid_file=folder / "mosquitto.pid",
        )  # fmt: skip
        with self.store.work() as connection:
            brokers.provision(
                connection, self.authority, now(), self.settings, data=str(folder), log="stderr"
            )
        self.broker = Mosquitto(self.settings)
        self.ca = self.settings.folder / CA

    def pem(self, name: str, *, at: datetime | None = None) -> Path:
        """A device's is enrolled the first time, at `at`."""
        path = self.folder / f"{name}.pem"
        if path.exists():
            return path
        key = keys.new_key()
        occasion = Occasion(at=at or utc_now(), actor="test")
        with self.store.work() as connection:
            if name in registry.SERVICES:
                leaf = Leaf(name=name, public_key=key.public_key(), life=certificates.SERVICE_LIFE)
                made = self.authority.issue(connection, occasion, leaf, "certificate-service")
            else:
                registry.add(connection, occasion, registry.Card(name=name))
                made = enrolment.sign(
                    connection, self.authority, occasion, name, key.public_key(), "test"
                )
        text = keys.pem(key) + self.authority.chain(made).encode()
        files.create(path, text)
        return path

    def link(self, name: str) -> Link:
        """What a configuration says of the broker."""
        pem = self.pem(name)
        return Link(
            url=f"mqtts://localhost:{self.settings.port}",
            ca_file=self.ca, cert_file=pem, key_file=pem,
        )  # fmt: skip

    def client(self, pem: Path, identifier: str) -> "Client":
        return Client(self, pem, identifier)


@dataclass(eq=False)
class Client:
    """A paho client that remembers what it heard and how its attempts ended."""

    district: District
    pem: Path
    identifier: str
    heard: set[tuple[str, bytes]] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    lost: int = 0

    def __post_init__(self) -> None:
        self.ready = threading.Event()
        self.granted = threading.Event()
        self.mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self.identifier)
        context = ssl.create_default_context(cafile=str(self.district.ca))
        context.load_cert_chain(self.pem)
        self.mqtt.tls_set_context(context)
        self.mqtt.on_connect = lambda *_: self.ready.set()
        self.mqtt.on_disconnect = self._on_disconnect
        self.mqtt.on_subscribe = lambda *_: self.granted.set()
        self.mqtt.on_message = lambda _c, _u, message: self.heard.add(
            (message.topic, bytes(message.payload))
        )

    def _on_disconnect(self, *_: object) -> None:
        self.lost += 1

    def connect(self) -> "Client":
        self.mqtt.connect("localhost", self.district.settings.port)
        self.mqtt.loop_start()
        until(self.ready.is_set)
        return self

    def subscribe(self, *filters: str) -> None:
        self.granted.clear()
        self.mqtt.subscribe([(each, 1) for each in filters])
        until(self.granted.is_set)

    def waits_for(self, topic: str, payload: bytes) -> None:
        until(lambda: (topic, payload) in self.heard)

    def publish(self, topic: str, payload: bytes = b"x") -> None:
        """Returns on the PUBACK, which a broker sends for what it refuses, too."""
        self.mqtt.publish(topic, payload, qos=1).wait_for_publish(30)

    def stop(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()
