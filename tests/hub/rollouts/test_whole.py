"""A hub, its broker, its console and a box: from `roll-out` to a detector on trial, and back."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from contracts.clock import utc_now
from contracts.configuration import Broker
from contracts.rollout import Phase
from contracts.update import What
from edge_agent.updates.courier import Courier
from edge_agent.updates.fetch import Way
from hub.config import Console, HubBroker, HubConfig, Influx, Records
from hub.rollouts import desk, states, store, wishes
from hub.rollouts.engine import Rollouts, Word
from hub.server import Hub
from hub.web.app import create_app
from tests.edge_agent.updates.making import WELL, Box, detector, manifest, offer_of
from tests.hub.daemons import Mosquitto, free_port


@contextmanager
def serving(hub: Hub, port: int) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(create_app(hub.context()), port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


async def test_from_the_centre_to_a_box_and_back(
    tmp_path: Path, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "EVERY_S", 0.05)
    port, content = free_port(), detector("two")
    now = utc_now()
    made = manifest(content, made_at=now, not_after=now.replace(year=now.year + 1), floor=0)
    offer = offer_of(made)
    config = HubConfig(
        broker=HubBroker(url=mosquitto.url), console=Console(port=port),
        records=Records(path=tmp_path / "hub.db"), influx=Influx(path=tmp_path / "series.duckdb"),
    )  # fmt: skip
    (tmp_path / "new.onnx").write_bytes(content)
    store.keep(config.updates_folder, made, tmp_path / "new.onnx")
    hub = Hub(config)
    rollouts = Rollouts(hub.incidents, config)
    box = Box(tmp_path)
    box.now = now
    section = box.updates.base.update.model_copy(update={"hub": f"http://127.0.0.1:{port}"})
    courier = Courier(
        device="thap-prao", broker=Broker(url=mosquitto.url), updates=box.updates,
        way=Way(section=section), again_s=0.05,
    )  # fmt: skip

    def said(what: What = What.MODEL) -> str | None:
        with hub.database.read() as connection:
            found = {row.what: row.phase for row in states.of(connection, "thap-prao")}
        return found.get(what.value)

    async def comes(phase: Phase) -> None:
        async with asyncio.timeout(30):
            while said() != phase.value:  # noqa: ASYNC110  (other threads write it)
                await asyncio.sleep(0.02)

    hub.start()
    task = asyncio.create_task(courier.run())
    try:
        with serving(hub, port):
            await comes(Phase.IDLE)
            with hub.database.work() as work:
                number = rollouts.start(work, offer, ["all"], Word(actor="lan", at=utc_now()))
            await comes(Phase.TRIAL)
            assert box.updates.store.content(made) == content
            secret = wishes.secret_of(hub.database)
            path = wishes.path_of(secret, "thap-prao", made.sha256)
            async with httpx.AsyncClient(base_url=section.hub) as client:
                rest = await client.get(path, headers={"Range": "bytes=100-"})
                assert (rest.status_code, rest.content) == (206, content[100:])
                assert (await client.get(path[:-1] + "x")).status_code == 404
                other = path.replace("thap-prao", "thap-b")
                assert (await client.get(other)).status_code == 404
            box.start()
            box.seconds += 601
            assert not box.updates.judge(WELL)
            courier.updates = box.updates
            await comes(Phase.SETTLED)
            with hub.database.work() as work:
                rollouts.roll_back(work, number, Word(actor="lan", at=utc_now()))
            async with asyncio.timeout(30):
                while box.updates.store.line(What.MODEL).active:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            async with httpx.AsyncClient(base_url=section.hub) as client:
                assert (await client.get(path)).status_code == 404  # not its file any more
    finally:
        task.cancel()
        await asyncio.wait([task])
        hub.stop()
