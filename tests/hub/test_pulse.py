"""When the hub gives a sign of life, and when it lets its supervisor kill it."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import uvicorn
from sqlalchemy.exc import OperationalError

from contracts.clock import utc_now
from hub.health import Health
from hub.pulse import Console, Pulse

NOW = utc_now()
WELL = Health(
    at=NOW, started_at=NOW, broker_connected=True, last_message_at=None, last_processed_at=None,
    waiting_alarm=0, waiting_bulk=0, inbox_undone=0, series_backlog=0, series_error="",
    notifications_pending=0, quarantined=0, counters={}, dead=(), troubles=(),
)  # fmt: skip


async def nowhere(*_: object) -> None: ...


def pulse(turned_ago_s: float | None = 0.0, **state: object) -> Pulse:
    console = Console(uvicorn.Config(nowhere))
    if turned_ago_s is not None:
        console.turned_at = time.monotonic() - turned_ago_s
    health: Callable[[], Health] = lambda: replace(WELL, **state)  # type: ignore[arg-type]  # noqa: E731
    return Pulse(health, console, patience_s=30)


def test_a_hub_that_works_or_still_starts_lives() -> None:
    assert pulse().stuck() == ""
    assert pulse(turned_ago_s=None).stuck() == ""


def test_what_a_restart_does_not_mend_is_no_reason_to_be_killed() -> None:
    assert pulse(broker_connected=False, troubles=("Mất kết nối",)).stuck() == ""


def away() -> Health:
    raise OperationalError("SELECT 1", {}, ConnectionError("refused"))


def test_records_that_are_away_are_no_reason_either() -> None:
    assert Pulse(away, Console(uvicorn.Config(nowhere)), patience_s=30).stuck() == ""


def test_a_dead_thread_is_named() -> None:
    assert pulse(dead=("processor",)).stuck() == "these threads are dead: processor"


def test_a_console_whose_loop_hangs_is_stuck() -> None:
    assert "has not turned for 30 s" in pulse(turned_ago_s=31).stuck()


def test_nothing_runs_where_nobody_waits() -> None:
    made = Pulse(lambda: WELL, Console(uvicorn.Config(nowhere)), patience_s=None)
    made.start()
    assert made.threads == ()
    made.stop()


@pytest.mark.parametrize("dead", [(), ("inbox",)])
def test_it_tells_the_supervisor_or_keeps_silent(
    dead: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("contracts.supervisor.tell", told.append)
    pulse(dead=dead)._beat()
    assert told == ([] if dead else ["WATCHDOG=1"])
