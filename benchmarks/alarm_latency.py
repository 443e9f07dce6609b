"""How long from a sighting's publish at the edge until its webhook is received, on loopback.

`python -m benchmarks.alarm_latency [--alarms 300] [--devices 1000]`.  One alarm after the other,
each of a camera of its own, while `devices` send their figures every half minute as they do in the
field.  The clock is the sender's: from before `publish` to the phone's first byte of the call.
Needs mosquitto.
"""

import argparse
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.centre import Device, Phone, centre, device, wait
from benchmarks.district import Packet, box_figures, camera_figures, name_of, smoke
from benchmarks.figure import Figure, judge
from ioc.figures import Spread, spread

ALARMS, DEVICES = 300, 1_000
P50_MS, P99_MS = 100, 250
WARM = 5
REPORT_S = 30.0
"""Between two reports of a box, at the agent's defaults."""
WATCHER = 0
"""The device that sees the smoke; the others have numbers from 1."""


def reports(devices: int) -> Iterator[Packet]:
    """Of one device after the other, for ever."""
    seq = 0
    while True:
        seq += 1
        for number in range(1, devices + 1):
            make = camera_figures if seq % 2 else box_figures
            yield make(number, seq)


@contextmanager
def figures_meanwhile(port: int, devices: int) -> Iterator[None]:
    """A thread that sends them evenly: two messages a device each REPORT_S."""
    enough = threading.Event()

    def send() -> None:
        with device(port, "devices") as sender:
            for packet in reports(devices):
                sender.send(packet)
                if enough.wait(REPORT_S / (2 * devices)):
                    return

    thread = threading.Thread(target=send)
    if devices:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        if devices:
            thread.join()


def latency_ms(sender: Device, phone: Phone, number: int) -> float:
    """Of alarm `number`, from 1."""
    camera = f"cam-{number}"
    key = f"{name_of(WATCHER)}/{camera}"
    packet = smoke(WATCHER, seq=number, camera=camera)
    began = time.perf_counter()
    sender.send(packet)
    wait(lambda: key in phone.heard, f"the webhook of alarm {number}")
    return (phone.heard[key] - began) * 1e3


def run(alarms: int, devices: int) -> Spread:
    with (
        centre() as place,
        place.hub(),
        device(place.broker_port, "watcher") as sender,
    ):
        place.until_it_receipts()
        with figures_meanwhile(place.broker_port, devices):
            took = [
                latency_ms(sender, place.phone, number) for number in range(1, alarms + WARM + 1)
            ]
    found = spread(took[WARM:])
    assert found is not None
    return found


def measure(alarms: int, devices: int) -> list[Figure]:
    took = run(alarms, devices)
    note = f"{took.count} alarms, {devices} devices report meanwhile"
    return [
        Figure(name="publish to webhook, p50", value=took.p50, limit=P50_MS, unit="ms", note=note),
        Figure(
            name="publish to webhook, p99",
            value=took.p99,
            limit=P99_MS,
            unit="ms",
            note=f"largest {took.largest:.1f} ms",
        ),
    ]


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alarms", type=_positive, default=ALARMS)
    parser.add_argument("--devices", type=int, default=DEVICES, help="0: a quiet hub")
    told = parser.parse_args()
    return judge(measure(told.alarms, told.devices))


if __name__ == "__main__":
    sys.exit(main())
