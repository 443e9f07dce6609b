"""From the outbox over a real broker to a hub that answers, stays silent, or refuses."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts import codec
from contracts.clock import utc_now
from contracts.configuration import Broker
from contracts.identity import Lane, new_ulid
from contracts.message import Numbered
from contracts.receipt import Receipt, Refusal, Span
from contracts.status import Presence, Status
from edge_agent import uplink
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink
from tests.edge_agent.making import alarm_draft, figures, outbox_in
from tests.hub.daemons import Mosquitto, free_port
from tests.waiting import until


class FakeHub:
    """Takes everything and receipts it, if it is in the mood; remembers each place it saw."""

    def __init__(self, port: int) -> None:
        self.answers = True
        self.refuses: set[int] = set()
        self.seen: dict[tuple[Lane, int], int] = {}
        self.order: list[tuple[Lane, int]] = []
        self.statuses: list[Status] = []
        self.unstamped = 0
        self._lock = threading.Lock()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="fake-hub")
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("v1/up/#", 1)
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _take(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        decoded = codec.decode(message.topic, bytes(message.payload)).message
        if isinstance(decoded, Status):
            self.statuses.append(decoded)
            return
        assert isinstance(decoded, Numbered)
        place = (decoded.lane, decoded.seq)
        with self._lock:
            self.seen[place] = self.seen.get(place, 0) + 1
            self.order.append(place)
            self.unstamped += decoded.sent_at is None
        if self.answers:
            receipt = self._receipt(decoded)
            client.publish(str(receipt.topic), codec.encode(receipt), 1)

    def _receipt(self, message: Numbered) -> Receipt:
        refused = message.seq in self.refuses
        span = Span(first=message.seq, last=message.seq)
        return Receipt(
            device=message.device, lane=message.lane, epoch=message.epoch, at=utc_now(),
            spans=() if refused else (span,),
            refused=(Refusal(seq=message.seq, reason="malformed"),) if refused else (),
        )  # fmt: skip

    def saw(self, lane: Lane, seq: int) -> bool:
        return (lane, seq) in self.seen

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def hub(broker: Mosquitto) -> Iterator[FakeHub]:
    fake = FakeHub(broker.port)
    yield fake
    fake.stop()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = outbox_in(tmp_path)
    yield opened
    opened.close()


def status(state: Presence, reason: str) -> Status:
    return Status(device="thap-prao", state=state, at=utc_now(), reason=reason)


@asynccontextmanager
async def linked(outbox: Outbox, broker: Mosquitto) -> AsyncIterator[dict[Lane, Uplink]]:
    """Both lanes at work, as the agent has them."""
    section = Broker(url=broker.url)
    alarm = Uplink(Lane.ALARM, outbox, section)
    lanes = {Lane.ALARM: alarm, Lane.BULK: Uplink(Lane.BULK, outbox, section, yield_to=alarm)}
    loop = asyncio.get_running_loop()

    def wake(lane: Lane) -> None:
        loop.call_soon_threadsafe(lanes[lane].wake)

    outbox.on_put = wake
    tasks = [
        asyncio.create_task(lanes[Lane.ALARM].run(status)),
        asyncio.create_task(lanes[Lane.BULK].run()),
    ]
    try:
        yield lanes
    finally:
        outbox.on_put = lambda _lane: None
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


def empty(outbox: Outbox) -> bool:
    return not any(outbox.waiting(lane) for lane in Lane)


async def soon(condition: Callable[[], object], limit_s: float = 40.0) -> None:
    await asyncio.to_thread(until, condition, limit_s)


async def test_everything_is_sent_stamped_and_freed_by_its_receipt(
    outbox: Outbox, broker: Mosquitto, hub: FakeHub
) -> None:
    outbox.put(*[figures(value) for value in range(300)])
    async with linked(outbox, broker):
        outbox.put(alarm_draft(new_ulid()))
        await soon(lambda: empty(outbox))
    assert set(hub.seen) == {(Lane.BULK, seq) for seq in range(1, 301)} | {(Lane.ALARM, 1)}
    assert hub.unstamped == 0
    assert [seq for lane, seq in hub.order if lane is Lane.BULK] == list(range(1, 301))


async def test_nothing_is_freed_while_the_hub_is_silent(
    outbox: Outbox, broker: Mosquitto, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uplink, "RESEND_S", 0.5)
    hub.answers = False
    async with linked(outbox, broker):
        outbox.put(alarm_draft(new_ulid()))
        await soon(lambda: hub.seen.get((Lane.ALARM, 1), 0) >= 2)
        assert outbox.waiting(Lane.ALARM) == 1
        hub.answers = True
        await soon(lambda: empty(outbox))


async def test_a_refused_message_is_freed_and_told(
    outbox: Outbox, broker: Mosquitto, hub: FakeHub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.refuses = {1}
    outbox.put(figures(), figures())
    async with linked(outbox, broker):
        await soon(lambda: empty(outbox))
    assert "the hub refused message 1: malformed" in caplog.text


async def test_presence_is_retained_and_a_clean_end_says_stopped(
    outbox: Outbox, broker: Mosquitto, hub: FakeHub
) -> None:
    async with linked(outbox, broker):
        await soon(lambda: hub.statuses)
        assert hub.statuses[-1].state is Presence.ONLINE
    await soon(lambda: hub.statuses[-1].state is Presence.OFFLINE)
    assert hub.statuses[-1].reason == "stopped"


async def test_a_broker_killed_with_9_loses_nothing(
    outbox: Outbox, broker: Mosquitto, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uplink, "RESEND_S", 2.0)
    async with linked(outbox, broker):
        for round_number in range(3):
            outbox.put(*[figures() for _ in range(100)], alarm_draft(new_ulid()))
            await soon(partial(hub.saw, Lane.BULK, 100 * round_number + 30))
            await asyncio.to_thread(broker.kill)
            outbox.put(figures())
            await asyncio.to_thread(broker.start)
        await soon(lambda: empty(outbox), 90)
    assert {seq for lane, seq in hub.seen if lane is Lane.BULK} == set(range(1, 304))
    assert {seq for lane, seq in hub.seen if lane is Lane.ALARM} == {1, 2, 3}


async def test_an_alarm_overtakes_what_waits_in_bulk(
    outbox: Outbox, broker: Mosquitto, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(uplink.WINDOW_ROWS, Lane.BULK, 10)
    outbox.put(*[figures() for _ in range(3000)])
    async with linked(outbox, broker):
        await soon(lambda: (Lane.BULK, 20) in hub.seen)
        outbox.put(alarm_draft(new_ulid()))
        await soon(lambda: (Lane.ALARM, 1) in hub.seen)
        assert outbox.waiting(Lane.BULK) > 0
        await soon(lambda: empty(outbox), 90)


async def test_no_broker_is_said_in_words_and_tried_again(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    nobody = Uplink(Lane.ALARM, outbox, Broker(url=f"mqtt://127.0.0.1:{free_port()}"))
    task = asyncio.create_task(nobody.run())
    await soon(lambda: nobody.reconnects >= 2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert "nothing listens at the broker's address" in caplog.text
    assert "next try in" in caplog.text


def test_a_last_will_is_no_older_than_the_presence_that_it_ends() -> None:
    """A will of an earlier moment was an older word to the hub: a dead box stayed online."""
    here = status(Presence.ONLINE, "")
    will = uplink._lost(here)
    assert (will.state, will.at) == (Presence.OFFLINE, here.at)
    assert codec.decode(str(will.topic), codec.encode(will)).message == will
