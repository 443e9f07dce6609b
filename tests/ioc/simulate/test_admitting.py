"""A simulated month in a hub's records: taken whole, marked, and enough for the wall."""

from sqlalchemy import func, select

from hub.catalogue.loader import DISTRICT
from hub.records import cases, figures, mentions, observations
from ioc.simulate.batches import batches
from tests.ioc.simulate.conftest import UNTIL, Filled, Month

WITHOUT_FIGURE = {"environment.rain-day"}
"""Of a month that is over: `hub.reckoning.rain` sums the last 36 hours only."""


def test_everything_is_admitted_and_nothing_told_twice_is_kept_twice(
    month: Month, filled: Filled
) -> None:
    taken = filled.admitted
    assert taken.stored + taken.corrected + taken.repeated == len(month.told)
    assert taken.corrected > 0
    first = next(iter(batches(month.told)))
    assert filled.desk.send(first).stored == 0


def test_the_demo_mark_is_everywhere(filled: Filled) -> None:
    for table in (observations, cases, mentions):
        assert filled.count(table) > 100
        assert filled.count(table, table.c.demo.is_(False)) == 0


def test_every_wall_indicator_has_a_figure_of_the_district(filled: Filled) -> None:
    catalogue = filled.desk.knowledge.catalogue
    wanted = {each.id for each in catalogue.at(UNTIL.date()).values() if each.wall}
    query = select(figures.c.indicator).where(
        figures.c.unit == DISTRICT, figures.c.value.is_not(None)
    )
    with filled.desk.database.read() as connection:
        known = set(connection.scalars(query.distinct()))
        total = connection.scalar(select(func.count()).select_from(figures))
    assert total is not None
    assert total > 1_000
    assert wanted - known == WITHOUT_FIGURE
