"""A thread that outlives its failures."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from hub.clerk import Clerk
from tests.waiting import until


def test_it_works_again_and_again_and_its_failures_are_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    troubles: list[Exception] = [OperationalError("q", {}, Exception("locked")), ValueError("x")]
    names: list[str] = []

    def work() -> None:
        names.append(threading.current_thread().name)
        if troubles:
            raise troubles.pop(0)

    clerk = Clerk("figures", work, every_s=0.01)
    clerk.start()
    until(lambda: len(names) >= 3)
    clerk.stop()
    assert set(names) == {"figures"}
    assert "figures cannot use the database, tries again: locked" in caplog.text
    assert "figures failed, tries again" in caplog.text


def test_it_stops_while_it_waits_and_begins_before_it_works() -> None:
    done: list[str] = []
    clerk = Clerk(
        "reports", lambda: done.append("work"), every_s=60, begins=lambda: done.append("begin")
    )
    clerk.start()
    until(lambda: len(done) == 2)
    clerk.stop()
    assert done == ["begin", "work"]


def test_the_first_wait_is_kept() -> None:
    done: list[str] = []
    clerk = Clerk("reckoner", lambda: done.append("work"), every_s=60, first_s=60)
    clerk.start()
    clerk.stop()
    assert done == []
