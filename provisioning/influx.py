"""InfluxDB as the hub and the boards need it, found out and planned; `plan` writes nothing.

| server | what is made                                                                      |
|---|---|
| 1.x    | database, retention policies, continuous queries, a user each for hub and Grafana |
| 2.x    | organisation, buckets, DBRP mappings, tasks, a token each for hub and Grafana      |

The hub may write and read the raw points, Grafana may read; neither may do more.  What they are
given goes into files of mode 0600.
"""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from provisioning.changes import Change
from provisioning.errors import ServerAway, ServerTrouble, TlsTrouble, WrongServer
from provisioning.tiers import Tier, Tiers

Api = Literal["v1", "v2"]
CONNECT_S, ANSWER_S = 5.0, 30.0
"""A busy server on a mini-PC compacts for seconds."""

OLDEST: dict[Api, tuple[int, int]] = {"v1": (1, 6), "v2": (2, 4)}
"""1.6 is what the tests run; 2.4 is the first whose Flux has all that the tasks use."""

SHORTEN = "--shorten"
NEW_TOKENS = "--new-tokens"
"""Options without which nothing is lost: no points, no credential."""

POLICY = "autogen"
"""What both call the policy of a new database; the hub may have made it already."""

LOSES = "; there are older points, which are deleted"

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""What names may be made of, so that no query language needs an escape."""


class BadName(ValueError):
    def __init__(self, what: str, name: str) -> None:
        self.what = what
        self.name = name
        super().__init__(
            f"{what} {name!r}: letters without marks, digits, dot, hyphen and underscore only"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`admin` is the user's name on 1.x (None: nobody is asked); `secret` a token or password."""

    api: Api
    url: str
    database: str
    secret: str | None
    org: str = ""
    admin: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who is let in: `user` is a name on 1.x and a description on 2.x; `file` holds the secret."""

    user: str
    file: Path
    writes: bool


def plan(server: Server, tiers: Tiers, holders: Sequence[Holder]) -> list[Change]:
    """What would have to change.  Raises ServerTrouble, BadName, OSError."""
    check_names(server, holders)
    check_version(server)
    if server.api == "v1":
        from provisioning.influx1 import plan as plan_1  # noqa: PLC0415

        return plan_1(server, tiers, holders)
    from provisioning.influx2 import plan as plan_2  # noqa: PLC0415  (its library takes a second)

    return plan_2(server, tiers, holders)


def shorter(days: float, tier: Tier) -> bool:
    """Whether `tier` keeps less than the `days` of now; 0 is for ever."""
    return bool(tier.days and (not days or tier.days < days))


def altered(days: float, tier: Tier) -> str:
    return f"{tier.kept}, was {f'{days:g} days' if days else 'for ever'}"


def check_names(server: Server, holders: Sequence[Holder]) -> None:
    """Raises BadName."""
    wanted = [("database", server.database), *(("user", each.user) for each in holders)]
    for what, name in wanted:
        if not NAME.fullmatch(name):
            raise BadName(what, name)
    if re.search(r'["\\\r\n$]', server.org):
        raise BadName("org", server.org)


def check_version(server: Server) -> None:
    """Raises WrongServer where another product or an older one answers, ServerAway, TlsTrouble."""
    with http(server) as client:
        said = ask(client, server.url, httpx.Request("GET", f"{server.url}/ping"))
    version = said.headers.get("X-Influxdb-Version", "")
    if not (parts := re.match(r"v?(\d+)\.(\d+)", version)):
        raise WrongServer(
            server=server.url, said=f"is no InfluxDB (HTTP {said.status_code} from /ping)",
            remedy="give the address of InfluxDB itself, not of a page or a proxy before it",
        )  # fmt: skip
    found = (int(parts[1]), int(parts[2]))
    oldest = OLDEST[server.api]
    if found[0] != oldest[0]:
        raise WrongServer(
            server=server.url, said=f"is InfluxDB {version}",
            remedy=f'set influx.api = "v{found[0]}" in the hub\'s configuration',
        )  # fmt: skip
    if found < oldest:
        raise WrongServer(
            server=server.url, said=f"is InfluxDB {version}, too old",
            remedy=f"upgrade it to {oldest[0]}.{oldest[1]} or later",
        )  # fmt: skip


def http(server: Server) -> httpx.Client:
    """Raises TlsTrouble where the authority's file is none."""
    timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
    return httpx.Client(
        verify=trusted(server.url, server.ca_file), timeout=timeout, trust_env=False
    )


def trusted(url: str, ca_file: Path | None) -> ssl.SSLContext | bool:
    """Whom to trust; raises TlsTrouble."""
    if ca_file is None:
        return url.startswith("https:")  # reading all authorities of the system takes a while
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as broken:
        raise TlsTrouble(server=url, said=f"{ca_file}: {broken}") from None


def ask(client: httpx.Client, url: str, request: httpx.Request) -> httpx.Response:
    """The answer, whatever it is; raises ServerAway, TlsTrouble."""
    try:
        return client.send(request)
    except httpx.HTTPError as lost:
        raise unreachable(url, lost) from None


def unreachable(url: str, lost: BaseException) -> ServerTrouble:
    """TLS is told from a server that is away by what lies beneath the client's own error."""
    deepest = lost
    while (below := deepest.__cause__ or deepest.__context__) is not None:
        if isinstance(below, ssl.SSLError):
            return TlsTrouble(server=url, said=below.reason or str(below))
        deepest = below
    if "SSL" in str(lost):
        return TlsTrouble(server=url, said=str(lost))
    return ServerAway(server=url, said=f"{type(lost).__name__}: {deepest}")


def notes(server: Server, holders: Sequence[Holder]) -> list[str]:
    """What a person should know and no change mends."""
    if server.api == "v2" or not holders:
        return []
    from provisioning.influx1 import asks_nobody  # noqa: PLC0415

    if not asks_nobody(server):
        return []
    open_to_all = (
        f"{server.url}: lets everybody in, users or not: set auth-enabled = true in [http] of "
        "influxdb.conf and start it anew"
    )
    return [open_to_all]
