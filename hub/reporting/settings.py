"""What is configured of reports: when they are made, and who is sent them how."""

import re
from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.configuration import LOOPBACK, FilePath, Section
from contracts.identity import DeviceName as Name

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Reports(Section):
    """When reports are made."""

    periods: tuple[Literal["day", "week", "month"], ...] = Field(
        default=("day", "week", "month"),
        title="Periods",
        description="`day` is made every day, `week` on Monday, `month` on the first: each of the "
        "period that has ended.",
    )
    at: ClockTime = Field(
        default="07:00", title="Hour", description="Local time, `HH:MM`; made later after downtime."
    )

    @property
    def clock_time(self) -> time:
        return time.fromisoformat(self.at)


class Subscriber(Section):
    """One who is sent reports, by e-mail or to an endpoint of `[[webhook]]`."""

    name: Name = Field(title="Name", description="Names it in logs and in the archive.")
    email: str = Field(default="", title="E-mail", description="Address; needs `[smtp]`.")
    webhook: str = Field(
        default="", title="Endpoint", description="Name of a `[[webhook]]`, told with a link."
    )
    periods: tuple[Literal["day", "week", "month"], ...] = Field(
        default=("day", "week", "month"), min_length=1, title="Periods", description="Which ones."
    )
    attach: tuple[Literal["pdf", "xlsx"], ...] = Field(
        default=("pdf",), title="Attached files", description="To the e-mail."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.email) == bool(self.webhook):
            raise ValueError("email: give email or webhook, one of them")
        if self.email and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", self.email):
            raise ValueError("email: write name@host, one address for each subscriber")
        return self


class Smtp(Section):
    """The mail server that takes the reports."""

    host: str = Field(default="", title="Server", description="None: no e-mail is sent.")
    port: int = Field(default=587, ge=1, le=65_535, title="Port", description="587 or 465.")
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", title="TLS", description="`none` on loopback only."
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="Certificate authority",
        description="PEM file that signs the server's certificate; the system's list if absent.",
    )
    username: str | None = Field(default=None, title="User", description="Name at the server.")
    password_file: FilePath | None = Field(
        default=None, title="Password file", description="File whose first line is the password."
    )
    password_env: str | None = Field(
        default=None, title="Password variable", description="Variable with the same."
    )
    sender: str = Field(default="", title="Sender", description="`From` of the letters.")
    expire_after_s: float = Field(
        default=259_200,
        gt=0,
        title="Patience",
        description="Seconds after which an undelivered report is given up, and said so.",
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not self.host:
            return self
        if not self.sender:
            raise ValueError("sender: write the address that the letters come from")
        if self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("tls: a server beyond loopback needs TLS: write starttls or tls")
        if self.username and not (self.password_file or self.password_env):
            raise ValueError("password_file: a user needs password_file or password_env")
        return self
