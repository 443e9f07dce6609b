"""The hub's configuration: one TOML file, every key described, errors that name key and value.

Relative paths are relative to the file.  Secrets stand in files or in the environment, never here.
"""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from contracts import configuration, reference
from contracts.configuration import LOOPBACK, Broker, FilePath, Section
from contracts.identity import DeviceName as Name
from hub.bridge_settings import Bridge
from hub.engines.probe_settings import SERVICES, Probe
from hub.entrances.settings import Drop, Rest, Sql, WebFeed
from hub.incident import Event
from hub.reporting.settings import ClockTime, Reports, Smtp, Subscriber
from hub.rollouts.settings import UpdatesSection

REFERENCE = "docs/hub-configuration.md"


class HubBroker(Broker):
    """The MQTT broker that devices and hub meet at."""

    queue_messages: int = Field(
        default=2_000,
        ge=1,
        le=1_000_000,
        title="Messages waiting",
        description="Received messages of a lane that wait in memory, unacknowledged; when it is "
        "full the hub stops reading from the network and the broker keeps the rest.",
    )


class Records(Section):
    """Where inbox, incidents, evidence and outbox live."""

    url: str = Field(
        default="",
        title="Address",
        description="`postgresql+psycopg://user@host/name`; empty for the SQLite file at `path`.",
    )
    path: FilePath = Field(
        default=Path("hub.db"),
        validate_default=True,
        title="SQLite file",
        description="Used when `url` is empty; made at the first start.",
    )
    password_file: FilePath | None = Field(
        default=None, title="Password file", description="File with the PostgreSQL password."
    )
    password_env: str | None = Field(
        default=None, title="Password variable", description="Variable with the same."
    )

    def written(self) -> tuple[str, ...]:
        return () if self.url else ("path",)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not self.url:
            return self
        parts = urlsplit(self.url)
        if parts.scheme != "postgresql+psycopg":
            raise ValueError("url: write postgresql+psycopg://user@host/name, or nothing")
        if parts.password:
            raise ValueError("url: a password does not belong here; use password_file")
        if parts.hostname in (None, *LOOPBACK):
            return self
        if not re.search(r"sslmode=(require|verify-ca|verify-full)\b", parts.query):
            raise ValueError("url: a server beyond loopback needs TLS: add ?sslmode=verify-full")
        if not (self.password_file or self.password_env):
            raise ValueError("password_file: a server beyond loopback needs a password")
        return self


class Influx(Section):
    """Where time series go."""

    api: Literal["embedded", "v1", "v2", "v3"] = Field(
        default="embedded",
        title="Interface",
        description="`embedded` (DuckDB, one file), or the write interface of an InfluxDB: "
        "`v1` /write, `v2` /api/v2/write, `v3` /api/v3/write_lp.",
    )
    url: str = Field(
        default="http://127.0.0.1:8086", title="Address", description="Of the InfluxDB server."
    )
    database: str = Field(
        default="ioc",
        min_length=1,
        title="Database",
        description="Database (v1, v3) or bucket (v2); reads go through its 1.x name.",
    )
    org: str = Field(default="", title="Organisation", description="v2 only.")
    username: str | None = Field(default=None, title="User", description="v1 only.")
    token_file: FilePath | None = Field(
        default=None,
        title="Token file",
        description="File with the token (v2, v3) or the password of `username` (v1).",
    )
    token_env: str | None = Field(
        default=None, title="Token variable", description="Variable with the same."
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="Certificate authority",
        description="PEM file that signs the server's certificate; the system's list if absent.",
    )
    path: FilePath = Field(
        default=Path("series.duckdb"),
        validate_default=True,
        title="DuckDB file",
        description="Used by `embedded`; made at the first start.",
    )
    batch_points: int = Field(
        default=5_000, ge=1, le=100_000, title="Batch", description="Points in one write at most."
    )
    backlog_points: int = Field(
        default=20_000_000,
        ge=1_000,
        title="Backlog",
        description="Points kept while the server is away (about 150 bytes each); beyond it the "
        "oldest are dropped and counted. Alarms are not among them.",
    )

    def written(self) -> tuple[str, ...]:
        return ("path",) if self.api == "embedded" else ()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.api == "embedded":
            return self
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url: write http://host:port or https://host:port")
        if self.api == "v2" and not self.org:
            raise ValueError("org: api v2 needs the organisation's name")
        secret = self.token_file or self.token_env
        if self.api == "v2" and not secret:
            raise ValueError("token_file: api v2 needs a token")
        if parts.hostname not in LOOPBACK:
            if parts.scheme != "https":
                raise ValueError("url: a server beyond loopback needs TLS: write https://")
            if not secret:
                raise ValueError("token_file: a server beyond loopback needs a token or password")
        return self


class Webhook(Section):
    """One endpoint that is told of incidents."""

    name: Name = Field(title="Name", description="Names it in logs, on pages and in keys.")
    url: str = Field(title="Address", description="Where to POST; `https` beyond loopback.")
    secret_file: FilePath | None = Field(
        default=None, title="Secret file", description="File with the key of the signature."
    )
    secret_env: str | None = Field(
        default=None, title="Secret variable", description="Variable with the same."
    )
    events: tuple[Event, ...] = Field(
        default=tuple(Event), min_length=1, title="Events", description="What it is told of."
    )
    expire_after_s: float = Field(
        default=86_400,
        gt=0,
        title="Patience",
        description="Seconds after which an undelivered notification is given up, and said so.",
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url: write http://host:port/path or https://host/path")
        if parts.hostname not in LOOPBACK and parts.scheme != "https":
            raise ValueError("url: an endpoint beyond loopback needs TLS: write https://")
        if not (self.secret_file or self.secret_env):
            raise ValueError("secret_file: give secret_file or secret_env; every call is signed")
        return self


class Console(Section):
    """The operators' page."""

    listen: str = Field(
        default="127.0.0.1",
        title="Listen address",
        description="Beyond loopback it needs `tls_cert_file`, `tls_key_file` and `users_file`.",
    )
    port: int = Field(default=8080, ge=0, le=65_535, title="Port", description="TCP port.")
    tls_cert_file: FilePath | None = Field(
        default=None, title="Certificate", description="PEM chain of the console."
    )
    tls_key_file: FilePath | None = Field(
        default=None, title="Key", description="PEM private key of the certificate."
    )
    users_file: FilePath | None = Field(
        default=None,
        title="Users",
        description="Names and password hashes of the operators; `ioc hub user add` writes it.",
    )
    map_geojson: FilePath | None = Field(
        default=None,
        title="Official map",
        description="GeoJSON with the polygons of the communes; our own sketch if absent.",
    )
    public_url: str = Field(
        default="",
        title="Public address",
        description="How phones reach the console; put before the paths in notifications.",
    )

    @property
    def reached_at(self) -> str:
        """The address by which this very machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.listen, self.listen)  # noqa: S104

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError("tls_cert_file: give tls_cert_file and tls_key_file together")
        if self.listen in LOOPBACK:
            return self
        if self.tls_cert_file is None:
            raise ValueError("tls_cert_file: a console beyond loopback needs TLS")
        if self.users_file is None:
            raise ValueError(
                "users_file: a console beyond loopback needs users: name a file, then run "
                "ioc hub user add"
            )
        return self


class Rules(Section):
    """What counts as late, ahead, silent, the same."""

    late_after_s: float = Field(
        default=600,
        gt=0,
        title="Late",
        description="A sighting older than this on arrival is filed in the past, marked late.",
    )
    future_after_s: float = Field(
        default=120,
        gt=0,
        title="Ahead",
        description="Figures dated further ahead are quarantined; alarms are corrected and marked.",
    )
    same_fire_s: float = Field(
        default=1_800,
        gt=0,
        title="Same fire",
        description="A new sighting in the same direction within this time is the same fire.",
    )
    again_after_s: float = Field(
        default=300,
        gt=0,
        title="Still seen",
        description="What a camera goes on seeing for longer after its incident was closed opens "
        "a new one; flames where it saw smoke do at once.",
    )
    burn_again_after_s: float = Field(
        default=7_200,
        gt=0,
        title="Still burning",
        description="The same where the verdict was a controlled burn.",
    )
    offline_after_s: float = Field(
        default=300,
        gt=0,
        title="Device trouble",
        description="A device that is offline or silent for longer opens an incident.",
    )
    blind_after_s: float = Field(
        default=120,
        gt=0,
        title="Camera trouble",
        description="A camera of an online device without a fresh, changing frame for longer "
        "opens an incident.",
    )
    overdue_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        title="Overdue share",
        description="Of a unit's unfinished cases of a type that may be overdue before it is an "
        "incident. Proposed, no regulation says one.",
    )
    overdue_least: int = Field(
        default=3,
        ge=1,
        title="Overdue cases",
        description="Of a unit and type, below which its own list is enough. Proposed.",
    )
    silent_feed_h: float = Field(
        default=12,
        gt=0,
        title="Silent source",
        description="Working hours (12 are a day and a half) after which a source that told "
        "nothing new opens an incident: what is told daily was missed twice. Proposed.",
    )


class Keep(Section):
    """How long things are kept."""

    evidence_days: float = Field(
        default=365, gt=0, title="Evidence", description="Days that pictures are kept."
    )
    places_days: float = Field(
        default=30,
        gt=0,
        title="Alarm places",
        description="Days that the ULID of a processed alarm is known, to tell a repetition from "
        "a second device of the same name.",
    )
    notifications_days: float = Field(
        default=365, gt=0, title="Notifications", description="Days after they were settled."
    )
    reports_days: float = Field(
        default=1_830, gt=0, title="Reports", description="Days that they stay in the archive."
    )
    citizen_photos_days: float = Field(
        default=90,
        gt=0,
        title="Citizens' photos",
        description="Days after a citizen's report was dealt with that its photo is kept.",
    )
    citizen_words_days: float = Field(
        default=365,
        gt=0,
        title="Citizens' words",
        description="The same for words, place, position and answer: all that may name a person.",
    )
    citizen_reports_days: float = Field(
        default=1_830,
        gt=0,
        title="Citizens' reports",
        description="The same for the report and its receipt; one that never ended goes so long "
        "after it came. The case stays for the figures, without anything of a person.",
    )
    quarantine_messages: int = Field(
        default=10_000, ge=1, title="Quarantine", description="Messages kept at most."
    )
    quarantine_bytes: int = Field(
        default=100_000_000, ge=1_000_000, title="Quarantine size", description="Bytes at most."
    )

    @model_validator(mode="after")
    def _persons_first(self) -> Self:
        terms = [self.citizen_photos_days, self.citizen_words_days, self.citizen_reports_days]
        if terms != sorted(terms):
            raise ValueError(
                "citizen_photos_days: photos go first, then words (citizen_words_days), last the "
                "report (citizen_reports_days): write terms that do not fall"
            )
        return self


class Subsystems(Section):
    """What the district adds to the catalogue, life cycles and calendar that are shipped."""

    catalogue_folder: FilePath | None = Field(
        default=None,
        title="Catalogue",
        description="Folder of YAML files: schools, stations, offices, a ninth subsystem.",
    )
    lifecycle_folder: FilePath | None = Field(
        default=None, title="Life cycles", description="Folder of YAML files: more types of cases."
    )
    working_days_file: FilePath | None = Field(
        default=None,
        title="Working days",
        description="YAML file: office hours, extra days off, days that were swapped.",
    )


Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+][0-9 .-]{2,23}$")]


class Citizens(Section):
    """The public page `/bao-tin`, where anybody reports something to the desk."""

    enabled: bool = Field(
        default=False, title="Open", description="Whether the page is there, without signing in."
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        title="Trusted proxies",
        description="Addresses or networks of the reverse proxies whose `X-Forwarded-For` is "
        "believed. Without any, the address that connects counts: never name what strangers reach.",
    )
    fill_s: float = Field(
        default=3,
        ge=0,
        le=60,
        title="Fill time",
        description="A form that comes back sooner was filled in by a machine.",
    )
    tries_per_address: int = Field(
        default=20,
        ge=1,
        le=10_000,
        title="Tries of an address",
        description="Forms an hour from one IPv4 address or IPv6 /64; a mobile network puts many "
        "people behind one address.",
    )
    tries_in_total: int = Field(
        default=300,
        ge=1,
        le=100_000,
        title="Tries in total",
        description="Forms an hour from everybody.",
    )
    near_m: float = Field(
        default=2_000,
        gt=0,
        title="Near",
        description="Metres within which a report of a fire or landslide joins an open incident "
        "whose place is known. Proposed: people see smoke from afar and send where they stand.",
    )
    recent_min: float = Field(
        default=30,
        gt=0,
        title="Recent",
        description="Minutes since an incident was last seen within which a report joins it. "
        "Proposed.",
    )
    witnesses_told: int = Field(
        default=2,
        ge=0,
        le=100,
        title="Witnesses told",
        description="Reports that join an incident and are told to phones; later ones are only "
        "counted. Proposed.",
    )
    power_hotline: Phone | None = Field(
        default=None,
        title="Power company",
        description="Number that the page names for a broken power line, once the district has "
        "confirmed it; none: people are told to stay away.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if ip_network(one, strict=False).prefixlen == 0:
                raise ValueError(f"{one} is everybody; name the proxy's own address")
        return given


class Shifts(Section):
    """The watch at the desk."""

    starts: tuple[ClockTime, ...] = Field(
        default=("06:00", "14:00", "22:00"),
        min_length=1,
        title="Beginnings",
        description="Local times, ascending; the last shift ends when the first begins.",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if list(self.starts) != sorted(set(self.starts)):
            raise ValueError("starts: write each time once, in ascending order")
        return self


class Duty(Section):
    """A telephone on the list of the hand-over note."""

    name: str = Field(min_length=1, max_length=80, title="Name", description="A person or desk.")
    role: str = Field(default="", max_length=80, title="Role", description="What they answer for.")
    phone: Phone = Field(title="Telephone", description="As it is dialled.")


class HubConfig(Section):
    """Everything that `ioc hub run` needs."""

    broker: HubBroker = Field(default=HubBroker(), title="broker")
    records: Records = Field(default_factory=Records, title="records", validate_default=True)
    influx: Influx = Field(default_factory=Influx, title="influx", validate_default=True)
    webhook: tuple[Webhook, ...] = Field(default=(), title="webhook")
    console: Console = Field(default=Console(), title="console")
    rules: Rules = Field(default=Rules(), title="rules")
    keep: Keep = Field(default=Keep(), title="keep")
    subsystems: Subsystems = Field(default=Subsystems(), title="subsystems")
    drop: Drop = Field(default=Drop(), title="drop")
    feed: tuple[WebFeed, ...] = Field(default=(), title="feed")
    rest: tuple[Rest, ...] = Field(default=(), title="rest")
    sql: tuple[Sql, ...] = Field(default=(), title="sql")
    probe: tuple[Probe, ...] = Field(default=(), title="probe")
    bridge: tuple[Bridge, ...] = Field(default=(), title="bridge")
    citizens: Citizens = Field(default=Citizens(), title="citizens")
    reports: Reports = Field(default=Reports(), title="reports")
    subscriber: tuple[Subscriber, ...] = Field(default=(), title="subscriber")
    smtp: Smtp = Field(default=Smtp(), title="smtp")
    shifts: Shifts = Field(default=Shifts(), title="shifts")
    updates: UpdatesSection = Field(default=UpdatesSection(), title="updates")
    duty: tuple[Duty, ...] = Field(default=(), title="duty")

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [endpoint.name for endpoint in self.webhook]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"webhook: two endpoints are called {name!r}; name them apart")
        sources = [source.name for source in (*self.feed, *self.rest, *self.sql)]
        for name in sources:
            if sources.count(name) > 1:
                raise ValueError(f"feed: two sources are called {name!r}; name them apart")
        return self

    @model_validator(mode="after")
    def _bridges_differ(self) -> Self:
        devices = [each.device for each in self.bridge]
        for device in devices:
            if devices.count(device) > 1:
                raise ValueError(f"bridge: {device!r} stands twice; write one table for it")
        return self

    @model_validator(mode="after")
    def _probes_differ(self) -> Self:
        names = [probe.name for probe in self.probe]
        for probe in self.probe:
            if names.count(probe.name) > 1:
                raise ValueError(f"probe: two are called {probe.name!r}; name them apart")
            if probe.service == "other" and probe.name in SERVICES:
                raise ValueError(
                    f"probe: {probe.name!r} is the code of a service; write it as service, or "
                    "name the probe otherwise"
                )
        return self

    @property
    def updates_folder(self) -> Path:
        return self.updates.folder or self.records.path.parent / "updates"

    @model_validator(mode="after")
    def _subscribers_are_reached(self) -> Self:
        endpoints = {endpoint.name for endpoint in self.webhook}
        names = [one.name for one in self.subscriber]
        for one in self.subscriber:
            if names.count(one.name) > 1:
                raise ValueError(f"subscriber: two are called {one.name!r}; name them apart")
            if one.webhook and one.webhook not in endpoints:
                raise ValueError(f"subscriber: {one.name}: no [[webhook]] is called {one.webhook}")
            if one.email and not self.smtp.host:
                raise ValueError(f"subscriber: {one.name}: e-mail needs host in [smtp]")
        return self


HEAD = """# The hub's configuration

One TOML file, given to `ioc hub run`. Every key has a default unless it says *required*; an
unknown key is refused. Relative paths are relative to the file. Secrets stand in files
(`*_file`, the first line counts) or in environment variables (`*_env`), never in this file.
This page is written from the models (`make reference`).
"""


def load(path: Path) -> HubConfig:
    """The configuration in `path`; raises ConfigError."""
    return configuration.load(path, HubConfig, reference=REFERENCE)


def page() -> str:
    """The reference page, Markdown."""
    return reference.page(HEAD, HubConfig)
