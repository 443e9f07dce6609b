"""`ioc update status`."""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from contracts.clock import utc_now
from contracts.update import What
from hub.config import HubConfig
from hub.database import Database
from hub.rollouts import alarms
from hub.rollouts.engine import STATES_VI, State, members
from hub.rollouts.plan import Stage
from hub.rollouts.records import offers, rollouts
from hub.rollouts.wording import KINDS_VI, phase_vi
from hub.wording import clock, number
from ioc.commands.rollouts import with_records
from ioc.exits import Exit


def run(options: Namespace) -> int:
    return with_records(options.config, lambda config, database: _show(config, database, options))


def _show(config: HubConfig, database: Database, options: Namespace) -> int:
    query = select(rollouts).order_by(rollouts.c.id.desc()).limit(options.limit)
    with database.read() as connection:
        rows = connection.execute(query).all()
        for row in rows:
            print("\n".join(lines(connection, config, row)))
    if not rows:
        print("chưa có đợt cập nhật nào; `ioc update roll-out` bắt đầu một đợt")
    return Exit.OK


def lines(connection: Connection, config: HubConfig, row: Row[Any]) -> Iterator[str]:
    """One roll-out: itself, its false alarms, its boxes."""
    offer = connection.execute(select(offers).where(offers.c.digest == row.digest)).one()
    what = f"{KINDS_VI[What(row.what)]} {offer.name} {offer.version}"
    stage = Stage.of(row.rings[row.ring])
    yield (
        f"{row.id}. {what}: {STATES_VI[State(row.state)]}, vòng {stage.ring} "
        f"({row.ring + 1}/{len(row.rings)}) từ {clock(row.ring_since)}; {row.started_by}"
    )
    if row.reason:
        yield f"   {row.reason}"
    there = members(connection, row)
    found = alarms.compare(connection, there, config.updates, row.ended_at or utc_now())
    yield (
        f"   báo nhầm mỗi camera mỗi ngày: {number(found.since.over(), 2)} "
        f"({found.since.alarms} lần), trước đó {number(found.before.over(), 2)}"
    )
    for box in there:
        said = phase_vi(box.phase)
        ring = Stage.of(row.rings[box.ring]).ring
        yield f"   {box.device:24} {ring:8} {said}{f': {box.reason}' if box.reason else ''}"
