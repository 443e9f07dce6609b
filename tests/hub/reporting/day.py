"""A small day of the district, written into the records as their own parts would."""

from datetime import datetime, timedelta

from sqlalchemy import insert

from contracts.indicator import CaseBody, ObservationBody
from hub import observations
from hub.cases.store import CaseBook
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span, containing
from hub.database import Database, Work
from hub.incident import IncidentType, Place, Severity
from hub.incidents import Incidents
from hub.prospect import Ahead, Prospect, Unusual
from hub.provenance import Entrance, Provenance
from hub.records import figures, outlooks
from hub.reporting.compose import compose
from hub.reporting.content import Report
from tests.hub.conftest import NOON, alarm, knowledge

DAY = timedelta(days=1)
YESTERDAY = containing(Span.DAY, NOON - DAY)
SEVEN = containing(Span.DAY, NOON).start + timedelta(hours=7)
HAND = Provenance(source="t", actor="t", entrance=Entrance.HTTP, recorded_at=NOON)
FORMULA = '=HYPERLINK("http://x.vn","Xã Đông Giang")'


def write(database: Database) -> None:
    with database.work() as work:
        _figure(work, "education.attendance", YESTERDAY, 88.5, "red")
        _figure(work, "education.attendance", YESTERDAY.previous(), 96.0, "green")
        _figure(work, "forest-fire.level", YESTERDAY, 4.0, "red")
        _incidents(work)
        _late_dossier(work)
        _prospect(work)
        observations.store(work, [_danger("20467"), _danger("20476", ago=1)], HAND)


def report(database: Database, period: Period = YESTERDAY, now: datetime = SEVEN) -> Report:
    with database.read() as connection:
        return compose(connection, knowledge(), period, DISTRICT, now)


def _figure(work: Work, name: str, period: Period, value: float, grade: str) -> None:
    work.connection.execute(insert(figures).values(
        indicator=name, unit=DISTRICT, period_start=period.start, period_end=period.end,
        value=value, grade=grade, missing="", terms=[], computed_at=period.end,
    ))  # fmt: skip


def _incidents(work: Work) -> None:
    kept = Incidents(lambda _work, _row, _event: None)
    at = YESTERDAY.start + timedelta(hours=14)
    kept.raise_(work, alarm(
        originator="a", severity=Severity.CRITICAL, title_vi="Cháy rừng – Xã Đông Giang",
        captured_at=at, received_at=at,
    ))  # fmt: skip
    closed = kept.raise_(work, alarm(
        originator="b", type=IncidentType.DEVICE_TROUBLE, subsystem="cameras", title_vi=FORMULA,
        captured_at=at, received_at=at, severity=Severity.WARNING, place=Place(),
    ))  # fmt: skip
    kept.clear(work, closed.incident, at + timedelta(hours=1), "đã trở lại")


def _late_dossier(work: Work) -> None:
    at = YESTERDAY.start - 20 * DAY
    book = CaseBook(knowledge().lifecycles, knowledge().clock)
    first = knowledge().lifecycles["dossier"].states[0].code
    book.store(work, [
        CaseBody(type="dossier", case="H01", state=first, unit="20467", at=at, due_at=at + DAY,
                 attributes={}),
    ], HAND)  # fmt: skip


def _prospect(work: Work) -> None:
    ahead = Ahead(start=NOON, value=88.0, low=85.0, high=91.0, miss=0.9)
    odd = Unusual(start=YESTERDAY.start, value=88.5, low=93.0, high=98.0, score=-5.0)
    body = Prospect(
        indicator="education.attendance", unit=DISTRICT, made_at=SEVEN, history=(),
        ahead=(ahead,), unusual=odd,
    ).model_dump(mode="json")  # fmt: skip
    work.connection.execute(insert(outlooks).values(
        indicator="education.attendance", unit=DISTRICT, made_at=SEVEN, body=body
    ))  # fmt: skip


def _danger(commune: str, ago: int = 0) -> ObservationBody:
    start = YESTERDAY.start - ago * DAY
    return ObservationBody(
        measure="forest-fire.danger-level", unit=commune, value=4, period_start=start,
        period_end=start + DAY,
    )  # fmt: skip
