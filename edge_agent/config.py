"""The agent's configuration: one TOML file, every key described."""

from difflib import get_close_matches
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from contracts import configuration, reference
from contracts.configuration import Broker, FilePath, Section
from contracts.identity import CameraName, DeviceName
from contracts.sighting import Label, Position
from contracts.status import CameraCard, Pose
from contracts.update import Ring
from edge_agent.policy import Policy, policy_for, with_opens

STREAMS = ("rtsp", "rtsps", "http", "https")
"""Schemes that a camera or its recorder is asked by."""
SPOKEN = "rtsp://, http://, usb:0, synthetic:tower, a file or a folder"
REFERENCE = "docs/agent-configuration.md"


class Device(Section):
    """Who this box is."""

    name: DeviceName = Field(
        title="Name", description="Lower-case letters, digits and hyphens; its name at the broker."
    )
    title: str = Field(
        default="", max_length=80, title="Title", description="What people call it: `Tháp Prao`."
    )
    lat: float | None = Field(
        default=None, ge=-90, le=90, title="Latitude", description="WGS 84, degrees."
    )
    lon: float | None = Field(
        default=None, ge=-180, le=180, title="Longitude", description="WGS 84, degrees."
    )
    drill: bool = Field(
        default=False, title="Drill", description="Everything it sends is marked as an exercise."
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat: give lat and lon together")
        return self

    @property
    def position(self) -> Position | None:
        if self.lat is None or self.lon is None:
            return None
        return Position(lat=self.lat, lon=self.lon)


class OutboxSection(Section):
    """What waits for the hub, on this box's disk."""

    path: FilePath = Field(
        default=Path("outbox.db"),
        validate_default=True,
        title="File",
        description="SQLite file, made at the first start; put it on a disk that keeps its word.",
    )
    bulk_mb: float = Field(
        default=500,
        gt=0,
        title="Bulk lane",
        description="Megabytes of telemetry and pictures that may wait; beyond it the oldest "
        "telemetry is shed first, then pictures, and counted. Alarms are never shed.",
    )

    def written(self) -> tuple[str, ...]:
        return ("path",)


class DetectorSection(Section):
    """The network that looks."""

    weights: FilePath | None = Field(
        default=None,
        title="Weights",
        description="ONNX file beside its signed `manifest.json`; the built-in detector if absent. "
        "What cannot be trusted is refused: the box then looks with the built-in one and says so.",
    )
    trusted_keys: tuple[FilePath, ...] = Field(
        default=(),
        title="Trusted keys",
        description="Public keys (`.pub`, PEM) whose signature on a detector counts, beside the "
        "project's own; `ioc model keygen` makes one.",
    )
    unsigned: bool = Field(
        default=False,
        title="Unsigned",
        description="Own weights without a manifest are accepted; what they report is marked "
        "`unsigned`. A manifest that is there and wrong is refused all the same.",
    )
    size: int | None = Field(
        default=None,
        ge=64,
        le=4096,
        multiple_of=32,
        title="Size",
        description="Long side in pixels that a frame is brought to; the detector's own if absent.",
    )
    threads: int = Field(
        default=1, ge=1, le=64, title="Threads", description="Processor cores for one inference."
    )


class UpdateSection(Section):
    """Signed updates of the detector and of settings."""

    trusted_keys: tuple[FilePath, ...] = Field(
        default=(),
        title="Trusted keys",
        description="Public keys (`.pub`, PEM) whose signature on an update counts; "
        "`ioc model keygen` makes one. Without any the box takes no update.",
    )
    ring: Ring = Field(
        default=Ring.ALL,
        title="Ring",
        description="`canary`, `first` or `all`: whether the box is one of the few that take "
        "updates signed for fewer than all.",
    )
    folder: FilePath | None = Field(
        default=None,
        title="Folder",
        description="Where updates are kept, with the ones before them; made at the first start; "
        "`updates` beside the outbox if absent.",
    )
    hub: str = Field(
        default="",
        title="Hub",
        description="`https://host:port` of the console, which files are fetched from; empty: "
        "updates come by hand only (`ioc agent update`).",
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="Certificate authority",
        description="PEM file that signs the console's certificate; the system's list if absent.",
    )
    probation_s: float = Field(
        default=600,
        gt=0,
        le=86_400,
        title="Probation",
        description="Seconds that an update must run without fault before what it replaced may be "
        "forgotten; a fault, or three starts that do not last so long, bring back what was before.",
    )

    def written(self) -> tuple[str, ...]:
        return ("folder",)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not self.hub:
            return self
        parts = urlsplit(self.hub)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("hub: write https://host:port")
        if parts.scheme != "https" and parts.hostname not in configuration.LOOPBACK:
            raise ValueError("hub: a hub beyond loopback needs TLS: write https://")
        if not self.trusted_keys:
            raise ValueError("trusted_keys: name the key that signs updates")
        return self


class CameraSection(Section):
    """One camera; a box may have several."""

    name: CameraName = Field(title="Name", description="Lower-case letters, digits, hyphens.")
    title: str = Field(
        default="", max_length=80, title="Title", description="What people call it: `Hướng Bắc`."
    )
    url: str = Field(
        title="Source",
        description="`rtsp://…`, `usb:0`, a video file, a folder of pictures (played as "
        "time-lapse), or `synthetic:tower`. `{password}` stands for the password of "
        "`password_file` or `password_env`.",
    )
    password_file: FilePath | None = Field(
        default=None, title="Password file", description="File with the camera's password."
    )
    password_env: str | None = Field(
        default=None, title="Password variable", description="Variable with the same."
    )
    scene: Literal["tower", "street"] = Field(
        default="tower",
        title="Scene",
        description="`tower`: far smoke, confirmed in about two minutes, and flame in seconds; "
        "`street`: near fire, quick.",
    )
    interval_s: float = Field(
        default=1.0,
        gt=0,
        le=3600,
        title="Interval",
        description="Seconds between two looks at this camera.",
    )
    zoom: bool = Field(
        default=False,
        title="Zoom",
        description="Besides the whole frame, look at overlapping windows of it at native scale: "
        "smoke a few pixels high in a sharp picture. A look at 1280 × 720 then takes seven times "
        "as long, one at 1920 × 1080 nine times; give `interval_s` room.",
    )
    loop: bool = Field(
        default=False, title="Loop", description="A recording begins anew when it ends."
    )
    pace_s: float | None = Field(
        default=None,
        gt=0,
        title="Pace",
        description="Seconds that each picture of a folder is shown.",
    )
    speed: float | None = Field(
        default=None,
        gt=0,
        title="Speed",
        description="How many times faster than life a recording runs; the confirmation's seconds "
        "shrink by it. If absent, each picture of a folder stands for a minute, and all else is "
        "life.",
    )
    opens_smoke: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        title="Smoke opens",
        description="Mean score over the confirmation's window at which smoke becomes a sighting; "
        "the scene's own if absent. `ioc model operating-point` finds it from recordings.",
    )
    opens_fire: float | None = Field(
        default=None, gt=0, lt=1, title="Fire opens", description="The same for fire."
    )
    azimuth_deg: float | None = Field(
        default=None,
        ge=0,
        lt=360,
        title="Azimuth",
        description="Where the optical axis points, degrees clockwise from true north.",
    )
    fov_deg: float | None = Field(
        default=None, gt=0, le=180, title="Field of view", description="Horizontal, degrees."
    )

    @model_validator(mode="after")
    def _pose_is_whole(self) -> Self:
        if (self.azimuth_deg is None) != (self.fov_deg is None):
            raise ValueError("azimuth_deg: give azimuth_deg and fov_deg together")
        if "{password}" in self.url and not (self.password_file or self.password_env):
            raise ValueError("password_file: the url has {password}; say where it stands")
        return self

    @field_validator("url")
    @classmethod
    def _keeps_no_secret(cls, url: str) -> str:
        if (urlsplit(url).password or "{password}") != "{password}":
            raise ValueError("write {password} and say in password_file where it stands")
        scheme, colon, _rest = url.partition("://")
        if colon and scheme.lower() not in STREAMS:
            meant = get_close_matches(scheme.lower(), STREAMS, n=1)
            hint = f"; did you mean {meant[0]}://?" if meant else ""
            raise ValueError(f"nobody here speaks {scheme}://{hint or f', but {SPOKEN}'}")
        return url

    @property
    def pose(self) -> Pose | None:
        if self.azimuth_deg is None or self.fov_deg is None:
            return None
        return Pose(azimuth_deg=self.azimuth_deg, fov_deg=self.fov_deg)

    @property
    def policy(self) -> Policy:
        """The scene's, with the opening thresholds of this camera."""
        own = {Label.SMOKE: self.opens_smoke, Label.FIRE: self.opens_fire}
        return with_opens(
            policy_for(self.scene),
            {label: score for label, score in own.items() if score is not None},
        )

    def source(self) -> str:
        """The url with its password; raises SecretMissing.  Never for a log."""
        password = configuration.secret(self.password_file, self.password_env)
        return self.url if password is None else self.url.replace("{password}", password)

    def card(self, position: Position | None) -> CameraCard:
        return CameraCard(
            name=self.name, title=self.title, scene=self.scene, position=position, pose=self.pose
        )


class AgentConfig(Section):
    """Everything that `ioc agent run` needs."""

    device: Device = Field(title="device")
    broker: Broker = Field(default=Broker(), title="broker")
    outbox: OutboxSection = Field(
        default_factory=OutboxSection, validate_default=True, title="outbox"
    )
    detector: DetectorSection = Field(default=DetectorSection(), title="detector")
    update: UpdateSection = Field(default=UpdateSection(), title="update")
    telemetry_s: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        title="Telemetry interval",
        description="Seconds between two reports of the box and its cameras.",
    )
    camera: tuple[CameraSection, ...] = Field(
        min_length=1, max_length=32, title="camera", description="At least one."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [camera.name for camera in self.camera]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"camera: two cameras are called {name!r}; name them apart")
        return self

    @model_validator(mode="after")
    def _is_itself_at_the_broker(self) -> Self:
        if self.broker.username not in (None, self.device.name):
            raise ValueError(
                "broker.username: write the same as device.name: the broker lets a box speak "
                "under its own name only"
            )
        return self

    @property
    def updates_folder(self) -> Path:
        return self.update.folder or self.outbox.path.parent / "updates"

    def cards(self) -> tuple[CameraCard, ...]:
        return tuple(camera.card(self.device.position) for camera in self.camera)


def load(path: Path) -> AgentConfig:
    """The configuration in `path`; raises ConfigError."""
    return configuration.load(path, AgentConfig, reference=REFERENCE)


HEAD = """# The agent's configuration

One TOML file, given to `ioc agent run`. Every key has a default unless it says *required*; an
unknown key is refused. Relative paths are relative to the file. Secrets stand in files
(`*_file`, the first line counts) or in environment variables (`*_env`), never in this file.
This page is written from the models (`make reference`).
"""


def page() -> str:
    """The reference page, Markdown."""
    return reference.page(HEAD, AgentConfig)
