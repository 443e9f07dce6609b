"""What of the district's digital infrastructure is probed, how, and how often."""

from collections.abc import Mapping
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from contracts.configuration import FilePath, Section
from contracts.identity import DeviceName as Name

Kind = Literal["tcp", "http", "tls", "dns", "ping"]
Service = Literal[
    "lan", "video-conference", "mail", "digital-signing", "q-office", "one-stop", "other"
]
SERVICES: Mapping[Service, str] = {
    "lan": "Mạng nội bộ (LAN)",
    "video-conference": "Hội nghị truyền hình bốn cấp",
    "mail": "Thư công vụ",
    "digital-signing": "Ký số",
    "q-office": "Q.Office",
    "one-stop": "Cổng một cửa",
}
"""What the boards call the services that have a code of their own."""
NEEDS_PORT: tuple[Kind, ...] = ("tcp", "tls")


class Probe(Section):
    """One thing of the digital infrastructure that should answer, looked at by the hub."""

    name: Name = Field(title="Name", description="Names it in logs and incidents.")
    title_vi: str = Field(
        min_length=1, max_length=120, title="Title", description="What incidents call it."
    )
    service: Service = Field(
        default="other",
        title="Service",
        description="Whose availability it counts for: probes of one service are one unit of the "
        "catalogue, which is up while none of them is away. `other`: a service of its own, whose "
        "code is `name`.",
    )
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
    away_after_s: float = Field(
        default=180,
        ge=0,
        title="Trouble",
        description="What has been away for longer opens an incident.",
    )

    @property
    def unit(self) -> str:
        """The code of its service in the catalogue."""
        return self.name if self.service == "other" else self.service

    @property
    def unit_vi(self) -> str:
        return SERVICES.get(self.service, self.title_vi)

    @property
    def holds_s(self) -> float:
        """How long one look says how it stands: after that nobody looked."""
        return 2 * self.every_s + self.timeout_s

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
