"""Figures: the newest word counts, each word before it is kept."""

from datetime import timedelta

from sqlalchemy import select

from contracts.indicator import ObservationBody
from hub import audit, observations
from hub.database import Database
from hub.provenance import Admitted, Entrance, Provenance
from hub.records import stale
from tests.hub import plans
from tests.hub.conftest import NOON

DAY = timedelta(days=1)
BY_FILE = Provenance(source="csdl", actor="an", entrance=Entrance.FILE, recorded_at=NOON)


def figure(value: float = 94.0, unit: str = "20467") -> ObservationBody:
    return ObservationBody(
        measure="education.pupils-present", unit=unit, value=value,
        period_start=NOON, period_end=NOON + DAY,
    )  # fmt: skip


KEY = ("education.pupils-present", "20467", NOON, NOON + DAY)


def test_a_figure_told_again_is_there_once(database: Database) -> None:
    with database.work() as work:
        first = observations.store(work, [figure()], BY_FILE)
        again = observations.store(work, [figure()], BY_FILE)
        rows = observations.history(work.connection, KEY)
    assert (first, again) == (Admitted(stored=1), Admitted(repeated=1))
    assert [row.value for row in rows] == [94.0]


def test_a_correction_keeps_what_was_said_before_and_who_changed_it(database: Database) -> None:
    with database.work() as work:
        observations.store(work, [figure(94)], BY_FILE)
        changed = observations.store(work, [figure(90)], BY_FILE)
        rows = observations.history(work.connection, KEY)
        [entry] = audit.of(work.connection, f"education.pupils-present 20467 {NOON.isoformat()}")
    assert changed == Admitted(corrected=1)
    assert [(row.value, row.superseded_at) for row in rows] == [(90, None), (94, NOON)]
    assert entry.actor == "an"
    assert entry.detail == {"before": 94.0, "after": 90.0, "source": "csdl"}


def test_of_two_in_one_batch_the_later_counts(database: Database) -> None:
    with database.work() as work:
        told = observations.store(work, [figure(1), figure(2)], BY_FILE)
        rows = observations.history(work.connection, KEY)
    assert told == Admitted(stored=1, repeated=1)
    assert [row.value for row in rows] == [2]


def test_what_changed_is_marked_to_be_computed_anew(database: Database) -> None:
    with database.work() as work:
        observations.store(work, [figure(unit=str(unit)) for unit in range(1, 500)], BY_FILE)
    with database.read() as connection:
        marked = connection.execute(select(stale)).all()
    assert len(marked) == 499
    assert {row.source for row in marked} == {"education.pupils-present"}


def test_a_batch_finds_each_of_its_figures_and_no_neighbour(database: Database) -> None:
    """Looked up are units and days apart: what is told for another unit's day is not theirs."""

    def told(value: float, *pairs: tuple[int, int]) -> list[ObservationBody]:
        return [
            figure(value, unit=str(unit)).model_copy(
                update={"period_start": NOON + day * DAY, "period_end": NOON + (day + 1) * DAY}
            )
            for unit, day in pairs
        ]

    with database.work() as work:
        every = told(1, *((unit, day) for unit in range(40) for day in range(40)))
        assert observations.store(work, every, BY_FILE) == Admitted(stored=1_600)
        diagonal = told(2, *((at, at) for at in range(45)))
        changed = observations.store(work, diagonal, BY_FILE)
    assert changed == Admitted(corrected=40, stored=5)


def test_the_history_is_not_read_to_take_in_more(database: Database) -> None:
    bodies = [figure(unit=str(unit)) for unit in range(1, 500)]
    with database.work() as work, plans.steps(work.connection) as found:
        observations.store(work, bodies, BY_FILE)
    assert found
    assert not [step for step in found if step.startswith("SCAN")]
