"""Figures and texts raise and clear incidents through the one engine."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from contracts.indicator import MentionBody
from hub.catalogue.formula import Outcome
from hub.catalogue.grade import Grade
from hub.catalogue.periods import Span, containing
from hub.catalogue.records import Indicator
from hub.database import Database
from hub.figures.engine import Figure
from hub.incidents import Incidents
from hub.mentions.read import candidate, read
from hub.provenance import Entrance, Provenance
from hub.records import incidents
from hub.troubles import Troubles
from tests.hub.conftest import NOON, knowledge

TODAY = containing(Span.DAY, NOON)


def indicator(**changes: Any) -> Indicator:
    fields: dict[str, Any] = {
        "id": "education.attendance", "name_vi": "Tỷ lệ chuyên cần", "name_en": "Attendance",
        "period": "day", "formula": "100 * sum(a.x)", "target": 95, "owner": "Phòng",
        "bands": {"green": 95, "yellow": 90}, "alarm": True,
        "basis": [{"text": "đề xuất", "confidence": "proposal"}],
        "advice": {"red": "Đến nhà vận động."},
    }  # fmt: skip
    return Indicator.model_validate(fields | changes)


def figure(grade: Grade, value: float | None = 80.0, **changes: Any) -> Figure:
    fields: dict[str, Any] = {
        "indicator": indicator(), "unit": "20467", "period": TODAY, "before": Grade.UNKNOWN,
        "outcome": Outcome(value=value, missing="", terms=()), "grade": grade,
        "computed_at": NOON,
    }  # fmt: skip
    return Figure(**(fields | changes))


def judged(database: Database, *figures: Figure) -> list[Row[Any]]:
    troubles = Troubles(Incidents(lambda *_: None), knowledge().catalogue)
    with database.work() as work:
        for each in figures:
            troubles.judge(work, each)
        return list(work.connection.execute(select(incidents)))


def test_a_red_figure_is_one_incident_with_what_to_do(database: Database) -> None:
    [found] = judged(database, figure(Grade.RED), figure(Grade.RED, 79))
    assert found.title_vi == "Tỷ lệ chuyên cần không đạt – Xã Đông Giang"
    assert found.text_vi == "80,0 %, chỉ tiêu 95,0. Đến nhà vận động."
    assert (found.subsystem, found.commune_code, found.closed_at) == ("education", "20467", None)


@pytest.mark.parametrize("better", [Grade.YELLOW, Grade.GREEN])
def test_it_is_over_when_the_figure_is_no_longer_red(database: Database, better: Grade) -> None:
    [found] = judged(database, figure(Grade.RED), figure(better, 96))
    assert found.closed_at == NOON


def test_a_missing_figure_changes_nothing(database: Database) -> None:
    [found] = judged(database, figure(Grade.RED), figure(Grade.UNKNOWN, None))
    assert found.closed_at is None


def test_what_is_past_or_not_to_be_alarmed_raises_nothing(database: Database) -> None:
    past = figure(Grade.RED, period=TODAY.previous().previous())
    assert judged(database, past, figure(Grade.RED, indicator=indicator(alarm=False))) == []


def test_a_text_of_a_fire_is_a_candidate_that_somebody_has_to_look_at(
    database: Database,
) -> None:
    body = MentionBody(
        source="bao", title="Cháy rừng ở xã Đông Giang",
        text="Lửa bùng lên trong rừng keo xã Đông Giang chiều nay.",
        published_at=NOON - timedelta(hours=1),
    )  # fmt: skip
    found = candidate(read(body.title, body.text, body.published_at))
    assert found is not None
    by = Provenance(source="bao", actor="bao", entrance=Entrance.PULL, recorded_at=NOON)
    troubles = Troubles(Incidents(lambda *_: None), knowledge().catalogue)
    with database.work() as work:
        troubles.candidate(work, body, found, by)
        troubles.candidate(work, body, found, by)
        [row] = work.connection.execute(select(incidents)).all()
    assert (row.type, row.severity, row.commune) == ("reported-fire", "warning", "Xã Đông Giang")
    assert "bao" in row.text_vi


def test_a_text_of_days_ago_is_history_and_opens_nothing(database: Database) -> None:
    body = MentionBody(
        source="bao", title="Cháy rừng ở xã Đông Giang", text="Lửa bùng lên ở xã Đông Giang.",
        published_at=NOON - timedelta(days=20),
    )  # fmt: skip
    found = candidate(read(body.title, body.text, body.published_at))
    assert found is not None
    by = Provenance(source="bao", actor="bao", entrance=Entrance.PULL, recorded_at=NOON)
    with database.work() as work:
        Troubles(Incidents(lambda *_: None), knowledge().catalogue).candidate(work, body, found, by)
        assert work.connection.execute(select(incidents)).all() == []
