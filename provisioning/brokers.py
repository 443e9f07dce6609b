"""The folders that brokers read: made with certificate and settings, kept up to date with lists."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert

from contracts import files
from provisioning import certificates, keys, mosquitto, registry
from provisioning.authority import Authority
from provisioning.certificates import Leaf
from provisioning.mosquitto import ACL, CA, CERT, CONF, CRL, KEY, Broker
from provisioning.records import Occasion
from provisioning.records import brokers as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A broker whose files were written; `trouble` if it was not made to read them."""

    broker: Broker
    trouble: str = ""


def provision(
    connection: Connection,
    authority: Authority,
    occasion: Occasion,
    broker: Broker,
    *,
    data: str,
    log: str,
) -> Told:
    """Writes everything into `broker.folder`.  Run again it keeps a key and certificate that are
    good for these hosts and not past two thirds of their life."""
    broker.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    _keep_certificate(connection, authority, occasion, broker)
    files.replace(broker.folder / CA, authority.ca_pem.encode())
    text = mosquitto.settings(broker, data=data, log=log)
    files.replace(broker.folder / CONF, text.encode())
    _remember(connection, broker)
    [told] = (
        each
        for each in publish(connection, authority, occasion)
        if each.broker.folder == broker.folder
    )
    return told


def publish(connection: Connection, authority: Authority, occasion: Occasion) -> list[Told]:
    """A new revocation list and access list for every broker that we wrote, and SIGHUP to each."""
    text = authority.list_revoked(connection, occasion)
    access = mosquitto.access_list(
        each.card.name
        for each in registry.known(connection)
        if each.state is registry.State.REVOKED
    )
    return [
        Told(broker=broker, trouble=_write_lists(broker, text, access))
        for broker in known(connection)
    ]


def known(connection: Connection) -> Sequence[Broker]:
    """By folder."""
    rows = connection.execute(select(table).order_by(table.c.folder))
    return [_broker(row) for row in rows]


def renewable(certificate_from: datetime, certificate_to: datetime, now: datetime) -> bool:
    """Past two thirds of its life."""
    return now - certificate_from >= (certificate_to - certificate_from) * 2 / 3


def _write_lists(broker: Broker, crl: str, access: str) -> str:
    """Each as a whole or not at all, for the broker may read at any moment; what went wrong."""
    try:
        files.replace(broker.folder / CRL, crl.encode())
        files.replace(broker.folder / ACL, access.encode())
    except OSError as trouble:
        return f"{broker.folder} cannot be written: {trouble.strerror}"
    return reload(broker.pid_file)


def reload(pid_file: Path | None) -> str:
    """SIGHUP to the process that `pid_file` names; what went wrong, or nothing."""
    if pid_file is None:
        return "no --pid-file is known for it"
    try:
        os.kill(int(pid_file.read_text(encoding="ascii").strip()), signal.SIGHUP)
    except (OSError, ValueError) as trouble:
        return f"{pid_file}: {trouble}"
    return ""


def _keep_certificate(
    connection: Connection, authority: Authority, occasion: Occasion, broker: Broker
) -> None:
    newest = next(
        (
            each
            for each in reversed(registry.held(connection, broker.hosts[0]))
            if each.purpose == "server"
        ),
        None,
    )
    same = [each for each in known(connection) if each.folder == broker.folder]
    if (
        newest is not None
        and [each.hosts for each in same] == [broker.hosts]
        and (broker.folder / KEY).exists()
        and newest.valid_at(occasion.at)
        and not renewable(newest.issued_at, newest.expires_at, occasion.at)
    ):
        return
    key = keys.new_key()
    wanted = Leaf(
        name=broker.hosts[0], public_key=key.public_key(), life=certificates.SERVICE_LIFE,
        server=True, hosts=broker.hosts,
    )  # fmt: skip
    made = authority.issue(connection, occasion, wanted, "certificate-broker")
    files.replace(broker.folder / KEY, keys.pem(key), files.PRIVATE)
    files.replace(broker.folder / CERT, authority.chain(made).encode())


def _remember(connection: Connection, broker: Broker) -> None:
    row = {
        "folder": str(broker.folder), "hosts": list(broker.hosts), "port": broker.port,
        "pid_file": str(broker.pid_file or ""),
    }  # fmt: skip
    statement = insert(table).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["folder"], set_=row))


def _broker(row: Row[Any]) -> Broker:
    return Broker(
        folder=Path(row.folder), hosts=tuple(row.hosts), port=row.port,
        pid_file=Path(row.pid_file) if row.pid_file else None,
    )  # fmt: skip
