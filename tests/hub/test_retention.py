"""What is forgotten, and what never."""

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from hub.config import Keep
from hub.database import Database
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.records import evidence, inbox, incidents, notifications
from hub.retention import CHUNK, forget
from tests.hub.conftest import NOON, alarm

KEEP = Keep()


def days_ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def picture(number: int, days: float) -> dict[str, object]:
    return {
        "id": f"{number:026}", "sighting": "s", "device": "d", "camera": "c", "label": "smoke",
        "size": "picture", "captured_at": days_ago(days), "received_at": days_ago(days),
        "width": 1, "height": 1, "jpeg": b"x",
    }  # fmt: skip


def place(seq: int, days: float, state: str) -> dict[str, object]:
    return {
        "device": "d", "lane": "alarm", "epoch": 1, "seq": seq, "ulid": f"{seq}",
        "kind": "sighting",
        "received_at": days_ago(days), "captured_at": days_ago(days), "late": False,
        "clock_suspect": False, "conflict": False, "state": state,
    }  # fmt: skip


def test_old_pictures_go_in_small_steps_and_young_ones_stay(database: Database) -> None:
    with database.work() as work:
        old = [picture(number, 400) for number in range(CHUNK + 5)]
        work.connection.execute(insert(evidence), [*old, picture(9999, 300)])
    assert forget(database, KEEP, NOON) == CHUNK + 5
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(evidence)) == 1


def test_only_processed_places_are_forgotten(database: Database) -> None:
    with database.work() as work:
        some = [place(1, 40, "done"), place(2, 20, "done"), place(3, 40, "new")]
        work.connection.execute(insert(inbox), [*some, place(4, 40, "held")])
    forget(database, KEEP, NOON)
    with database.read() as connection:
        assert connection.scalars(select(inbox.c.seq).order_by(inbox.c.seq)).all() == [2, 3, 4]


def test_settled_notifications_go_and_pending_ones_stay(database: Database) -> None:
    common = {
        "endpoint": "may", "incident": "i", "event": "incident.opened", "body": "{}",
        "urgent": True, "attempts": 0, "created_at": days_ago(400), "answer": "",
        "next_try_at": days_ago(400), "expires_at": days_ago(399),
    }  # fmt: skip
    settled = common | {"key": "a", "state": "accepted", "settled_at": days_ago(400)}
    pending = common | {"key": "b", "state": "pending", "settled_at": None}
    with database.work() as work:
        work.connection.execute(insert(notifications), [settled, pending])
    forget(database, KEEP, NOON)
    with database.read() as connection:
        assert connection.scalars(select(notifications.c.key)).all() == ["b"]


def test_incidents_are_never_forgotten(database: Database) -> None:
    with database.work() as work:
        old = days_ago(4000)
        Incidents(Announcer((), "")).raise_(work, alarm(captured_at=old, received_at=old))
    forget(database, KEEP, NOON)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(incidents)) == 1
