"""Why a broker hangs up; against a real one: tests/provisioning/test_commands.py."""

import socket
import ssl
from pathlib import Path

import aiomqtt
import pytest

from contracts.configuration import Broker
from edge_agent import handshake
from edge_agent.link import explain
from tests.hub.daemons import free_port


def test_nobody_there_is_said_and_silence_is_not() -> None:
    context = ssl.create_default_context()
    gone = Broker(url=f"mqtts://127.0.0.1:{free_port()}")
    assert isinstance(handshake.refusal(gone, context), ConnectionRefusedError)


def test_a_server_that_says_nothing_refused_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        broker = Broker(url=f"mqtts://127.0.0.1:{mute.getsockname()[1]}")
        assert handshake.refusal(broker, ssl.create_default_context()) is None


async def test_a_time_out_with_a_broken_certificate_is_explained_and_ends_nothing(
    tmp_path: Path,
) -> None:
    pem = tmp_path / "device.pem"
    pem.write_text("broken")
    broker = Broker(url="mqtts://127.0.0.1:1", cert_file=pem, key_file=pem)
    said = await explain(broker, aiomqtt.MqttError("Operation timed out"))
    assert "look at ca_file, cert_file, key_file" in said
    pem.unlink()
    assert "No such file" in await explain(broker, aiomqtt.MqttError("Operation timed out"))
