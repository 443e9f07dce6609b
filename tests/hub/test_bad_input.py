"""A whole hub behind a real broker, sent everything wrong at once: the good gets through."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts.clock import utc_now
from contracts.codec import encode
from contracts.evidence import Evidence
from contracts.telemetry import Telemetry
from hub.config import load
from hub.server import Hub
from tests.hub.daemons import Mosquitto, free_port
from tests.hub.messages import evidence, jpeg, sighting, status, telemetry
from tests.waiting import until

TOWER = "Tháp Prao – hướng Đông Bắc, thôn Gừng"


@pytest.fixture
def hub(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Hub]:
    path = tmp_path / "hub.toml"
    path.write_text(f'[broker]\nurl = "{mosquitto.url}"\n[console]\nport = {free_port()}\n')
    made = Hub(load(path))
    made.start()
    until(lambda: made.health().broker_connected)
    yield made
    made.stop()


def wrong() -> dict[str, tuple[str, bytes]]:
    """By the reason that each is refused for, as numbers 11 to 16 of their lanes."""
    now = utc_now()
    up = "v1/up/thap-prao"
    version = encode(sighting(now, seq=12)).replace(b'"v":1', b'"v":9')
    future = telemetry(now + timedelta(hours=5), seq=14)
    sound = jpeg(200, 150)
    corrupt = sound[: len(sound) // 2]
    picture = evidence(now, corrupt, seq=15)
    changed = evidence(now, sound, seq=16)
    return {
        "malformed": (f"{up}/alarm/sighting", b'{"v": 1, "seq": '),
        "oversized": (f"{up}/bulk/telemetry", b"x" * (Telemetry.max_bytes + 1)),
        "unknown-version": (f"{up}/alarm/sighting", version),
        "future-dated": (str(future.topic), encode(future)),
        "corrupt-jpeg": (str(picture.topic), encode(picture, corrupt)),
        "mismatch": (str(changed.topic), encode(changed, sound)[:-40]),
    }


def send(port: int, *packets: tuple[str, bytes]) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="thap-prao")
    client.connect("127.0.0.1", port)
    client.loop_start()
    for topic, payload in packets:
        client.publish(topic, payload, qos=1).wait_for_publish()
    client.disconnect()
    client.loop_stop()


def held(folder: Path) -> dict[str, str]:
    """Reason to detail of what lies in quarantine."""
    with sqlite3.connect(folder / "hub.db") as connection:
        found = dict(connection.execute("SELECT reason, detail FROM quarantine").fetchall())
    connection.close()
    return found


def test_each_wrong_message_is_held_and_named_and_the_good_one_raises_its_alarm(
    hub: Hub, mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = wrong()
    good = sighting(utc_now(), seq=1)
    until_subscribed(hub, mosquitto)
    send(mosquitto.port, *bad.values(), (str(good.topic), encode(good)))
    until(lambda: set(held(tmp_path)) == set(bad))
    until(lambda: opened(tmp_path) == 1)
    for detail in held(tmp_path).values():
        assert detail
        assert detail in caplog.text


def test_what_is_a_byte_too_long_is_refused_for_its_length_and_never_read(
    hub: Hub, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    until_subscribed(hub, mosquitto)
    topic = "v1/up/thap-prao/bulk/evidence"
    most = Evidence.max_bytes
    send(mosquitto.port, (topic, b"x" * most), (topic, b"x" * (most + 1)))
    until(lambda: set(held(tmp_path)) == {"malformed", "oversized"})


def until_subscribed(hub: Hub, mosquitto: Mosquitto) -> None:
    """The first status that is heard."""
    introduction = status(utc_now(), title=TOWER)

    def heard() -> bool:
        send(mosquitto.port, (str(introduction.topic), encode(introduction)))
        return hub.inbox.last_message_at is not None

    until(heard, look_s=0.2)


def opened(folder: Path) -> int:
    with sqlite3.connect(folder / "hub.db") as connection:
        found = connection.execute("SELECT count(*) FROM incidents WHERE type = 'forest-fire'")
        number = int(found.fetchone()[0])
    connection.close()
    return number
