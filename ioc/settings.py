"""The demo's folder: one configuration file for each process, and secrets made up on the spot."""

import json
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from contracts.sighting import Position
from ioc.broker import LOOPBACK

Scene = Literal["tower", "street"]

FIRE = Position(lat=15.9820, lon=107.6680)
"""Where the rendered fire burns: forest between the two towers."""
TOWER_FOV_DEG = 60.0
TELEMETRY_S = 5.0
"""Often, since somebody is looking; 30 s is the default of a box."""
VIDEO_PASSWORD = "IOC_VIDEO_PASSWORD"  # noqa: S105  (the name of a variable)
"""Environment variable with the password that `{password}` in an address stands for."""
FOLDER_PACE_S = 0.5
"""A time-lapse of one picture a minute, played 120 times as fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera on a box of its own; the box is called `device`, its camera looks at `view`."""

    device: str
    title: str
    view: str
    position: Position
    url: str
    scene: Scene
    interval_s: float = 1.0
    pace_s: float | None = None
    speed: float | None = None
    azimuth_deg: float | None = None

    def settings(self, broker: str) -> dict[str, object]:
        """The agent's configuration."""
        camera: dict[str, object] = {
            "name": "cam-1", "title": self.view, "url": self.url, "scene": self.scene,
            "interval_s": self.interval_s,
        }  # fmt: skip
        if self.pace_s is not None:
            camera["pace_s"] = self.pace_s
        if self.speed is not None:
            camera["speed"] = self.speed
        if "{password}" in self.url:
            camera["password_env"] = VIDEO_PASSWORD
        if self.azimuth_deg is not None:
            camera |= {"azimuth_deg": self.azimuth_deg, "fov_deg": TOWER_FOV_DEG}
        where = {"lat": self.position.lat, "lon": self.position.lon}
        return {
            "telemetry_s": TELEMETRY_S,
            "device": {"name": self.device, "title": self.title, **where},
            "broker": {"url": broker},
            "outbox": {"path": f"{self.device}.outbox.db"},
            "camera": [camera],
        }


def bearing_deg(eye: Position, target: Position) -> float:
    """Degrees clockwise from true north, on the plane: towers see some ten kilometres."""
    east = (target.lon - eye.lon) * math.cos(math.radians(eye.lat))
    return math.degrees(math.atan2(east, target.lat - eye.lat)) % 360


def aimed(eye: Position, target: Position, place: float) -> float:
    """The azimuth of a camera that has `target` at `place` (0..1) across its picture."""
    half = math.tan(math.radians(TOWER_FOV_DEG / 2))
    aside = math.degrees(math.atan((2 * place - 1) * half))
    return round((bearing_deg(eye, target) - aside) % 360, 1)


PRAO = Position(lat=15.92726, lon=107.63929)
SONG_KON = Position(lat=15.98005, lon=107.75178)
PRAO_STREET = Position(lat=15.92840, lon=107.64110)


RENDERED_SPEED = 30.0
"""The rendered smoke rises in a minute as far smoke does in a quarter of an hour."""


def rendered() -> tuple[Camera, ...]:
    """Two towers that see the same smoke from two sides, and a street camera."""
    return (
        Camera(
            device="thap-prao", title="Tháp Prao", view="hướng đông bắc", position=PRAO,
            scene="tower", azimuth_deg=aimed(PRAO, FIRE, 0.62),
            url="synthetic:tower?seed=1&fps=2&ignite_after=8&wind=2&place=0.62",
            speed=RENDERED_SPEED,
        ),
        Camera(
            device="thap-song-kon", title="Tháp Sông Kôn", view="hướng tây", position=SONG_KON,
            scene="tower", azimuth_deg=aimed(SONG_KON, FIRE, 0.4),
            url="synthetic:tower?seed=4&fps=2&ignite_after=8&wind=-2&place=0.4",
            speed=RENDERED_SPEED,
        ),
        Camera(
            device="duong-prao", title="Đường Prao", view="cổng chợ", position=PRAO_STREET,
            scene="street", url="synthetic:street?seed=3&fps=4&ignite_after=20",
            interval_s=0.5,
        ),
    )  # fmt: skip


def filmed(video: str, scene: Scene | None, pace_s: float | None) -> tuple[Camera, ...]:
    """One camera that plays `video`; a folder is a tower's time-lapse unless told otherwise."""
    folder = Path(video).is_dir()
    local = folder or Path(video).is_file()
    return (
        Camera(
            device="camera-video",
            title="Camera video",
            view=Path(video).name[:80] if local else "trực tiếp",
            position=PRAO,
            url=str(Path(video).resolve()) if local else video,
            scene=scene or ("tower" if folder else "street"),
            interval_s=0.25,
            pace_s=(pace_s or FOLDER_PACE_S) if folder else None,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where the demo keeps its files; readable by their owner alone."""

    path: Path
    console_port: int
    phone_port: int
    broker_url: str
    cameras: Sequence[Camera]
    district: bool = False
    """Whether the hub knows the simulated district's units."""
    console: str = field(init=False)
    phone: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "console", f"http://{LOOPBACK}:{self.console_port}")
        object.__setattr__(self, "phone", f"http://{LOOPBACK}:{self.phone_port}")

    @property
    def secret(self) -> Path:
        return self.path / "webhook.secret"

    @property
    def hub(self) -> Path:
        return self.path / "hub.toml"

    @property
    def catalogue(self) -> Path:
        return self.path / "catalogue"

    def agent(self, camera: Camera) -> Path:
        return self.path / f"{camera.device}.toml"

    def log(self, name: str) -> Path:
        return self.path / f"{name}.log"

    def write(self) -> None:
        """All configuration files; a secret that is there already stays."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.secret.exists():
            _write_private(self.secret, secrets.token_urlsafe(32) + "\n")
        hub: dict[str, object] = {
            "broker": {"url": self.broker_url},
            "console": {"port": self.console_port},
            "webhook": [
                {"name": "phone", "url": f"{self.phone}/hook", "secret_file": self.secret.name}
            ],
        }
        if self.district:
            self.catalogue.mkdir(exist_ok=True, mode=0o700)
            hub["subsystems"] = {"catalogue_folder": self.catalogue.name}
            hub["citizens"] = {"enabled": True}
        _write_private(self.hub, toml(hub))
        for camera in self.cameras:
            _write_private(self.agent(camera), toml(camera.settings(self.broker_url)))


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def toml(settings: Mapping[str, object], prefix: str = "") -> str:
    """`settings` as TOML: values, then tables, then lists of tables."""
    lines = [f"{key} = {_value(value)}" for key, value in settings.items() if _is_plain(value)]
    for key, value in settings.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            lines.append(f"\n[{name}]\n{toml(value, f'{name}.')}")
        elif isinstance(value, list):
            lines += [f"\n[[{name}]]\n{toml(each, f'{name}.')}" for each in value]
    return "\n".join(lines).rstrip() + "\n"


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _value(value: object) -> str:
    """A TOML basic string is a JSON string but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
