"""Trust of a running district: who listens where, and where secrets are seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import psutil
import pytest
from pydantic import BaseModel

from contracts.configuration import LOOPBACK, Section
from edge_agent.config import AgentConfig
from hub.config import HubConfig
from ioc import settings
from ioc.broker import free_port
from ioc.demo import Demo, Plan

LIMIT_S = 120
CAMERA_PASSWORD = "mat-khau-cua-camera"
SERIES_TOKEN = "token-cua-influxdb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a passer-by could see of a demo: addresses, command lines, logs and its own words."""

    addresses: frozenset[str]
    command_lines: str
    logs: str
    webhook_secret: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A demo until a fire is at the phone, with a locked camera and a locked InfluxDB besides."""
    folder = tmp_path_factory.mktemp("demo")
    locked = settings.Camera(
        device="camera-khoa", title="Camera khóa", view="cổng", position=settings.PRAO,
        url=f"rtsp://ioc:{{password}}@127.0.0.1:{free_port()}/main", scene="street",
    )  # fmt: skip
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.VIDEO_PASSWORD, CAMERA_PASSWORD)
        patch.setenv("IOC_SERIES_TOKEN", SERIES_TOKEN)
        patch.setattr(settings.Folder, "write", with_a_locked_influx(settings.Folder.write))
        cameras = (*settings.rendered(), locked)
        with Demo(Plan(cameras=cameras, state=folder, port=free_port()), said.append) as demo:
            while not demo.story.proven or not has_refused(folder):
                assert demo.story.elapsed_s < LIMIT_S, "\n".join(said)
                demo.step()
            started = [psutil.Process(child.pid) for child in demo.children]
            processes = [*started, psutil.Process(demo.broker.pid)]
            addresses = frozenset(
                connection.laddr.ip
                for process in processes
                for connection in process.net_connections("inet")
                if connection.status == psutil.CONN_LISTEN
            )
            lines = "\n".join(" ".join(process.cmdline()) for process in processes)
        logs = "\n".join(path.read_text(errors="replace") for path in folder.rglob("*.log"))
        secret = (folder / "webhook.secret").read_text().strip()
    return Seen(
        addresses=addresses,
        command_lines=lines,
        logs=logs + "\n".join(said),
        webhook_secret=secret,
    )


def with_a_locked_influx(
    write: Callable[[settings.Folder], None],
) -> Callable[[settings.Folder], None]:
    """The demo's files, with figures sent to an InfluxDB that is not there, by a token."""

    def write_both(folder: settings.Folder) -> None:
        write(folder)
        series = {
            "api": "v3", "url": f"http://127.0.0.1:{free_port()}", "token_env": "IOC_SERIES_TOKEN",
        }  # fmt: skip
        with folder.hub.open("a", encoding="utf-8") as hub:
            hub.write("\n" + settings.toml({"influx": series}))

    return write_both


def has_refused(folder: Path) -> bool:
    """The camera and the time series were tried, and their failures told."""
    camera, hub = folder / "camera-khoa.log", folder / "hub.log"
    return "lost:" in camera.read_text() and "time series:" in hub.read_text()


def test_everything_listens_on_loopback_alone(seen: Seen) -> None:
    assert seen.addresses
    assert seen.addresses <= {"127.0.0.1", "::1"}


def test_no_secret_is_on_a_command_line(seen: Seen) -> None:
    assert "hub run" in seen.command_lines
    for secret in (seen.webhook_secret, CAMERA_PASSWORD, SERIES_TOKEN):
        assert secret not in seen.command_lines


def test_no_secret_reaches_a_log(seen: Seen) -> None:
    assert "webhook phone" in seen.logs
    assert "camera-khoa" in seen.logs or "cam-1: lost" in seen.logs
    for secret in (seen.webhook_secret, CAMERA_PASSWORD, SERIES_TOKEN):
        assert secret not in seen.logs


def fields(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, object]]:
    """Every key of a configuration with its default."""
    for name, field in model.model_fields.items():
        yield f"{path}{name}", field.default
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Section):
                yield from fields(kind, f"{path}{name}.")


@pytest.mark.parametrize("model", [HubConfig, AgentConfig])
def test_a_secret_has_no_default_and_no_place_in_a_configuration(model: type[Section]) -> None:
    secrets = {
        key: default
        for key, default in fields(model)
        if any(word in key for word in ("password", "secret", "token"))
    }
    assert secrets
    assert {key.rpartition("_")[2] for key in secrets} == {"file", "env"}
    assert set(secrets.values()) == {None}


@pytest.mark.parametrize("model", [HubConfig, AgentConfig])
def test_the_defaults_reach_nothing_beyond_loopback(model: type[Section]) -> None:
    addresses = [
        str(default) for key, default in fields(model) if key.endswith((".url", ".listen"))
    ]
    beyond = [each for each in addresses if each and not any(name in each for name in LOOPBACK)]
    assert [each for each in beyond if each != "PydanticUndefined"] == []
