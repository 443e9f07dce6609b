"""InfluxDB 2.x by its client library: what is there, and what has to change.

The InfluxQL of the boards finds its points by DBRP mappings: `ioc` stands for the raw bucket,
`ioc.hourly` and `ioc.daily` for the coarser ones, so that queries read the same as on 1.x.
"""

import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from influxdb_client import (
    Authorization,
    BucketRetentionRules,
    DBRPCreate,
    DBRPsService,
    InfluxDBClient,
    Permission,
    PermissionResource,
    PostBucketRequest,
    TaskCreateRequest,
    TaskUpdateRequest,
)
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from contracts import files
from contracts.configuration import secret
from contracts.measurement import Measurement
from provisioning import flux
from provisioning.changes import Change
from provisioning.errors import (
    RequestRefused,
    RightMissing,
    ServerAway,
    ServerTrouble,
    TokenRefused,
    WrongServer,
)
from provisioning.influx import (
    ANSWER_S,
    CONNECT_S,
    LOSES,
    NEW_TOKENS,
    POLICY,
    SHORTEN,
    Holder,
    Server,
    altered,
    ask,
    http,
    shorter,
    trusted,
    unreachable,
)
from provisioning.tiers import Tier, Tiers

DAY_S = 86_400
MOST = 500
"""Tasks in one answer, the server's own limit."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A tier's bucket; `policy` is what InfluxQL calls it."""

    tier: Tier
    bucket: str
    policy: str


class Influx2:
    """One organisation of a server; what goes wrong is raised as ServerTrouble."""

    def __init__(self, server: Server) -> None:
        self.server = server
        context = trusted(server.url, server.ca_file)
        self._client = InfluxDBClient(
            server.url, server.secret, org=server.org,
            timeout=(int(CONNECT_S * 1000), int(ANSWER_S * 1000)),
            ssl_context=context if isinstance(context, ssl.SSLContext) else None,
        )  # fmt: skip

    def close(self) -> None:
        self._client.close()

    def told(self, ask_for: Callable[[Any], T]) -> T:
        """What `ask_for` gets of the client."""
        try:
            return ask_for(self._client)
        except ApiException as refused:
            raise _trouble(self.server.url, refused) from None
        except HTTPError as lost:
            raise unreachable(self.server.url, lost) from None

    def org_id(self) -> str | None:
        """None if there is no such organisation."""
        name = self.server.org
        try:
            found = self._client.organizations_api().find_organizations(org=name)
        except ApiException as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise _trouble(self.server.url, refused) from None
        except HTTPError as lost:
            raise unreachable(self.server.url, lost) from None
        return next((each.id for each in found if each.name == name), None)

    def buckets(self, org_id: str | None) -> dict[str, Any]:
        """By name."""
        if org_id is None:
            return {}
        return self.told(
            lambda client: {
                each.name: each for each in client.buckets_api().find_buckets_iter(org_id=org_id)
            }
        )

    def seen_with(self, token: str) -> set[str] | None:
        """Names of the buckets that `token` may read; None if it is refused."""
        with http(self.server) as client:
            request = client.build_request(
                "GET", f"{self.server.url}/api/v2/buckets",
                params={"org": self.server.org, "limit": 100},
                headers={"Authorization": f"Token {token}"},
            )  # fmt: skip
            answer = ask(client, self.server.url, request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return None
        return {each["name"] for each in answer.json().get("buckets", [])}


def plan(server: Server, tiers: Tiers, holders: Sequence[Holder]) -> list[Change]:
    check_set_up(server)
    influx = Influx2(server)
    org_id = influx.org_id()
    shelves = shelves_of(server.database, tiers)
    changes = [*_org(influx, org_id), *_buckets(influx, org_id, shelves)]
    changes += _mappings(influx, org_id, shelves)
    changes += _tasks(influx, org_id, shelves)
    for holder in holders:
        changes += _token(influx, org_id, holder, shelves if not holder.writes else shelves[:1])
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


def _tasks(influx: Influx2, org_id: str | None, shelves: Sequence[Shelf]) -> Iterator[Change]:
    raw, *coarse = shelves
    found = {} if org_id is None else {
        each.name: each
        for each in influx.told(
            lambda client: client.tasks_api().find_tasks(org_id=org_id, limit=MOST)
        )
    }  # fmt: skip
    org = influx.server.org
    wanted = {
        flux.task_name(shelf.tier, each): flux.script(
            raw.bucket, shelf.bucket, org, shelf.tier, each
        )
        for shelf in coarse
        for each in Measurement
    }
    for name, script in wanted.items():
        there = found.get(name)
        if there is None:
            yield _new_task(influx, name, script)
        elif not flux.same(there.flux, script) or there.status != "active":
            yield _other_task(influx, there, script)
    ours = tuple(f"ioc {shelf.tier.name} " for shelf in coarse)
    for gone in sorted(set(found) - set(wanted)):
        if gone.startswith(ours):
            yield _no_task(influx, gone, found[gone].id)


def _new_task(influx: Influx2, name: str, script: str) -> Change:
    def make() -> None:
        wanted = TaskCreateRequest(
            org_id=influx.org_id(), flux=script, status="active",
            description="Dong Giang IOC: down-sampling (ioc provision influx)",
        )  # fmt: skip
        influx.told(lambda client: client.tasks_api().create_task(task_create_request=wanted))

    return Change(sign="+", what=f"task {name}", apply=make)


def _other_task(influx: Influx2, there: Any, script: str) -> Change:
    wanted = TaskUpdateRequest(flux=script, status="active")
    return Change(
        sign="~", what=f"task {there.name}",
        apply=lambda: influx.told(
            lambda client: client.tasks_api().update_task_request(there.id, wanted)
        ),
        diff=f"- {there.status}: {there.flux}\n+ active: {script}",
    )  # fmt: skip


def _no_task(influx: Influx2, name: str, task_id: str) -> Change:
    return Change(
        sign="-", what=f"task {name}",
        apply=lambda: influx.told(lambda client: client.tasks_api().delete_task(task_id)),
    )  # fmt: skip


def _token(
    influx: Influx2, org_id: str | None, holder: Holder, shelves: Sequence[Shelf]
) -> Iterator[Change]:
    names = {shelf.bucket for shelf in shelves}
    buckets = influx.buckets(org_id)
    right = "write and read" if holder.writes else "read"
    what = f"token {holder.user}: {right} {', '.join(sorted(names))}; in {holder.file}"
    anew = "; the one before is void, so its user must start anew"
    old = [] if org_id is None else [
        each
        for each in influx.told(
            lambda client: client.authorizations_api().find_authorizations(org_id=org_id)
        )
        if each.description == holder.user
    ]  # fmt: skip
    kept = secret(holder.file, None) if holder.file.exists() else None
    seen = influx.seen_with(kept) if kept else None
    exact = names <= buckets.keys() and any(
        _held(each) == _wanted(holder, [buckets[name].id for name in names]) for each in old
    )
    if exact and len(old) == 1 and seen == names:
        return
    mine = seen is None or (bool(old) and seen <= names)
    yield Change(
        sign="~" if old or kept else "+",
        what=what + (anew if old else "")
        if mine
        else f"{what}, which holds another token that is good",
        apply=lambda: _issue(influx, holder, names, old),
        only_with="" if mine else NEW_TOKENS,
    )


def _held(authorization: Any) -> set[tuple[str, str, str]]:
    if authorization.status != "active":
        return set()
    return {
        (each.action, each.resource.type, each.resource.id or "")
        for each in authorization.permissions
    }


def _wanted(holder: Holder, bucket_ids: Sequence[str]) -> set[tuple[str, str, str]]:
    actions = ("read", "write") if holder.writes else ("read",)
    return {(action, "buckets", each) for action in actions for each in bucket_ids}


def _issue(influx: Influx2, holder: Holder, names: set[str], old: Sequence[Any]) -> None:
    """The new one is in its file before the old ones are void."""
    org_id = influx.org_id()
    buckets = influx.buckets(org_id)
    permissions = [
        Permission(action=action, resource=PermissionResource(type=kind, id=bucket, org_id=org_id))
        for action, kind, bucket in sorted(_wanted(holder, [buckets[name].id for name in names]))
    ]
    wanted = Authorization(org_id=org_id, permissions=permissions)
    wanted.description = holder.user
    made = influx.told(
        lambda client: client.authorizations_api().create_authorization(authorization=wanted)
    )
    holder.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.replace(holder.file, made.token.encode() + b"\n", files.PRIVATE)
    for each in old:
        _revoke(influx, each)


def _revoke(influx: Influx2, authorization: Any) -> None:
    influx.told(lambda client: client.authorizations_api().delete_authorization(authorization))


def _trouble(url: str, refused: ApiException) -> ServerTrouble:
    """By the answer's number; 0 is the library's for TLS."""
    said = str(getattr(refused, "message", None) or refused.reason or "")[:300]
    match refused.status:
        case 401:
            return TokenRefused(server=url, said=said)
        case 403:
            return RightMissing(server=url, said=said)
        case 0 | None:
            return unreachable(url, refused)
        case 429 | 500 | 502 | 503 | 504:
            return ServerAway(server=url, said=f"HTTP {refused.status}: {said}")
        case _:
            return RequestRefused(
                server=url, said=f"HTTP {refused.status}: {said}", remedy="see its log"
            )
