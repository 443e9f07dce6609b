"""Sections of the hub's configuration: what it takes in by files and fetches by itself."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from contracts.configuration import LOOPBACK, FilePath, Section
from contracts.identity import DeviceName as Name
from contracts.indicator import Code
from hub.entrances.limits import Limits
from hub.entrances.pull.select import NotASelect, only_select


class Drop(Limits):
    """Files that people and systems put into a folder; absent, no folder is looked at."""

    folder: FilePath | None = Field(
        default=None,
        title="Folder",
        description="Is made with `imported` and `refused` in it; files there are taken whole or "
        "go back with a report.",
    )
    mappings_folder: FilePath | None = Field(
        default=None,
        title="Mappings",
        description="Folder of YAML files: what the columns of the district's own tables mean; "
        "one with the name of a shipped mapping takes its place.",
    )
    settle_s: float = Field(
        default=5, ge=0, title="Settle", description="Seconds that a file must not have changed."
    )
    poll_s: float = Field(default=2, gt=0, title="Look", description="Seconds between looks.")


class Pulled(Section):
    """What every connector has."""

    name: Name = Field(title="Name", description="Names the source in logs and on pages.")
    every_s: float = Field(
        default=900, ge=5, title="Interval", description="Seconds between two tries that went well."
    )


class Fetched(Pulled):
    """What every connector over HTTP has."""

    url: str = Field(title="Address", description="`https` beyond loopback; no redirects.")
    auth_header: str = Field(
        default="Authorization",
        pattern=r"^[A-Za-z0-9-]+$",
        title="Header",
        description="That carries the secret.",
    )
    secret_file: FilePath | None = Field(
        default=None,
        title="Secret file",
        description="File with the header's value: `Bearer …`, `Basic …`, a key.",
    )
    secret_env: str | None = Field(
        default=None, title="Secret variable", description="Variable with the same."
    )
    timeout_s: float = Field(
        default=30, gt=0, le=600, title="Patience", description="Seconds of one answer at most."
    )
    max_bytes: int = Field(
        default=5_000_000, ge=1, title="Size", description="Bytes of one answer at most."
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url: write https://host/path")
        if parts.username or parts.password:
            raise ValueError("url: credentials do not belong here; use secret_file")
        if parts.hostname not in LOOPBACK and parts.scheme != "https":
            raise ValueError("url: a source beyond loopback needs TLS: write https://")
        return self


class WebFeed(Fetched):
    """One RSS, Atom or JSON feed; its entries become mentions."""

    source: Code = Field(title="Source", description="Code of the source on pages.")
    max_entries: int = Field(
        default=500, ge=1, title="Entries", description="Of one answer at most; newer ones first."
    )


class Paging(Section):
    """How an interface is paged."""

    by: Literal["none", "page", "offset", "cursor", "link"] = Field(
        default="none",
        title="Paging",
        description="`page` and `offset` count, `cursor` is told in the answer, `link` is the "
        "header (RFC 8288).",
    )
    parameter: str = Field(
        default="page", title="Parameter", description="Of the page, offset or cursor."
    )
    first: int = Field(default=1, ge=0, title="First", description="Number of the first page.")
    size_parameter: str = Field(default="", title="Size parameter", description="If it has one.")
    size: int = Field(default=100, ge=1, title="Page size", description="Rows of a page.")
    cursor: str = Field(
        default="next", title="Cursor", description="JSON path of the next cursor: `meta.next`."
    )
    max_pages: int = Field(default=100, ge=1, title="Pages", description="Of one pull at most.")


class Rest(Fetched):
    """One interface of another system that answers JSON."""

    subsystem: Code = Field(title="Subsystem", description="That the data are of.")
    mapping: str = Field(
        title="Mapping", description="Name of a mapping; its columns are JSON paths of an item."
    )
    items: str = Field(
        default="",
        title="Items",
        description="JSON path of the list of items: `data.records`; empty if the answer is it.",
    )
    paging: Paging = Field(default=Paging(), title="Paging", description="See below.")
    since_parameter: str = Field(
        default="",
        title="Since",
        description="Query parameter that gets the time of the last good pull (ISO, UTC), "
        "an hour earlier.",
    )

    @model_validator(mode="after")
    def _cursor_has_a_path(self) -> Self:
        if self.paging.by == "cursor" and not self.paging.cursor:
            raise ValueError("paging.cursor: say where the answer tells the next cursor")
        return self


class Sql(Pulled):
    """One query to another system's database; nothing but a SELECT, read only."""

    subsystem: Code = Field(title="Subsystem", description="That the data are of.")
    mapping: str = Field(
        title="Mapping", description="Name of a mapping; its columns are those of the query."
    )
    url: str = Field(
        title="Address",
        description="SQLAlchemy URL without password: `postgresql+psycopg://reader@host/db`, "
        "`sqlite:////path/file.db`. Give the account no right but to read.",
    )
    password_file: FilePath | None = Field(
        default=None, title="Password file", description="File with the password."
    )
    password_env: str | None = Field(
        default=None, title="Password variable", description="Variable with the same."
    )
    query: str = Field(
        title="Query",
        description="One SELECT. With `since_column` write `WHERE changed >= :since ORDER BY "
        "changed`: rows that come again do no harm, rows that are left out are lost.",
    )
    since_column: str = Field(
        default="",
        title="Since",
        description="Column of the query whose last value is the next `:since`.",
    )
    since_start: str = Field(
        default="1970-01-01T00:00:00",
        title="Start",
        description="First `:since`: an ISO time, or a number.",
    )
    timeout_s: float = Field(
        default=30, gt=0, le=600, title="Patience", description="Seconds of the query at most."
    )
    max_rows: int = Field(
        default=20_000, ge=1, le=100_000, title="Rows", description="Of one pull at most."
    )

    @model_validator(mode="after")
    def _safe(self) -> Self:
        try:
            parsed = make_url(self.url)
            only_select(self.query)
        except ArgumentError:
            raise ValueError("url: write dialect+driver://user@host/database") from None
        except NotASelect as wrong:
            raise ValueError(f"query: {wrong}") from None
        if parsed.password:
            raise ValueError("url: a password does not belong here; use password_file")
        beyond = parsed.host not in (None, *LOOPBACK)
        safe = parsed.query.get("sslmode") in ("require", "verify-ca", "verify-full")
        if parsed.get_backend_name() == "postgresql" and beyond and not safe:
            raise ValueError("url: a server beyond loopback needs TLS: ?sslmode=verify-full")
        if self.since_column and ":since" not in self.query:
            raise ValueError("query: since_column needs :since in the query")
        if ":since" in self.query and not self.since_column:
            raise ValueError("since_column: say which column is the next :since")
        return self
