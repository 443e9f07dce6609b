"""The agent as a process: it works, it ends, and it would rather end than be blind."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.status import Presence
from edge_agent import agent, weights
from edge_agent.agent import EXIT_BLIND, Agent
from edge_agent.config import DetectorSection, load
from edge_agent.detector import ModelError
from edge_agent.weights import FALLEN_BACK, choose
from tests.edge_agent.test_uplink import FakeHub
from tests.hub.daemons import Mosquitto
from tests.waiting import until

RUN = """
import logging, sys
from pathlib import Path
from edge_agent.agent import run
logging.basicConfig(level="INFO")
sys.exit(run(Path(sys.argv[1])))
"""


@pytest.fixture
def hub(broker: Mosquitto) -> Iterator[FakeHub]:
    fake = FakeHub(broker.port)
    yield fake
    fake.stop()


@pytest.fixture
def config(tmp_path: Path, broker: Mosquitto) -> Path:
    file = tmp_path / "agent.toml"
    file.write_text(
        f'telemetry_s = 0.5\n[device]\nname = "thap-prao"\n[broker]\nurl = "{broker.url}"\n'
        '[[camera]]\nname = "bac"\ninterval_s = 0.2\n'
        'url = "synthetic:tower?width=320&height=180&ignite_after=-1"\n'
        '[[camera]]\nname = "nam"\ninterval_s = 0.2\nurl = "/no/such/folder"\n'
    )
    return file


def started(config: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(config)], stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_reports_and_ends_cleanly(config: Path, hub: FakeHub, number: signal.Signals) -> None:
    process = started(config)
    until(lambda: len(hub.seen) >= 6, 60)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    until(lambda: hub.statuses[-1].state is Presence.OFFLINE)
    assert hub.statuses[-1].reason == "stopped"
    assert "camera nam: lost" in said
    assert "there is no such file or folder" in said
    assert "Traceback" not in said


def test_kill_9_is_told_by_its_last_will(config: Path, hub: FakeHub) -> None:
    process = started(config)
    until(lambda: hub.statuses, 60)
    process.kill()
    process.communicate()
    until(lambda: hub.statuses[-1].state is Presence.OFFLINE, 90)
    assert hub.statuses[-1].reason == "connection lost"


async def test_a_dead_lookout_ends_the_agent(
    config: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Agent(load(config))
    monkeypatch.setattr(agent, "STUCK_S", -1.0)
    code = await asyncio.wait_for(box.run(), 60)
    assert code == EXIT_BLIND


def test_a_detector_that_is_refused_blinds_nobody_and_is_reported(
    config: Path, tmp_path: Path, hub: FakeHub
) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no network")
    config.write_text(config.read_text() + '[detector]\nweights = "no.onnx"\n')
    process = started(config)
    until(lambda: hub.statuses and len(hub.seen) >= 6, 60)
    [online] = [status for status in hub.statuses if status.state is Presence.ONLINE][:1]
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert online.reason.startswith(FALLEN_BACK)
    assert online.model == choose(DetectorSection()).model
    assert "nobody stands for the weights" in said
    assert "ioc model sign" in said


def test_a_broken_built_in_detector_is_refused_before_anything_starts(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "default_weights", lambda: config.parent / "none.onnx")
    with pytest.raises(ModelError, match="nobody stands for"):
        Agent(load(config))
    assert not (config.parent / "outbox.db").exists()


def test_a_long_trouble_fits_into_a_status(config: Path) -> None:
    deep = "/".join(["x" * 60] * 6)
    config.write_text(config.read_text() + f'[detector]\nweights = "{deep}/no.onnx"\n')
    box = Agent(load(config))
    assert len(box._status(Presence.ONLINE, "").reason) <= 200
    assert box._status(Presence.OFFLINE, "stopped").reason == "stopped"
