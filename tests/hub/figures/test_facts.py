"""Facts out of the records."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from contracts.indicator import ObservationBody
from hub import observations
from hub.catalogue import formula
from hub.catalogue.formula import Scope
from hub.catalogue.periods import Span, containing
from hub.database import Database, Work
from hub.figures.facts import SqlFacts
from hub.provenance import Entrance, Provenance
from hub.records import cases, mentions
from tests.hub.conftest import NOON

DAY = timedelta(days=1)
TODAY, MONTH = containing(Span.DAY, NOON), containing(Span.MONTH, NOON)
PRAO, SONG_KON, DISTRICT = (frozenset({"20467"}), frozenset({"20476"}),
                            frozenset({"505", "20467", "20476"}))  # fmt: skip
HAND = Provenance(source="t", actor="t", entrance=Entrance.HUB, recorded_at=NOON)


@pytest.fixture
def work(database: Database) -> Iterator[Work]:
    with database.work() as opened:
        yield opened


def told(work: Work, value: float, unit: str = "20467", *, ago: int = 0, days: int = 1) -> None:
    start = TODAY.start - ago * DAY
    body = ObservationBody(
        measure="a.x", unit=unit, value=value, period_start=start, period_end=start + days * DAY
    )
    observations.store(work, [body], HAND)


def case(work: Work, name: str, unit: str = "20467", **fields: Any) -> None:
    usual: dict[str, Any] = {
        "type": "dossier", "case": name, "subsystem": "public-services", "unit": unit,
        "state": "4", "phase": "open", "outcome": None, "received_at": NOON - 2 * DAY,
        "changed_at": NOON, "due_at": None, "finished_at": None, "first_handled_at": None,
        "reopened": 0, "attributes": {}, "irregular": "", "demo": False,
    }  # fmt: skip
    work.connection.execute(insert(cases).values(usual | fields))


def value(work: Work, text: str, units: frozenset[str] = PRAO, **at: Any) -> float | None:
    facts = SqlFacts(work.connection, at.get("now", NOON))
    scope = Scope(units=units, period=at.get("period", TODAY))
    return formula.parse(text).evaluate(facts, scope).value


def test_sums_and_means_are_of_the_units_and_the_period(work: Work) -> None:
    told(work, 10)
    told(work, 5, "20476")
    told(work, 3, ago=20)
    assert value(work, "sum(a.x)") == 10
    assert value(work, "sum(a.x)", DISTRICT) == 15
    assert value(work, "mean(a.x)", DISTRICT) == 7.5
    assert value(work, "sum(a.x)", frozenset({"20485"})) is None


def test_the_largest_and_smallest_are_of_all_units(work: Work) -> None:
    told(work, 10)
    told(work, 5, "20476")
    assert value(work, "max(a.x)", DISTRICT) == 10
    assert value(work, "min(a.x)", DISTRICT) == 5
    assert value(work, "max(a.x)", frozenset({"20485"})) is None


def test_a_period_takes_the_figures_that_lie_inside_it(work: Work) -> None:
    told(work, 10)
    told(work, 400, days=365)
    assert value(work, "sum(a.x)", period=MONTH) == 10


def test_the_last_figure_is_the_newest_that_touches_the_period(work: Work) -> None:
    told(work, 400, ago=30, days=365)
    assert value(work, "last(a.x)") == 400
    told(work, 7)
    assert value(work, "last(a.x)") == 7
    told(work, 2, "20476")
    assert value(work, "last(a.x)", DISTRICT) == 9


def test_the_worked_example_of_the_on_time_rate(work: Work) -> None:
    """(610 + 290) / (940 + 10), a tenth of it."""

    def add(count: int, kind: str, finished: datetime | None, due: datetime) -> None:
        outcome = None if finished is None else "resolved"
        for number in range(count):
            case(work, f"{kind}{number}", finished_at=finished, due_at=due, outcome=outcome)

    done = NOON - timedelta(minutes=1)
    add(61, "early", done, NOON + DAY)
    add(29, "on-time", done, done)
    add(4, "late", done, NOON - DAY)
    add(1, "overdue", None, NOON - DAY)
    rate = (
        "100 * count(dossier, resolved and on_time)"
        " / (count(dossier, resolved) + count(dossier, open and overdue))"
    )
    assert value(work, rate) == pytest.approx(94.7368, abs=1e-4)


def test_a_case_is_open_until_it_is_finished_and_overdue_past_its_due_time(work: Work) -> None:
    case(work, "a", due_at=NOON - DAY)
    case(work, "b", due_at=NOON - DAY, finished_at=NOON - timedelta(hours=1), outcome="resolved")
    case(work, "c", due_at=NOON + DAY)
    case(work, "d", due_at=NOON - DAY, phase="paused")
    assert value(work, "count(dossier, open)") == 3
    assert value(work, "count(dossier, overdue)") == 1
    yesterday = TODAY.previous()
    assert value(work, "count(dossier, open)", period=yesterday) == 4


def test_a_period_that_is_not_over_ends_now(work: Work) -> None:
    case(work, "a", due_at=NOON + timedelta(hours=2))
    assert value(work, "count(dossier, overdue)") == 0
    assert value(work, "count(dossier, overdue)", now=NOON + timedelta(hours=3)) == 1


def test_attributes_are_asked_for_by_their_kind(work: Work) -> None:
    case(work, "a", attributes={"online": True, "level": "toan-trinh", "pages": 3})
    case(work, "b", attributes={"online": False, "level": "khac", "pages": 9})
    case(work, "c")
    assert value(work, "count(dossier, attr.online)") == 1
    assert value(work, "count(dossier, not attr.online)") == 2
    assert value(work, 'count(dossier, attr.level != "khac")') == 1
    assert value(work, "count(dossier, attr.pages > 5 or attr.online)") == 2


def test_mentions_of_the_district_are_all_and_of_a_commune_those_that_name_it(
    work: Work,
) -> None:
    for number, communes in enumerate((["20467"], [], ["20476"])):
        work.connection.execute(
            insert(mentions).values(
                id=str(number), digest=bytes([number]) * 16, source="bao", url="", title="t",
                text="", published_at=NOON, recorded_at=NOON, interactions=0,
                cluster=str(number), signature=b"", tone="negative" if number else "neutral",
                tone_score=0.0, topics=["fire"], communes=communes, keywords=[], demo=False,
            )
        )  # fmt: skip
    assert value(work, 'mentions("")', DISTRICT) == 3
    assert value(work, 'mentions("fire")', PRAO) == 1
    assert value(work, 'mentions("fire", "negative")', SONG_KON) == 1
    assert value(work, 'mentions("flood")', DISTRICT) == 0
