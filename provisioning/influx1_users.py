"""Users of InfluxDB 1 that may no more than they need; the password in the file is the one."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing

from contracts import files
from contracts.configuration import secret
from provisioning.changes import Change
from provisioning.influx import Holder, Server
from provisioning.influx1_client import Influxql, change


def plan(influxql: Influxql, holders: Sequence[Holder]) -> Iterator[Change]:
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
        yield change(
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
        yield change(influxql, "~", f"user {name}: {right} on {database}", grant)
    for other in sorted(set(held) - {database}):
        yield change(
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
