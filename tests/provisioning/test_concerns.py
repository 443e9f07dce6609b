"""What the hub is told of the audit: one finding for each concern about a name, for a day."""

from datetime import timedelta

import pytest

from contracts.trust import MOST_FINDINGS, Concern
from provisioning import audit, concerns, registry, revocation
from provisioning.concerns import ANEW, DAY, Reporter
from provisioning.records import Occasion, Store
from tests.provisioning.conftest import NOON

SECOND = timedelta(seconds=1)


def note(
    store: Store,
    concern: str,
    subject: str,
    later: timedelta,
    actor: str = "broker",
    **detail: object,
) -> None:
    with store.work() as connection:
        audit.note(connection, Occasion(at=NOON + later, actor=actor), concern, subject, detail)


def test_what_happened_again_is_one_finding_with_where_from(store: Store) -> None:
    for seconds, address in ((0, "10.0.0.5"), (9, "113.1.2.3"), (12, "10.0.0.5")):
        note(store, "clone-suspected", "thap-a", seconds * SECOND, detail=f"{seconds}",
             addresses=[address])  # fmt: skip
    note(store, "device-added", "thap-b", timedelta(0))
    with store.read() as connection:
        [found] = concerns.findings(connection, NOON + 20 * SECOND)
    assert (found.concern, found.subject) == (Concern.CLONE_SUSPECTED, "thap-a")
    assert (found.first_at, found.last_at, found.times) == (NOON, NOON + 12 * SECOND, 3)
    assert (found.addresses, found.detail) == (("10.0.0.5", "113.1.2.3"), "12")


def test_a_refused_enrolment_names_the_address_that_asked(store: Store) -> None:
    note(store, "enrolment-refused", "thap-a", SECOND, actor="enrolment:10.9.9.9", why="token: no")
    with store.read() as connection:
        [found] = concerns.findings(connection, NOON + 2 * SECOND)
    assert (found.addresses, found.detail) == (("10.9.9.9",), "token: no")


def test_who_was_called_back_is_told_with_the_reason(store: Store) -> None:
    then = Occasion(at=NOON, actor="test")
    with store.work() as connection:
        registry.add(connection, then, registry.Card(name="thap-a"))
        revocation.revoke(connection, then, "thap-a", "lost")
        [found] = concerns.findings(connection, NOON + SECOND)
    assert (found.concern, found.detail) == (Concern.REVOKED, "lost")


def test_after_a_day_without_it_nothing_is_told(store: Store) -> None:
    note(store, "renewal-refused", "thap-a", timedelta(0), why="x")
    with store.read() as connection:
        assert concerns.findings(connection, NOON + DAY - SECOND)
        assert not concerns.findings(connection, NOON + DAY)


def test_the_newest_are_told_when_there_are_too_many(store: Store) -> None:
    for number in range(MOST_FINDINGS + 3):
        note(store, "renewal-refused", f"thap-{number}", number * SECOND, why="x")
    with store.read() as connection:
        found = concerns.findings(connection, NOON + timedelta(hours=1))
    assert len(found) == MOST_FINDINGS
    assert found[0].subject == f"thap-{MOST_FINDINGS + 2}"


@pytest.mark.parametrize("again", [timedelta(0), SECOND])
def test_the_same_is_told_once_until_something_is_new(store: Store, again: timedelta) -> None:
    reporter = Reporter(store)
    assert reporter.news(NOON) is not None
    assert reporter.news(NOON + again) is None
    note(store, "revoked", "thap-a", timedelta(0), reason="lost")
    told = reporter.news(NOON + again)
    assert told is not None
    assert [each.subject for each in told.findings] == ["thap-a"]
    assert reporter.news(NOON + again) is None
    assert reporter.news(NOON + again + ANEW) is not None
    reporter.forget()
    assert reporter.news(NOON + again + ANEW) is not None
