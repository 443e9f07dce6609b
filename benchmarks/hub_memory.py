"""How much memory a hub takes that has heard of a thousand devices.

`python -m benchmarks.hub_memory [--devices 1000] [--rounds 10] [--sightings 200]`.  Every device
introduces itself and sends its figures `rounds` times, as fast as the broker takes them; some see
smoke and send a thumbnail; an officer looks at the pages.  Judged is the hub's peak resident size,
with its embedded time series; `--as-deployed` hides what only the developers' tools bring and httpx
loads where it finds it.  Needs Linux and mosquitto.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.centre import Hub, Receipts, centre, device, wait
from benchmarks.district import (
    Packet,
    box_figures,
    camera_figures,
    introduction,
    name_of,
    smoke_with_thumbnail,
)
from benchmarks.figure import Figure, judge, memory

LIMIT_MB = 200
LOOKS = 10
"""At each of the pages."""
DEVELOPERS = ("rich", "pygments")
"""Not in deploy/locks/hub.lock."""


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """From every process that is started inside."""
    with TemporaryDirectory(prefix="ioc-hidden-") as folder:
        for each in packages:
            Path(folder, f"{each}.py").write_text("raise ImportError\n")
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, before)))
        try:
            yield
        finally:
            os.environ.pop("PYTHONPATH")
            if before is not None:
                os.environ["PYTHONPATH"] = before


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`rounds` of figures from each of the devices; `sightings`: by so many of them."""

    devices: int = 1_000
    rounds: int = 10
    sightings: int = 200

    def packets(self) -> Iterator[Packet]:
        everyone = range(1, self.devices + 1)
        yield from (introduction(number) for number in everyone)
        for turn in range(self.rounds):
            for number in everyone:
                yield box_figures(number, seq=2 * turn + 1)
                yield camera_figures(number, seq=2 * turn + 2)
        for number in range(1, self.sightings + 1):
            yield from smoke_with_thumbnail(number)

    @property
    def numbered(self) -> int:
        """Messages that are receipted."""
        return 2 * self.devices * self.rounds + 2 * self.sightings


def look_at_the_pages(hub: Hub) -> None:
    """The board with every device on it, the book, one device; raises httpx.HTTPError."""
    with httpx.Client(base_url=hub.console, trust_env=False, timeout=60) as officer:
        for path in ("/", "/incidents", f"/devices/{name_of(1)}") * LOOKS:
            officer.get(path).raise_for_status()


def measure(load: Load) -> Figure:
    with (
        centre() as place,
        place.hub() as hub,
        device(place.broker_port, "devices") as devices,
    ):
        place.until_it_receipts()
        receipts = Receipts(devices)
        devices.send_all(load.packets())
        wait(lambda: receipts.count >= load.numbered, "receipts", look_s=0.05)
        wait(hub.is_idle, "an idle hub", look_s=0.2)
        look_at_the_pages(hub)
        size = memory(hub.pid)
    return Figure(
        name="hub's memory",
        value=size.peak_rss,
        limit=LIMIT_MB,
        unit="MB",
        note=f"{load.devices} devices, {load.numbered} messages, {load.sightings} sightings; "
        + size.note(),
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=Load().devices)
    parser.add_argument("--rounds", type=int, default=Load().rounds)
    parser.add_argument("--sightings", type=int, default=Load().sightings)
    parser.add_argument("--as-deployed", action="store_true", help="without developers' packages")
    told = parser.parse_args()
    load = Load(devices=told.devices, rounds=told.rounds, sightings=told.sightings)
    with hidden(*DEVELOPERS) if told.as_deployed else nullcontext():
        return judge([measure(load)])


if __name__ == "__main__":
    sys.exit(main())
