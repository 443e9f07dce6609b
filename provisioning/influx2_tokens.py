"""Tokens of InfluxDB 2 that may no more than their holder needs, each in a private file.

A server need not show a token again.  Whether the one in a file is ours is told by what it sees:
exactly the buckets that are meant for it, where an administrator's sees more.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from influxdb_client import Authorization, Permission, PermissionResource

from contracts import files
from contracts.configuration import secret
from provisioning.changes import Change
from provisioning.influx import NEW_TOKENS, Holder
from provisioning.influx2_client import Influx2, Shelf


def plan(
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
