"""InfluxDB 1.x by InfluxQL over `/query`: what is there, and what has to change."""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx

from contracts import files
from contracts.configuration import secret
from contracts.measurement import Measurement
from provisioning.changes import Change
from provisioning.continuous import PREFIX, continuous
from provisioning.errors import RequestRefused, RightMissing, TokenRefused
from provisioning.influx import LOSES, POLICY, SHORTEN, Holder, Server, altered, ask, http, shorter
from provisioning.tiers import Tier, Tiers

_PART = re.compile(r"(\d+)([hms])")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A retention policy as the server shows it; 0 days keep for ever."""

    name: str
    days: float
    default: bool


class Influxql:
    """Statements to one server, answers as rows; raises ServerTrouble."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client = http(server)
        self._auth = httpx.BasicAuth(server.admin, server.secret or "") if server.admin else None

    def close(self) -> None:
        self._client.close()

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The rows of every series of the answer; `series` is the name of theirs."""
        result = self._result(self._post(statement, self._auth))
        return [
            {"series": series.get("name", ""), **dict(zip(series["columns"], row, strict=True))}
            for series in result.get("series", [])
            for row in series.get("values", [])
        ]

    def do(self, statement: str) -> None:
        self._result(self._post(statement, self._auth))

    def lets_in(self, user: str, password: str) -> bool:
        answer = self._post("SHOW DATABASES", httpx.BasicAuth(user, password))
        return answer.status_code != httpx.codes.UNAUTHORIZED

    def lets_in_anybody(self) -> bool:
        return self._post("SHOW DATABASES", None).is_success

    def _post(self, statement: str, auth: httpx.BasicAuth | None) -> httpx.Response:
        """In the body, for the address of a request is logged and a statement may hold a secret."""
        request = self._client.build_request(
            "POST", f"{self.server.url}/query", data={"q": statement}
        )
        if auth is not None:
            request = next(auth.sync_auth_flow(request))
        return ask(self._client, self.server.url, request)

    def _result(self, answer: httpx.Response) -> dict[str, Any]:
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        result: dict[str, Any] = next(iter(body.get("results", [])), {})
        said = str(body.get("error") or result.get("error") or "")
        url = self.server.url
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise TokenRefused(server=url, said=said)
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise RightMissing(server=url, said=said)
        if said or not answer.is_success:
            raise RequestRefused(
                server=url, said=f"HTTP {answer.status_code}: {said}", remedy="see its log"
            )
        return result


def plan(server: Server, tiers: Tiers, holders: Sequence[Holder]) -> list[Change]:
    with closing(Influxql(server)) as influxql:
        return [
            *_policies(influxql, tiers),
            *_queries(influxql, tiers),
            *_users(influxql, holders),
        ]


def asks_nobody(server: Server) -> bool:
    """Whether authentication is off."""
    with closing(Influxql(server)) as influxql:
        return influxql.lets_in_anybody()


def _policies(influxql: Influxql, tiers: Tiers) -> Iterator[Change]:
    name = influxql.server.database
    found = policies(influxql)
    raw = _raw(found)
    if not found:
        yield _change(
            influxql, "+", f"database {name}: {tiers.raw.kept}",
            f'CREATE DATABASE "{name}" WITH {_terms(tiers.raw)} NAME "{POLICY}"',
        )  # fmt: skip
    elif raw is None:
        yield _change(
            influxql, "+", f"retention policy {name}.{POLICY}, the default: {tiers.raw.kept}",
            f'CREATE RETENTION POLICY "{POLICY}" ON "{name}" {_terms(tiers.raw)} DEFAULT',
        )  # fmt: skip
    else:
        yield from _kept(influxql, raw, tiers.raw)
    for tier in tiers.coarse:
        there = [each for each in found if each.name == tier.name]
        if not there:
            yield _change(
                influxql, "+", f"retention policy {name}.{tier.name}: {tier.kept}",
                f'CREATE RETENTION POLICY "{tier.name}" ON "{name}" {_terms(tier)}',
            )  # fmt: skip
        for each in there:
            yield from _kept(influxql, each, tier)


def policies(influxql: Influxql) -> list[Policy]:
    """Of the database; none if there is no such database."""
    name = influxql.server.database
    if name not in [row["name"] for row in influxql.rows("SHOW DATABASES")]:
        return []
    return [
        Policy(name=row["name"], days=_seconds(row["duration"]) / 86400, default=row["default"])
        for row in influxql.rows(f'SHOW RETENTION POLICIES ON "{name}"')
    ]


def _raw(found: Sequence[Policy]) -> Policy | None:
    """The default one, whatever its name: there the hub writes and the boards read."""
    return next((each for each in found if each.default), None)


def _kept(influxql: Influxql, found: Policy, tier: Tier) -> Iterator[Change]:
    if found.days == tier.days:
        return
    name = influxql.server.database
    loses = shorter(found.days, tier) and _has_older(influxql, found, tier)
    yield _change(
        influxql, "~", f"retention policy {name}.{found.name}: {altered(found.days, tier)}"
        + (LOSES if loses else ""),
        f'ALTER RETENTION POLICY "{found.name}" ON "{name}" {_terms(tier)}',
        only_with=SHORTEN if loses else "",
    )  # fmt: skip


def _has_older(influxql: Influxql, found: Policy, tier: Tier) -> bool:
    """Whether there are points that the tier would not keep."""
    where = f'"{influxql.server.database}"."{found.name}"./.*/'
    query = f"SELECT * FROM {where} WHERE time < now() - {tier.days}d LIMIT 1"  # noqa: S608
    return bool(influxql.rows(query))


def _queries(influxql: Influxql, tiers: Tiers) -> Iterator[Change]:
    name = influxql.server.database
    raw = _raw(policies(influxql))
    found = {
        row["name"]: row["query"]
        for row in influxql.rows("SHOW CONTINUOUS QUERIES")
        if row["series"] == name
    }
    wanted = [
        continuous(name, raw.name if raw else POLICY, tier, measurement)
        for tier in tiers.coarse
        for measurement in Measurement
    ]
    for each in wanted:
        shown = found.get(each.name)
        if shown is None:
            yield _change(influxql, "+", f"continuous query {each.name}", each.statement)
        elif not each.same_as(shown):
            yield _change(
                influxql, "~", f"continuous query {each.name}",
                _drop(each.name, name), each.statement, diff=f"- {shown}\n+ {each.statement}",
            )  # fmt: skip
    for gone in sorted(set(found) - {each.name for each in wanted}):
        if gone.startswith(PREFIX):
            yield _change(influxql, "-", f"continuous query {gone}", _drop(gone, name))


def _users(influxql: Influxql, holders: Sequence[Holder]) -> Iterator[Change]:
    if not holders:
        return
    users = {row["user"]: row["admin"] for row in influxql.rows("SHOW USERS")}
    for holder in holders:
        yield from _user(influxql, holder, users)


def _user(influxql: Influxql, holder: Holder, users: dict[str, bool]) -> Iterator[Change]:
    name, database = holder.user, influxql.server.database
    right = "ALL" if holder.writes else "READ"
    grant = f'GRANT {right} ON "{database}" TO "{name}"'
    if name not in users:
        new = f'CREATE USER "{name}" WITH PASSWORD'
        yield Change(
            sign="+", what=f"user {name}: {right} on {database}; password in {holder.file}",
            apply=lambda: _let_in(influxql.server, holder, new, grant),
        )  # fmt: skip
        return
    kept = secret(holder.file, None) if holder.file.exists() else None
    if kept is None or not influxql.lets_in(name, kept):
        yield Change(
            sign="~", what=f"user {name}: the password is that in {holder.file}",
            apply=lambda: _let_in(influxql.server, holder, f'SET PASSWORD FOR "{name}" ='),
        )  # fmt: skip
    if users[name]:
        yield _change(
            influxql, "~", f"user {name}: no longer an administrator",
            f'REVOKE ALL PRIVILEGES FROM "{name}"',
        )  # fmt: skip
    yield from _grants(influxql, name, right, grant)


def _grants(influxql: Influxql, name: str, right: str, grant: str) -> Iterator[Change]:
    database = influxql.server.database
    held = {
        row["database"]: row["privilege"].removesuffix(" PRIVILEGES")
        for row in influxql.rows(f'SHOW GRANTS FOR "{name}"')
        if row["privilege"] != "NO PRIVILEGES"
    }
    if held.get(database) != right:
        yield _change(influxql, "~", f"user {name}: {right} on {database}", grant)
    for other in sorted(set(held) - {database}):
        yield _change(
            influxql, "~", f"user {name}: no right on {other}",
            f'REVOKE ALL ON "{other}" FROM "{name}"',
        )  # fmt: skip


def _let_in(server: Server, holder: Holder, how: str, *then: str) -> None:
    """The file first: a password that only the server knows is nobody's."""
    if not holder.file.exists():
        holder.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.create(holder.file, secrets.token_urlsafe(32).encode() + b"\n")
    password = secret(holder.file, None) or ""
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    with closing(Influxql(server)) as influxql:
        for statement in (f"{how} '{quoted}'", *then):
            influxql.do(statement)


def _change(influxql: Influxql, sign: Any, what: str, *statements: str, **more: str) -> Change:
    def apply() -> None:
        with closing(Influxql(influxql.server)) as fresh:
            for statement in statements:
                fresh.do(statement)

    return Change(sign=sign, what=what, apply=apply, **more)


def _terms(tier: Tier) -> str:
    keep = f"{tier.days}d" if tier.days else "INF"
    return f"DURATION {keep} REPLICATION 1 SHARD DURATION {tier.shard_days}d"


def _drop(name: str, database: str) -> str:
    return f'DROP CONTINUOUS QUERY "{name}" ON "{database}"'


def _seconds(duration: str) -> int:
    """Of Go's notation: `9600h0m0s`."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))
