"""Reports of the issuer become incidents that an officer reads, and end when they are over."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from contracts import codec
from contracts.clock import utc_now
from contracts.errors import DecodeError
from contracts.topics import TRUST_TOPIC
from contracts.trust import Concern, Finding, TrustReport
from hub.database import Database
from hub.devices import write_status
from hub.incident import Verdict
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.records import incidents
from hub.trust import OVER, Trust, originator
from hub.web import board
from tests.hub.conftest import NOON
from tests.hub.messages import status

HOUR = timedelta(hours=1)


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.incidents = Incidents(Announcer((), ""))
        self.trust = Trust(self.incidents)

    def hear(self, *findings: Finding, at: datetime = NOON) -> None:
        with self.database.work() as work:
            self.trust.take(work, TrustReport(at=at, findings=findings))

    def all(self) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(incidents).order_by(incidents.c.id)))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def finding(concern: Concern, subject: str = "thap-prao", **changes: Any) -> Finding:
    said: dict[str, Any] = {"first_at": NOON, "last_at": NOON, "times": 1}
    return Finding(concern=concern, subject=subject, **said | changes)


def test_a_copied_certificate_is_urgent_and_says_where_both_are(desk: Desk) -> None:
    with desk.database.work() as work:
        write_status(work, status(NOON), NOON)
    desk.hear(finding(Concern.CLONE_SUSPECTED, addresses=("10.0.0.5", "113.1.2.3"), detail="two"))
    [told] = desk.all()
    assert told.title_vi == "Nghi chứng thư bị sao chép – tháp Prao"
    assert "Từ địa chỉ: 10.0.0.5, 113.1.2.3. Chi tiết: two." in told.text_vi
    assert (told.type, told.severity, told.captured_at) == ("trust", "major", NOON)


@pytest.mark.parametrize("concern", Concern)
def test_each_concern_has_its_words(desk: Desk, concern: Concern) -> None:
    desk.hear(finding(concern, detail="lost"))
    [told] = desk.all()
    assert "{" not in told.title_vi + told.text_vi
    assert "mất hộp" in told.text_vi


def test_the_same_report_again_changes_nothing(desk: Desk) -> None:
    for hours in range(3):
        desk.hear(finding(Concern.REVOKED, times=hours + 1), at=NOON + hours * HOUR)
    [told] = desk.all()
    assert (told.closed_at, told.refreshes) == (None, 0)


def test_what_is_not_reported_any_more_is_closed(desk: Desk) -> None:
    desk.hear(finding(Concern.REVOKED), finding(Concern.RENEWAL_REFUSED, "thap-b"))
    desk.hear(finding(Concern.REVOKED))
    first, second = desk.all()
    assert {first.closed_at is None, second.closed_at is None} == {True, False}
    with desk.database.read() as connection:
        closed = first if first.closed_at else second
        assert OVER in [row.detail for row in board.history(connection, closed.id)]


def test_what_a_person_closed_stays_closed_until_it_happens_again(desk: Desk) -> None:
    desk.hear(finding(Concern.CERTIFICATE_REFUSED, "broker"))
    with desk.database.work() as work:
        desk.incidents.acknowledge(
            work, desk.all()[0].id, Verdict.FALSE_ALARM, who="An", at=utc_now(), reason="thử"
        )
    desk.hear(finding(Concern.CERTIFICATE_REFUSED, "broker"))
    assert len(desk.all()) == 1
    desk.hear(finding(Concern.CERTIFICATE_REFUSED, "broker", last_at=utc_now()))
    assert len(desk.all()) == 2


def test_the_page_of_a_device_shows_what_is_open_about_it_and_of_no_other(desk: Desk) -> None:
    desk.hear(finding(Concern.REVOKED), finding(Concern.REVOKED, "thap-prao-2"))
    with desk.database.read() as connection:
        shown = [row.originator for row in board.open_of(connection, "thap-prao")]
    assert shown == [originator(Concern.REVOKED, "thap-prao")]


def test_only_the_issuer_reports_on_others() -> None:
    report = TrustReport(at=NOON, findings=(finding(Concern.REVOKED, "thap-b"),))
    assert codec.decode(TRUST_TOPIC, codec.encode(report)).message == report
    lie = codec.encode(report).replace(b'"device":"issuer"', b'"device":"thap-a"')
    with pytest.raises(DecodeError, match="device"):
        codec.decode("v1/up/thap-a/trust", lie)
    with pytest.raises(DecodeError, match="not the topic's device"):
        codec.decode("v1/up/thap-a/trust", codec.encode(report))
