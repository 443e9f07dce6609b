"""InfluxDB 1.x by InfluxQL over `/query`: what is there, and what has to change."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from contracts.measurement import Measurement
from provisioning import influx1_users
from provisioning.changes import Change
from provisioning.continuous import PREFIX, continuous
from provisioning.influx import LOSES, POLICY, SHORTEN, Holder, Server, altered, shorter
from provisioning.influx1_client import Influxql, change
from provisioning.tiers import Tier, Tiers

_PART = re.compile(r"(\d+)([hms])")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A retention policy as the server shows it; 0 days keep for ever."""

    name: str
    days: float
    default: bool


def plan(server: Server, tiers: Tiers, holders: Sequence[Holder]) -> list[Change]:
    with closing(Influxql(server)) as influxql:
        return [
            *_policies(influxql, tiers),
            *_queries(influxql, tiers),
            *influx1_users.plan(influxql, holders),
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
        yield change(
            influxql, "+", f"database {name}: {tiers.raw.kept}",
            f'CREATE DATABASE "{name}" WITH {_terms(tiers.raw)} NAME "{POLICY}"',
        )  # fmt: skip
    elif raw is None:
        yield change(
            influxql, "+", f"retention policy {name}.{POLICY}, the default: {tiers.raw.kept}",
            f'CREATE RETENTION POLICY "{POLICY}" ON "{name}" {_terms(tiers.raw)} DEFAULT',
        )  # fmt: skip
    else:
        yield from _kept(influxql, raw, tiers.raw)
    for tier in tiers.coarse:
        there = [each for each in found if each.name == tier.name]
        if not there:
            yield change(
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
    yield change(
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
            yield change(influxql, "+", f"continuous query {each.name}", each.statement)
        elif not each.same_as(shown):
            yield change(
                influxql, "~", f"continuous query {each.name}",
                _drop(each.name, name), each.statement, diff=f"- {shown}\n+ {each.statement}",
            )  # fmt: skip
    for gone in sorted(set(found) - {each.name for each in wanted}):
        if gone.startswith(PREFIX):
            yield change(influxql, "-", f"continuous query {gone}", _drop(gone, name))


def _terms(tier: Tier) -> str:
    keep = f"{tier.days}d" if tier.days else "INF"
    return f"DURATION {keep} REPLICATION 1 SHARD DURATION {tier.shard_days}d"


def _drop(name: str, database: str) -> str:
    return f'DROP CONTINUOUS QUERY "{name}" ON "{database}"'


def _seconds(duration: str) -> int:
    """Of Go's notation: `9600h0m0s`."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))
