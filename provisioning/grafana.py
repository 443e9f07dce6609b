"""A running Grafana by its HTTP API: what is there, and what has to change; `plan` writes nothing.

Data source, folders with rights by subsystem, boards, and the watchdog's rule.  What Grafana read
from files belongs to those files: it is named and left to them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from grafana_client import GrafanaApi
from grafana_client.client import GrafanaException

from provisioning.changes import Change
from provisioning.errors import RequestRefused, WrongServer, refusal
from provisioning.influx import ANSWER_S, CONNECT_S, trusted, unreachable

OLDEST = (11, 6)
"""What the boards are generated for."""

AWAY = frozenset({502, 503, 504})
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`secret` is a service account's token, or the password of `user`."""

    url: str
    secret: str
    user: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """`shared`: everybody who may log in sees it."""

    uid: str
    title: str
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    folder: str
    model: Mapping[str, Any]

    @property
    def uid(self) -> str:
        return str(self.model["uid"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What Grafana shall hold: `rules` in the form of its alerting API, secrets in `secure`."""

    source: Mapping[str, Any]
    secure: Mapping[str, str]
    folders: Sequence[Folder]
    boards: Sequence[Board]
    rules: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`notes` say what a person should know and no change mends."""

    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Grafana:
    """The client library with our errors; raises ServerTrouble."""

    def __init__(self, server: Server) -> None:
        self.server = server
        parts = urlsplit(server.url)
        trusted(server.url, server.ca_file)
        self._api = GrafanaApi(
            (server.user, server.secret) if server.user else server.secret,
            host=parts.hostname, port=parts.port, protocol=parts.scheme,
            url_path_prefix=f"{parts.path.strip('/')}/".lstrip("/"),
            verify=str(server.ca_file) if server.ca_file else True,
            timeout=(CONNECT_S, ANSWER_S),
        )  # fmt: skip
        self._api.client.s.trust_env = False  # neither a proxy nor .netrc of whoever runs this

    def close(self) -> None:
        self._api.client.s.close()

    def told(self, ask: Callable[[Any], T]) -> T:
        """What `ask` gets of the client."""
        try:
            return ask(self._api)
        except GrafanaException as refused:
            said = str(refused.message)[:300]
            raise refusal(self.server.url, refused.status_code, said, AWAY) from None
        except requests.exceptions.JSONDecodeError:
            raise _no_grafana(self.server.url, "answers with something else than JSON") from None
        except requests.exceptions.RequestException as lost:
            raise unreachable(self.server.url, lost) from None

    def found(self, ask: Callable[[Any], T]) -> T | None:
        """The same; None where there is no such thing."""
        try:
            return self.told(ask)
        except RequestRefused as refused:
            if refused.status == 404:
                return None
            raise


def check_version(grafana: Grafana) -> None:
    """Raises WrongServer, and what a server that is away raises."""
    url = grafana.server.url
    health = grafana.found(lambda api: api.health.check())
    if not isinstance(health, dict) or "database" not in health:
        raise _no_grafana(url, "is no Grafana (/api/health)")
    version = str(health.get("version", ""))
    parts = re.match(r"(\d+)\.(\d+)", version)  # it may be hidden from who is not logged in
    if parts and (int(parts[1]), int(parts[2])) < OLDEST:
        raise WrongServer(
            server=url, said=f"is Grafana {version}, too old for the boards",
            remedy=f"upgrade it to {OLDEST[0]}.{OLDEST[1]} or later",
        )  # fmt: skip


def plan(grafana: Grafana, content: Content, *, open_to_all: bool) -> Plan:
    """In the order in which one needs the other.  Raises ServerTrouble."""
    from provisioning import grafana_access, grafana_boards, grafana_source  # noqa: PLC0415

    check_version(grafana)
    parts = [
        grafana_source.plan(grafana, content),
        grafana_access.plan(grafana, content.folders, open_to_all=open_to_all),
        *(grafana_boards.plan(grafana, each) for each in content.boards),
        grafana_boards.strays(grafana, content.boards),
        *(grafana_source.plan_rule(grafana, each) for each in content.rules),
    ]
    return Plan(
        changes=[change for part in parts for change in part.changes],
        notes=[note for part in parts for note in part.notes],
    )


def holds(there: Any, wanted: Any) -> bool:
    """Whether `there` has all of `wanted`; Grafana adds defaults of its own."""
    if isinstance(wanted, Mapping):
        return isinstance(there, Mapping) and all(
            key in there and holds(there[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(there, list)
            and len(there) == len(wanted)
            and all(holds(one, other) for one, other in zip(there, wanted, strict=True))
        )
    return bool(there == wanted)


def _no_grafana(url: str, said: str) -> WrongServer:
    remedy = "give the address of Grafana itself, with its sub-path if it has one"
    return WrongServer(server=url, said=said, remedy=remedy)
