"""A box without a camera: the real outbox and uplinks, fed with figures that carry their number.

`python -m tests.chaos.edge_box FOLDER BROKER_URL`.  It makes messages until FOLDER/enough exists
and then only sends what waits.
"""

import asyncio
import sys
from pathlib import Path

from contracts.clock import utc_now
from contracts.configuration import Broker
from contracts.identity import Lane, new_ulid
from contracts.measurement import Measurement
from contracts.sighting import Label, Sighting, State
from contracts.status import Presence, Status
from contracts.telemetry import Telemetry
from edge_agent import uplink
from edge_agent.outbox import Draft, Outbox, Place
from edge_agent.uplink import Uplink

DEVICE = "thap-thu"
FIGURES_EACH = 5
STEP_S = 0.05
STEPS_A_SIGHTING = 15


def numbered(place: Place) -> Telemetry:
    """Its value is its number: what arrives tells what is missing."""
    return Telemetry(
        **place.fields(), captured_at=utc_now(), measurement=Measurement.BOX,
        values={"cpu_percent": float(place.seq)},
    )  # fmt: skip


def alone(place: Place) -> Sighting:
    """By a camera of its own, so that each sighting must open an incident of its own."""
    now = utc_now()
    return Sighting(
        **place.fields(), captured_at=now, sighting=new_ulid(), state=State.OPENED,
        camera=f"cam-{place.seq}", label=Label.SMOKE, score=0.6, first_seen_at=now, frames=4,
    )  # fmt: skip


async def produce(outbox: Outbox, enough: Path) -> None:
    step = 0
    while not await asyncio.to_thread(enough.exists):
        drafts = [Draft(lane=Lane.BULK, build=numbered) for _ in range(FIGURES_EACH)]
        if step % STEPS_A_SIGHTING == 0:
            drafts.append(Draft(lane=Lane.ALARM, build=alone))
        await asyncio.to_thread(outbox.put, *drafts)
        step += 1
        await asyncio.sleep(STEP_S)


def status(state: Presence, reason: str) -> Status:
    return Status(device=DEVICE, state=state, at=utc_now(), reason=reason)


async def main(folder: Path, url: str) -> None:
    uplink.RESEND_S = 3.0
    uplink.LONGEST_RETRY_S = 2.0
    outbox = Outbox(folder / "outbox.db", DEVICE, 100_000_000)
    alarm = Uplink(Lane.ALARM, outbox, Broker(url=url))
    lanes = {
        Lane.ALARM: alarm,
        Lane.BULK: Uplink(Lane.BULK, outbox, Broker(url=url), yield_to=alarm),
    }
    loop = asyncio.get_running_loop()

    def wake(lane: Lane) -> None:
        loop.call_soon_threadsafe(lanes[lane].wake)

    outbox.on_put = wake
    await asyncio.gather(
        lanes[Lane.ALARM].run(status), lanes[Lane.BULK].run(), produce(outbox, folder / "enough")
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
