"""Figures are computed from what was told, kept, and computed anew when it changes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from contracts.indicator import ObservationBody
from hub import observations
from hub.catalogue.formula import Scope
from hub.catalogue.grade import Grade
from hub.catalogue.loader import load
from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Catalogue
from hub.database import Database, Work
from hub.figures.engine import Figure, Figures
from hub.figures.facts import SqlFacts
from hub.figures.grades import Grades
from hub.figures.reach import Wanted
from hub.provenance import Entrance, Provenance
from hub.records import figures, spool, stale
from tests.hub import plans
from tests.hub.conftest import NOON
from tests.waiting import until

DAY = timedelta(days=1)
TODAY = containing(Span.DAY, NOON)
HAND = Provenance(source="t", actor="t", entrance=Entrance.HUB, recorded_at=NOON)
SCHOOLS = """
units:
  - {id: thcs-prao, kind: school, name_vi: Trường THCS Prao, parent: "20467"}
  - {id: th-song-kon, kind: school, name_vi: Trường TH Sông Kôn, parent: "20476"}
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "schools.yaml").write_text(SCHOOLS, encoding="utf-8")
    return load(folder)


class Judged:
    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def __call__(self, work: Work, figure: Figure) -> None:
        self.figures.append(figure)


def told(work: Work, school: str, present: float, enrolled: float = 100, ago: int = 0) -> None:
    start = TODAY.start - ago * DAY
    observations.store(
        work,
        [
            ObservationBody(
                measure=f"education.pupils-{what}", unit=school, value=value,
                period_start=start, period_end=start + DAY,
            )
            for what, value in (("present", present), ("enrolled", enrolled))
        ],
        HAND,
    )  # fmt: skip


def rows(database: Database) -> dict[str, Row[Any]]:
    query = select(figures).where(
        figures.c.period_start == TODAY.start, figures.c.indicator == "education.attendance"
    )
    with database.read() as connection:
        return {row.unit: row for row in connection.execute(query)}


def test_a_schools_numbers_become_figures_of_school_commune_and_district(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    with database.work() as work:
        told(work, "thcs-prao", 97)
        told(work, "th-song-kon", 80)
    assert engine.compute(NOON) > 0
    found = rows(database)
    assert {unit: row.value for unit, row in found.items()} == {
        "thcs-prao": 97, "20467": 97, "th-song-kon": 80, "20476": 80, "505": 88.5,
    }  # fmt: skip
    assert found["505"].grade == Grade.RED
    assert [term["value"] for term in found["505"].terms] == [177, 200]


def test_a_correction_changes_the_figures_above_it(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    with database.work() as work:
        told(work, "thcs-prao", 97)
    engine.compute(NOON)
    with database.work() as work:
        told(work, "thcs-prao", 50)
    engine.compute(NOON)
    assert rows(database)["505"].value == 50


def test_what_is_missing_is_said_and_draws_no_point(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    with database.work() as work:
        told(work, "thcs-prao", 0, 0)
    engine.compute(NOON)
    row = rows(database)["505"]
    assert (row.value, row.grade, row.missing) == (None, Grade.UNKNOWN, "mẫu số bằng 0")
    with database.read() as connection:
        lines = list(connection.scalars(select(spool.c.line)))
    assert not [line for line in lines if "education.attendance" in line]


def test_each_figure_is_a_point_of_the_time_series(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    with database.work() as work:
        told(work, "thcs-prao", 97)
    engine.compute(NOON)
    with database.read() as connection:
        lines = list(connection.scalars(select(spool.c.line)))
    wanted = "figure,subsystem=education,indicator=education.attendance,unit=505 "
    [line] = [line for line in lines if line.startswith(wanted)]
    assert "value=97" in line
    assert "grade=1" in line


def test_a_grade_gets_better_only_past_the_margin_of_yesterday(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    with database.work() as work:
        told(work, "thcs-prao", 92, ago=1)
        told(work, "thcs-prao", 95.2)
    engine.compute(NOON)
    assert rows(database)["thcs-prao"].grade == Grade.YELLOW


def test_nothing_is_left_marked_and_nothing_is_computed_twice(
    database: Database, catalogue: Catalogue
) -> None:
    judged = Judged()
    engine = Figures(database=database, catalogue=catalogue, judge=judged)
    with database.work() as work:
        told(work, "thcs-prao", 97)
    engine.compute(NOON)
    first = len(judged.figures)
    assert engine.compute(NOON) == 0
    assert len(judged.figures) == first > 0


def test_what_changes_while_it_is_computed_stays_marked(
    database: Database, catalogue: Catalogue
) -> None:
    """The judge runs inside of the writing transaction: a change there is a change meanwhile."""

    def meddle(work: Work, figure: Figure) -> None:
        told(work, "thcs-prao", 50)

    engine = Figures(database=database, catalogue=catalogue, judge=meddle)
    with database.work() as work:
        told(work, "thcs-prao", 97)
    engine.compute(NOON)
    with database.read() as connection:
        assert connection.execute(select(stale)).all()
    Figures(database=database, catalogue=catalogue, judge=Judged()).compute(NOON)
    assert rows(database)["505"].value == 50


def test_the_thread_works_off_what_is_marked(database: Database, catalogue: Catalogue) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    with database.work() as work:
        told(work, "thcs-prao", 97)
    engine.start()
    until(lambda: "505" in rows(database))
    engine.stop()


def test_a_plan_told_ahead_waits_until_its_year_begins(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    year = containing(Span.YEAR, NOON).next()
    ahead = ObservationBody(
        measure="socio-economic.jobs-created-plan", unit="20467", value=300,
        period_start=year.start, period_end=year.end,
    )  # fmt: skip
    with database.work() as work:
        observations.store(work, [ahead], HAND)
    assert engine.compute(NOON) == 0
    assert engine.compute(year.start) == 1
    assert engine.compute(year.start) == 0


def test_a_grade_is_judged_by_what_was_kept_when_only_today_is_computed(
    database: Database, catalogue: Catalogue
) -> None:
    """Yesterday was computed by an earlier run; a figure computed again, by how itself stood."""
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    for present, ago, grade in ((92, 1, None), (95.2, 0, Grade.YELLOW), (99, 0, Grade.GREEN),
                                (94.8, 0, Grade.YELLOW), (95.2, 0, Grade.YELLOW)):  # fmt: skip
        with database.work() as work:
            told(work, "thcs-prao", present, ago=ago)
        engine.compute(NOON)
        assert grade is None or rows(database)["thcs-prao"].grade == grade


def test_no_history_is_read_as_a_whole_to_compute_a_day(
    database: Database, catalogue: Catalogue
) -> None:
    with database.work() as work:
        told(work, "thcs-prao", 97)
        told(work, "th-song-kon", 80)
    wanted = [
        Wanted(indicator="education.attendance", unit=unit, period=TODAY)
        for unit in ("thcs-prao", "20467", "505")
    ]
    [indicator] = [one for one in catalogue.indicators if one.id == "education.attendance"]
    scope = Scope(units=catalogue.below("505", TODAY.day), period=TODAY)
    with database.read() as connection, plans.steps(connection) as found:
        Grades(connection, wanted)
        indicator.parsed.evaluate(SqlFacts(connection, NOON), scope)
    assert [step for step in found if "figures" in step]
    assert [step for step in found if "observations" in step]
    assert not [step for step in found if step.startswith("SCAN")]


def test_a_correction_of_last_year_changes_what_is_compared_with_it(
    database: Database, catalogue: Catalogue
) -> None:
    engine = Figures(database=database, catalogue=catalogue, judge=Judged())
    month = containing(Span.MONTH, NOON)

    def tell(value: float, period: Period) -> None:
        body = ObservationBody(
            measure="public-order.cases", unit="20467", value=value,
            period_start=period.start, period_end=period.end,
        )  # fmt: skip
        with database.work() as work:
            observations.store(work, [body], HAND)
        while engine.compute(NOON):
            pass

    def change() -> float | None:
        query = select(figures.c.value).where(
            figures.c.indicator == "public-order.cases-change", figures.c.unit == "20467",
            figures.c.period_start == month.start,
        )  # fmt: skip
        with database.read() as connection:
            return connection.scalar(query)

    tell(5, month)
    assert change() is None
    tell(3, month.last_year())
    assert change() == 2
    tell(9, month.last_year())
    assert change() == -4
