"""What the prober saw becomes spans of time and, where it lasts, an incident."""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from hub.config import load
from hub.database import Database
from hub.engines.probe_settings import Probe
from hub.engines.prober import Prober
from hub.engines.probes import Result
from hub.incidents import Incidents
from hub.records import incidents, probe_spans
from hub.server import Hub
from hub.services import Services
from tests.hub.conftest import NOON
from tests.hub.daemons import free_port
from tests.waiting import until

MINUTE = timedelta(minutes=1)
MAIL = Probe(name="mail-1", title_vi="máy chủ thư", service="mail", kind="tcp", host="h", port=25)


def saw(
    at: datetime, up: bool | None, reason: str = "", ends_in: timedelta | None = None
) -> Result:
    return Result(
        probe=MAIL, at=at, up=up, latency_ms=20.0 if up else None, reason_vi=reason,
        expires_at=None if ends_in is None else at + ends_in,
    )  # fmt: skip


@dataclass(frozen=True)
class Room:
    database: Database
    services: Services

    def spans(self) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(probe_spans).order_by(probe_spans.c.began_at)))

    def troubles(self) -> list[tuple[str, bool]]:
        """Titles, oldest first, and whether each is still open."""
        with self.database.read() as connection:
            rows = connection.execute(select(incidents).order_by(incidents.c.id))
            return [(row.title_vi, row.closed_at is None) for row in rows]


@pytest.fixture
def room(database: Database) -> Room:
    return Room(
        database,
        Services(database=database, incidents=Incidents(lambda *_: None), probes=(MAIL,)),
    )


def test_looks_that_saw_the_same_are_one_span_until_the_hour_is_over(room: Room) -> None:
    for minutes in (0, 1, 2, 60):
        room.services.seen(saw(NOON + minutes * MINUTE, up=True))
    first, second = room.spans()
    assert (first.looks, first.latency_ms, first.unit) == (3, 60.0, "mail")
    assert first.until < second.began_at, "nobody looked for most of the hour"
    assert second.looks == 1


def test_a_span_ends_when_the_next_look_sees_otherwise_or_cannot_look(room: Room) -> None:
    for minutes, up in enumerate((True, False, None, True)):
        room.services.seen(saw(NOON + minutes * MINUTE, up=up, reason="" if up else "đứt"))
    ends = [(span.up, (span.until - NOON) / MINUTE) for span in room.spans()]
    assert ends[:2] == [(True, 1), (False, 2)]
    assert [span.up for span in room.spans()] == [True, False, True]


def test_a_clock_that_is_set_back_is_passed_over(room: Room) -> None:
    room.services.seen(saw(NOON, up=True))
    room.services.seen(saw(NOON - MINUTE, up=False))
    assert [span.up for span in room.spans()] == [True]


def test_what_is_away_for_longer_opens_one_incident_and_what_returns_closes_it(
    room: Room,
) -> None:
    for minutes in range(6):
        room.services.seen(saw(NOON + minutes * MINUTE, up=False, reason="Quá thời gian chờ"))
        assert len(room.troubles()) == (1 if minutes >= 3 else 0)
    with room.database.read() as connection:
        [trouble] = connection.execute(select(incidents)).all()
    assert trouble.title_vi == "Mất dịch vụ – máy chủ thư"
    assert trouble.text_vi == "Quá thời gian chờ, từ 12:00:00 ngày 01/04/2026."
    room.services.seen(saw(NOON + 6 * MINUTE, up=True))
    assert room.troubles() == [("Mất dịch vụ – máy chủ thư", False)]


def test_a_certificate_that_ends_soon_is_a_trouble_of_its_own(room: Room) -> None:
    room.services.seen(
        saw(NOON, up=True, reason="Chứng thư còn 5 ngày", ends_in=timedelta(days=5.5))
    )
    assert room.troubles() == [("Chứng thư sắp hết hạn – máy chủ thư", True)]
    assert room.spans()[0].certificate_days == pytest.approx(5.5)
    room.services.seen(saw(NOON + MINUTE, up=True, ends_in=timedelta(days=90)))
    assert room.troubles() == [("Chứng thư sắp hết hạn – máy chủ thư", False)]


def test_a_look_that_cannot_be_done_is_said_and_is_no_outage(room: Room) -> None:
    room.services.seen(saw(NOON, up=None, reason="không có quyền ICMP"))
    assert room.troubles() == [("Không dò được – máy chủ thư", True)]
    assert room.spans() == []
    room.services.seen(saw(NOON + MINUTE, up=True))
    assert room.troubles() == [("Không dò được – máy chủ thư", False)]


def test_what_is_probed_no_more_is_in_trouble_no_more(room: Room) -> None:
    room.services.seen(saw(NOON, up=None, reason="không có quyền ICMP"))
    room.services.forget_others(NOON)
    assert room.troubles()[0][1]
    others = Services(database=room.database, incidents=Incidents(lambda *_: None), probes=())
    others.forget_others(NOON + MINUTE)
    assert not room.troubles()[0][1]


def test_a_real_service_is_probed_falls_and_returns(room: Room) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        one = MAIL.model_copy(update={"host": "127.0.0.1", "port": port, "every_s": 0.2,
                                      "timeout_s": 0.2, "away_after_s": 0})  # fmt: skip
        prober = Prober((one,), room.services.seen)
        prober.start()
        until(lambda: room.spans() and room.spans()[-1].looks > 1)
    try:
        until(lambda: room.troubles() == [("Mất dịch vụ – máy chủ thư", True)])
        with socket.create_server(("127.0.0.1", port)):
            until(lambda: room.troubles() == [("Mất dịch vụ – máy chủ thư", False)])
    finally:
        prober.stop()


def test_a_hub_probes_what_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        path.write_text(
            f'[broker]\nurl = "mqtt://127.0.0.1:{free_port()}"\n'
            '[[probe]]\nname = "lan-1"\ntitle_vi = "bộ chuyển mạch"\nservice = "lan"\n'
            f'kind = "tcp"\nhost = "127.0.0.1"\nport = {listener.getsockname()[1]}\n',
            encoding="utf-8",
        )
        hub = Hub(load(path))
        lan = hub.knowledge.catalogue.unit("lan", NOON.date())
        assert lan is not None
        assert (lan.kind, lan.name_vi) == ("service", "Mạng nội bộ (LAN)")
        hub.start()
        try:
            until(lambda: Room(hub.database, hub.services).spans())
        finally:
            hub.stop()
