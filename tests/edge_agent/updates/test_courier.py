"""From a retained wish over a real broker to a detector on trial, and what the hub is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts import codec
from contracts.configuration import Broker
from contracts.rollout import Phase, Standing, Update, UpdateState, Wanted
from contracts.update import Offer, What
from edge_agent.agent import ANEW, Agent
from edge_agent.updates.box import Updates
from edge_agent.updates.courier import Courier
from edge_agent.updates.fetch import Way
from edge_agent.updates.store import STARTS
from tests.edge_agent.making import NOON
from tests.edge_agent.signed import STRANGER
from tests.edge_agent.updates.files_server import FilesServer
from tests.edge_agent.updates.making import WELL, Box, detector, manifest, offer_of
from tests.hub.daemons import Mosquitto

TWO, THREE = detector("two"), detector("three")
PATH = "/updates/thap-prao/0a/1b"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path_factory.mktemp("courier") / "mosquitto")
    server.start()
    yield server
    server.end()


class Hub:
    """Says what it wants, retained, and remembers what it is told."""

    def __init__(self, port: int) -> None:
        self.told: list[UpdateState] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="rollout-hub")
        self._client.on_connect = lambda client, *_: client.subscribe("v1/up/+/update-state", 1)
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _take(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if message.payload:
            said = codec.decode(message.topic, bytes(message.payload)).message
            assert isinstance(said, UpdateState)
            self.told.append(said)

    def want(self, *wanted: Wanted) -> None:
        wish = Update(device="thap-prao", at=NOON, wanted=wanted)
        self._publish(str(wish.topic), codec.encode(wish))

    def want_offer(self, offer: Offer) -> None:
        self.want(Wanted(what=What.MODEL, offer=offer, path=PATH))

    def _publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1, retain=True).wait_for_publish(30)

    def model(self) -> Standing:
        """The newest word of the model."""
        return next(each for each in self.told[-1].lines if each.what is What.MODEL)

    def phases(self) -> list[Phase]:
        found: list[Phase] = []
        for state in self.told:
            [model] = [each for each in state.lines if each.what is What.MODEL]
            if not found or found[-1] is not model.phase:
                found.append(model.phase)
        return found

    def stop(self) -> None:
        for topic in ("v1/down/thap-prao/update", "v1/up/thap-prao/update-state"):
            self._publish(topic, b"")
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def centre(broker: Mosquitto) -> Iterator[Hub]:
    made = Hub(broker.port)
    yield made
    made.stop()


async def comes(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  (another thread's list grows)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def carried(box: Box, broker: Mosquitto, hub: FilesServer) -> AsyncIterator[Updates]:
    """A courier at work on `box`, as it is after a start."""
    updates = box.start()
    section = updates.base.update.model_copy(update={"hub": hub.url})
    courier = Courier(
        device="thap-prao", broker=Broker(url=broker.url), updates=updates,
        way=Way(section=section), again_s=0.05,
    )  # fmt: skip
    task = asyncio.create_task(courier.run())
    try:
        yield updates
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_wish_is_fetched_tested_tried_and_told(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub
) -> None:
    hub.content = TWO
    offer = offer_of(manifest(TWO))
    centre.want_offer(offer)  # before the box is there: the broker keeps it
    async with carried(box, broker, hub) as updates:
        await comes(lambda: centre.told and centre.model().phase is Phase.TRIAL)
        await asyncio.sleep(0.3)  # a trial that goes on is looked at six times and is no news
        assert updates.judge(WELL)
    async with carried(box, broker, hub) as updates:
        box.seconds += 601
        assert not updates.judge(WELL)
        await comes(lambda: centre.model().phase is Phase.SETTLED)
    model = centre.model()
    assert (model.running, model.wanted, model.version, model.floor) == (
        offer.digest, offer.digest, 2, 1,
    )  # fmt: skip
    assert [each for each in centre.phases() if each is not Phase.IDLE] == [
        Phase.FETCHING, Phase.TESTING, Phase.TRIAL, Phase.SETTLED,
    ]  # fmt: skip
    sessions = 2
    assert sum(line.phase is Phase.TRIAL for each in centre.told for line in each.lines) <= sessions


async def test_after_kill_9_a_download_goes_on(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub
) -> None:
    made = manifest(TWO)
    part = box.updates.store.part_of(made)
    part.write_bytes(TWO[:100])  # what a killed agent left
    hub.content = TWO
    centre.want_offer(offer_of(made))
    async with carried(box, broker, hub):
        await comes(lambda: centre.told and centre.model().phase is Phase.TRIAL)
    assert hub.asked == ["bytes=100-"]


async def test_a_spoilt_file_is_fetched_anew_and_a_lost_hub_waited_for(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub
) -> None:
    hub.content = TWO[:-1] + b"x"
    centre.want_offer(offer_of(manifest(TWO)))
    async with carried(box, broker, hub):
        await comes(lambda: centre.told and "sha256" in centre.model().reason)
        assert centre.model().phase is Phase.WAITING
        hub.status = 404
        await comes(lambda: "answers 404" in centre.model().reason)
        hub.status, hub.content = 200, TWO
        await comes(lambda: centre.model().phase is Phase.TRIAL)


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        (offer_of(manifest(TWO), STRANGER), "not trusted here"),
        (offer_of(manifest(TWO, what=What.CONFIGURATION)), "signed as a configuration"),
    ],
)
async def test_what_is_refused_is_told_with_its_reason(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub, offer: Offer, why: str
) -> None:
    centre.want_offer(offer)
    async with carried(box, broker, hub):
        await comes(lambda: centre.told and centre.model().phase is Phase.FAILED)
    assert why in centre.model().reason
    assert hub.asked == []


async def test_what_was_undone_here_is_told_and_not_tried_again(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub
) -> None:
    offer = box.bring(TWO)
    for _ in range(STARTS):
        box.start()
    centre.want_offer(offer)
    async with carried(box, broker, hub):
        await comes(lambda: centre.told and centre.model().phase is Phase.FAILED)
    assert "failed here before: 3 starts ended in a crash" in centre.model().reason
    assert centre.model().running is None


async def test_what_is_on_trial_can_be_called_back(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub
) -> None:
    box.bring(TWO)
    centre.want(Wanted(what=What.MODEL))
    async with carried(box, broker, hub) as updates:
        await comes(lambda: centre.told and centre.model().phase is Phase.SETTLED)
        assert updates.judge(WELL)  # it has to start anew
    assert (centre.model().running, centre.model().version) == (None, 0)
    assert box.updates.store.line(What.MODEL).refused == {}


async def test_an_agent_carries_it_all_by_itself(
    box: Box, broker: Mosquitto, hub: FilesServer, centre: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = box.config.read_text().replace("[update]\n", f'[update]\nhub = "{hub.url}"\n')
    box.config.write_text(f'{text}\n[broker]\nurl = "{broker.url}"\n')
    hub.content = TWO
    centre.want_offer(offer_of(manifest(TWO)))
    updates = box.start()
    running = Agent(updates.begin(), updates)
    assert await asyncio.wait_for(running.run(), 60) == ANEW
    assert updates.store.line(What.MODEL).on_trial
