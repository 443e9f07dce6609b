"""The broker settings that we hand out: TLS, no anonymous, and a device is its user name."""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts.identity import Lane
from contracts.topics import Kind, Topic

DEPLOY = Path(__file__).parents[2] / "deploy" / "mosquitto"
PATIENCE_S = 20.0
PASSWORDS = {"hub": "h" * 20, "thap-a": "a" * 20, "thap-b": "b" * 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    port: int
    ca: Path

    def client(self, user: str, password: str | None = None) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{user}-test")
        client.tls_set_context(ssl.create_default_context(cafile=str(self.ca)))
        client.username_pw_set(user, PASSWORDS[user] if password is None else password)
        return client


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S:.0f} s for {what}"
        time.sleep(0.02)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def certificates(folder: Path) -> None:
    """A throw-away authority and a broker's certificate for localhost."""
    openssl = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    keys = ["-keyout", "broker.key", "-out", "broker.crt"]
    subprocess.run([*openssl, *name, *keys], check=True, capture_output=True, cwd=folder)
    shutil.copy(folder / "broker.crt", folder / "ca.crt")


def settings(folder: Path, port: int) -> Path:
    """Our files with their places moved into `folder`, nothing else changed."""
    text = (DEPLOY / "ioc.conf").read_text(encoding="utf-8")
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    for there in ("/etc/mosquitto/certs/", "/etc/mosquitto/", "/var/lib/mosquitto/"):
        text = text.replace(there, f"{folder}/")
    owner = pwd.getpwuid(os.getuid()).pw_name  # the broker would leave root for a user of its own
    (folder / "ioc.conf").write_text(f"{text}user {owner}\n", encoding="utf-8")
    shutil.copy(DEPLOY / "ioc.acl", folder)
    for user, password in PASSWORDS.items():
        subprocess.run(
            [
                "mosquitto_passwd",
                *([] if user != "hub" else ["-c"]),
                "-b",
                "ioc.passwd",
                user,
                password,
            ],
            check=True,
            cwd=folder,
        )
    return folder / "ioc.conf"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("mosquitto is not installed: make servers")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    certificates(tmp_path)
    with subprocess.Popen([program, "-c", settings(tmp_path, port)]) as process:
        until(lambda: accepts(port), "the broker's port")
        try:
            yield Broker(port=port, ca=tmp_path / "ca.crt")
        finally:
            process.terminate()


def connect(broker: Broker, client: mqtt.Client) -> None:
    ready = threading.Event()
    client.on_connect = lambda *_: ready.set()
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert ready.wait(PATIENCE_S)


def stop(*clients: mqtt.Client) -> None:
    for client in clients:
        client.disconnect()
        client.loop_stop()


def uplink_topics(device: str) -> set[str]:
    told = {str(Topic(device=device, kind=kind, lane=lane)) for kind in _NUMBERED for lane in Lane}
    return told | {str(Topic(device=device, kind=Kind.STATUS))}


_NUMBERED = [kind for kind in Kind if kind not in (Kind.STATUS, Kind.RECEIPT)]


def test_a_device_writes_under_its_own_name_only(broker: Broker) -> None:
    arrived: set[str] = set()
    hub, device = broker.client("hub"), broker.client("thap-a")
    hub.on_message = lambda _c, _u, message: arrived.add(message.topic)
    connect(broker, hub)
    hub.subscribe("v1/up/#", qos=1)
    connect(broker, device)
    own = uplink_topics("thap-a")
    foreign = uplink_topics("thap-b") | {"v1/down/thap-a/receipt", "v1/down/thap-b/receipt"}
    for topic in sorted(foreign) + sorted(own):
        device.publish(topic, b"x", qos=1)
    until(lambda: own <= arrived, "the device's own topics")
    stop(hub, device)
    assert arrived == own


def test_a_device_reads_its_own_receipts_only(broker: Broker) -> None:
    arrived: set[str] = set()
    hub, device = broker.client("hub"), broker.client("thap-a")
    device.on_message = lambda _c, _u, message: arrived.add(message.topic)
    connect(broker, device)
    device.subscribe([("v1/down/#", 1), ("v1/up/#", 1)])
    connect(broker, hub)
    for name in ("thap-b", "thap-a"):
        hub.publish(str(Topic(device=name, kind=Kind.RECEIPT)), b"x", qos=1)
    until(lambda: "v1/down/thap-a/receipt" in arrived, "the device's own receipt")
    stop(hub, device)
    assert arrived == {"v1/down/thap-a/receipt"}


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_refused(broker: Broker, password: str) -> None:
    answers: list[str] = []
    client = broker.client("thap-a", password)
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.append(str(reason))
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    until(lambda: bool(answers), "the broker's answer")
    stop(client)
    assert answers[0] == "Not authorized"


def test_a_client_without_tls_is_not_heard(broker: Broker) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    lost = threading.Event()
    client.on_disconnect = lambda *_: lost.set()
    client.on_connect_fail = lambda *_: lost.set()
    client.username_pw_set("hub", PASSWORDS["hub"])
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert lost.wait(PATIENCE_S)
    stop(client)
