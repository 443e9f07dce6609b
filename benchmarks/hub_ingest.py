"""How fast the hub makes figures durable, beside a consumer that stores nothing.

`python -m benchmarks.hub_ingest [--messages 50000] [--devices 1000]`.  Both drain what the broker
kept for them while they were away.  The peer is a bare paho consumer of as many messages in the
same run: automatic acknowledgement, no decoding, nothing stored.  Needs mosquitto.
"""

import argparse
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.centre import Centre, Receipts, centre, device, wait
from benchmarks.district import Packet, box_figures
from contracts.identity import Lane
from contracts.topics import QOS, uplink_filter
from ioc.broker import LOOPBACK

PEER = "peer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`messages` figures, of `devices` in turn."""

    messages: int
    devices: int

    def packets(self) -> Iterator[Packet]:
        for number in range(self.messages):
            turn, who = divmod(number, self.devices)
            yield box_figures(who + 1, seq=turn + 1)


def _peer() -> mqtt.Client:
    return mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=PEER, clean_session=False, protocol=mqtt.MQTTv311
    )


def subscribe_and_leave(port: int) -> None:
    """Makes the peer's session, which the broker fills while nobody reads."""
    done = threading.Event()
    reader = _peer()
    reader.on_subscribe = lambda *_: done.set()
    reader.connect(LOOPBACK, port)
    reader.loop_start()
    reader.subscribe(uplink_filter(Lane.BULK), QOS)
    wait(done.is_set, "the peer's subscription")
    reader.disconnect()
    reader.loop_stop()


def peer_rate(port: int, load: Load) -> float:
    """Messages a second that a consumer drains which stores nothing."""
    subscribe_and_leave(port)
    with device(port, "sender") as sender:
        sender.send_all(load.packets())
    count = 0

    def hear(_client: mqtt.Client, _data: object, _message: mqtt.MQTTMessage) -> None:
        nonlocal count
        count += 1

    reader = _peer()
    reader.on_message = hear
    start = time.perf_counter()
    reader.connect(LOOPBACK, port)
    reader.loop_start()
    wait(lambda: count >= load.messages, "the peer")
    rate = load.messages / (time.perf_counter() - start)
    reader.unsubscribe(uplink_filter(Lane.BULK))
    reader.disconnect()
    reader.loop_stop()
    return rate


def hub_rate(place: Centre, load: Load) -> float:
    """Messages a second that are on the hub's disk and receipted."""
    with place.hub():
        place.until_it_receipts()
    with device(place.broker_port, "devices") as devices:
        devices.send_all(load.packets())
        receipts = Receipts(devices)
        with place.hub():
            wait(lambda: receipts.count >= load.messages, "receipts")
            return receipts.count / (time.perf_counter() - receipts.started_at)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--devices", type=int, default=1_000)
    load = Load(**vars(parser.parse_args()))
    with centre() as place:
        peer = peer_rate(place.broker_port, load)
        rate = hub_rate(place, load)
    print(f"durable messages/s  {rate:8.0f}   ({load.messages} of {load.devices} devices)")
    print(f"peer messages/s     {peer:8.0f}   (acknowledges at once, stores nothing)")
    print(f"ratio               {rate / peer:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
