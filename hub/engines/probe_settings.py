"""What of the district's digital infrastructure is probed, how, and how often."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from contracts.configuration import FilePath, Section
from contracts.identity import DeviceName as Name

Kind = Literal["tcp", "http", "tls", "dns", "ping"]
NEEDS_PORT: tuple[Kind, ...] = ("tcp", "tls")


class Probe(Section):
    """One thing that should answer."""

    name: Name = Field(title="Name", description="Names it in logs and figures; the unit's code.")
    title_vi: str = Field(title="Title", description="What the board calls it.")
    service: Literal[
        "lan", "video-conference", "mail", "digital-signing", "q-office", "one-stop", "other"
    ] = Field(default="other", title="Service", description="Which service it belongs to.")
    kind: Kind = Field(
        title="Kind",
        description="`tcp` connects; `http` asks `url`; `tls` checks the certificate; `dns` looks "
        "`host` up with the system's resolver; `ping` sends one ICMP echo.",
    )
    host: str = Field(default="", title="Host", description="Name or address; not for `http`.")
    port: int = Field(default=0, ge=0, le=65_535, title="Port", description="`tcp` and `tls` only.")
    url: str = Field(default="", title="Address", description="`http` only.")
    expect_status: int = Field(
        default=200, ge=100, le=599, title="Status", description="What `http` must answer."
    )
    expect_text: str = Field(
        default="", title="Text", description="What must stand in the answer of `http`."
    )
    expect_address: str = Field(
        default="", title="Expected address", description="Must be among the answers of `dns`."
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="Certificate authority",
        description="PEM file that signs the certificate; the system's list if absent.",
    )
    warn_days: float = Field(
        default=21,
        ge=0,
        title="Expiry",
        description="Days before its end that a certificate warns.",
    )
    timeout_s: float = Field(
        default=5, gt=0, le=60, title="Patience", description="Seconds for the whole probe."
    )
    every_s: float = Field(
        default=60, ge=1, title="Interval", description="Seconds between two probes."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "http":
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("url: write http://host/path or https://host/path")
        elif not self.host:
            raise ValueError(f"host: a {self.kind} probe needs one")
        if self.kind in NEEDS_PORT and not self.port:
            raise ValueError(f"port: a {self.kind} probe needs one")
        if self.timeout_s > self.every_s:
            raise ValueError("timeout_s: must not be longer than every_s")
        return self


class Probing(Section):
    """All probes."""

    jitter: float = Field(
        default=0.1,
        ge=0,
        le=0.5,
        title="Jitter",
        description="Share of the interval by which each probe strays, so that they do not march.",
    )
    probe: tuple[Probe, ...] = Field(default=(), title="probe")

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [probe.name for probe in self.probe]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"probe: two are called {name!r}; name them apart")
        return self
