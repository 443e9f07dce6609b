"""InfluxDB 2.x by its client library: what is there, and what has to change.

The InfluxQL of the boards finds its points by DBRP mappings: `ioc` stands for the raw bucket,
`ioc.hourly` and `ioc.daily` for the coarser ones, so that queries read the same as on 1.x.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from influxdb_client import BucketRetentionRules, DBRPCreate, DBRPsService, PostBucketRequest

from provisioning import flux, influx2_tasks, influx2_tokens
from provisioning.changes import Change
from provisioning.errors import WrongServer
from provisioning.influx import (
    LOSES,
    POLICY,
    SHORTEN,
    Holder,
    Server,
    altered,
    ask,
    http,
    shorter,
)
from provisioning.influx2_client import Influx2, Shelf
from provisioning.tiers import Tier, Tiers

DAY_S = 86_400


def plan(server: Server, tiers: Tiers, holders: Sequence[Holder]) -> list[Change]:
    check_set_up(server)
    influx = Influx2(server)
    org_id = influx.org_id()
    shelves = shelves_of(server.database, tiers)
    changes = [*_org(influx, org_id), *_buckets(influx, org_id, shelves)]
    changes += _mappings(influx, org_id, shelves)
    changes += influx2_tasks.plan(influx, org_id, shelves)
    for holder in holders:
        changes += influx2_tokens.plan(
            influx, org_id, holder, shelves if not holder.writes else shelves[:1]
        )
    return changes


def check_set_up(server: Server) -> None:
    """Raises WrongServer where nobody has made the first user yet: no token can be right."""
    with http(server) as client:
        asked = client.build_request("GET", f"{server.url}/api/v2/setup")
        answer = ask(client, server.url, asked)
    if answer.is_success and answer.json().get("allowed"):
        raise WrongServer(
            server=server.url, said="is new: it has no user yet",
            remedy=f"run `influx setup` with the organisation {server.org!r} and the bucket "
            f"{server.database!r}, and give this command the token that it makes",
        )  # fmt: skip


def shelves_of(database: str, tiers: Tiers) -> list[Shelf]:
    """The raw one first; the others are named as InfluxDB names what it took over from 1.x."""
    coarse = [
        Shelf(tier=each, bucket=f"{database}/{each.name}", policy=each.name)
        for each in tiers.coarse
    ]
    return [Shelf(tier=tiers.raw, bucket=database, policy=POLICY), *coarse]


def _org(influx: Influx2, org_id: str | None) -> Iterator[Change]:
    if org_id is None:
        name = influx.server.org
        yield Change(
            sign="+", what=f"organisation {name}",
            apply=lambda: influx.told(
                lambda client: client.organizations_api().create_organization(name=name)
            ),
        )  # fmt: skip


def _buckets(influx: Influx2, org_id: str | None, shelves: Sequence[Shelf]) -> Iterator[Change]:
    found = influx.buckets(org_id)
    for shelf in shelves:
        bucket = found.get(shelf.bucket)
        if bucket is None:
            yield _new_bucket(influx, shelf)
            continue
        days = sum(rule.every_seconds for rule in bucket.retention_rules or []) / DAY_S
        if days != shelf.tier.days:
            yield _other_days(influx, shelf, bucket, days)


def _new_bucket(influx: Influx2, shelf: Shelf) -> Change:
    def make() -> None:
        wanted = PostBucketRequest(
            org_id=influx.org_id(), name=shelf.bucket, retention_rules=_rules(shelf.tier)
        )
        influx.told(lambda client: client.buckets_api().create_bucket(bucket=wanted))

    return Change(sign="+", what=f"bucket {shelf.bucket}: {shelf.tier.kept}", apply=make)


def _other_days(influx: Influx2, shelf: Shelf, bucket: Any, days: float) -> Change:
    def alter() -> None:
        bucket.retention_rules = _rules(shelf.tier)
        influx.told(lambda client: client.buckets_api().update_bucket(bucket))

    loses = shorter(days, shelf.tier) and _has_older(influx, shelf)
    return Change(
        sign="~",
        what=f"bucket {shelf.bucket}: {altered(days, shelf.tier)}" + (LOSES if loses else ""),
        apply=alter,
        only_with=SHORTEN if loses else "",
    )


def _has_older(influx: Influx2, shelf: Shelf) -> bool:
    """Whether there are points that the tier would not keep."""
    script = flux.older(shelf.bucket, shelf.tier)
    return bool(influx.told(lambda client: client.query_api().query(script)))


def _rules(tier: Tier) -> list[Any]:
    return [
        BucketRetentionRules(
            type="expire", every_seconds=tier.days * DAY_S,
            shard_group_duration_seconds=tier.shard_days * DAY_S,
        )
    ]  # fmt: skip


def _mappings(influx: Influx2, org_id: str | None, shelves: Sequence[Shelf]) -> Iterator[Change]:
    database = influx.server.database
    buckets = influx.buckets(org_id)
    found = {} if org_id is None else {
        each.retention_policy: each
        for each in influx.told(
            lambda client: DBRPsService(client.api_client).get_dbr_ps(org_id=org_id, db=database)
        ).content or []
        if not each.virtual  # the server's own guess, which a real mapping overrules
    }  # fmt: skip
    for number, shelf in enumerate(shelves):
        name = f"{database}.{shelf.policy}"
        there = found.get(shelf.policy)
        bucket = buckets.get(shelf.bucket)
        if there is None:
            what, sign = f"DBRP mapping {name} -> bucket {shelf.bucket}", "+"
        elif bucket is None or there.bucket_id != bucket.id or there.default != (number == 0):
            what, sign = f"DBRP mapping {name} -> bucket {shelf.bucket}, led elsewhere", "~"
        else:
            continue
        yield _mapping(influx, shelf, there, default=number == 0, what=what, sign=sign)


def _mapping(
    influx: Influx2, shelf: Shelf, there: Any, *, default: bool, what: str, sign: Any
) -> Change:
    """A mapping's bucket cannot be altered: the old one goes first."""

    def make() -> None:
        org_id = influx.org_id()
        wanted = DBRPCreate(
            org_id=org_id, bucket_id=influx.buckets(org_id)[shelf.bucket].id,
            database=influx.server.database, retention_policy=shelf.policy, default=default,
        )  # fmt: skip
        if there is not None:
            influx.told(
                lambda client: DBRPsService(client.api_client).delete_dbrpid(
                    there.id, org_id=org_id
                )
            )
        influx.told(lambda client: DBRPsService(client.api_client).post_dbrp(wanted))

    return Change(sign=sign, what=what, apply=make)
