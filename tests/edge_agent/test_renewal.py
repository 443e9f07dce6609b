"""A running box looks after its certificate; tests/provisioning has it against an issuer."""

import asyncio
import contextlib
from pathlib import Path

import aiomqtt
import pytest

from contracts.configuration import Broker
from edge_agent import renewal
from edge_agent.agent import Agent
from edge_agent.config import load
from edge_agent.credentials import BadCredentials, Wallet

AGENT = """
[device]
name = "thap-prao"
[broker]
url = "mqtts://localhost:8883"
{broker}
[[camera]]
name = "bac"
url = "synthetic:tower?width=320&height=180"
"""
ENROLLED = 'ca_file = "ca.crt"\ncert_file = "device.pem"\nkey_file = "device.pem"\n'
BY_HAND = 'ca_file = "ca.crt"\ncert_file = "box.crt"\nkey_file = "box.key"\n'


async def test_whatever_fails_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    troubles: list[Exception] = [
        renewal.NotRenewed("no answer"),
        BadCredentials(what="x", reason="y", remedy="z"),
        OSError("disk"),
        aiomqtt.MqttError("lost"),
    ]
    tried = asyncio.Event()

    async def failing(*_: object) -> bool:
        if troubles:
            raise troubles.pop(0)
        tried.set()
        return True

    monkeypatch.setattr(renewal, "renew_if_due", failing)
    monkeypatch.setattr(renewal, "FIRST_LOOK_S", 0)
    monkeypatch.setattr(renewal, "LOOK_S", 0)
    wallet = Wallet(path=tmp_path / "device.pem")
    task = asyncio.create_task(renewal.keep_fresh("thap-prao", Broker(), wallet))
    await asyncio.wait_for(tried.wait(), 30)
    assert not task.done()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert caplog.text.count("certificate not renewed: ") == 4


@pytest.mark.parametrize(("broker", "renews"), [(ENROLLED, True), (BY_HAND, False), ("", False)])
async def test_an_agent_that_was_enrolled_renews_by_itself(
    tmp_path: Path, broker: str, renews: bool
) -> None:
    for name in ("ca.crt", "device.pem", "box.crt", "box.key"):
        (tmp_path / name).touch()
    extra = broker or 'username = "thap-prao"\npassword_env = "IOC_NONE"\n'
    (tmp_path / "agent.toml").write_text(AGENT.format(broker=extra))
    made = Agent(load(tmp_path / "agent.toml"))
    task = made._renewal()
    assert (task is not None) is renews
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    made._outbox.close()


def test_a_wallet_without_a_certificate_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadCredentials, match="enrol the box"):
        Wallet(path=tmp_path / "device.pem").read()
