"""The prober keeps its schedule whatever hangs."""

import logging
import threading
from queue import SimpleQueue

import pytest

from contracts.clock import utc_now
from hub.engines import prober
from hub.engines.probe_settings import Probe
from hub.engines.prober import Prober
from hub.engines.probes import Result

PATIENCE_S = 20


def probe(name: str, timeout_s: float = 1) -> Probe:
    return Probe(name=name, title_vi=name, kind="ping", host="h", every_s=1, timeout_s=timeout_s)


def good(one: Probe) -> Result:
    return Result(probe=one, at=utc_now(), up=True, latency_ms=1, reason_vi="")


def test_each_probe_is_looked_at_again_and_again() -> None:
    seen: SimpleQueue[Result] = SimpleQueue()
    one = Prober((probe("a"), probe("b")), seen.put, look=good)
    one.start()
    names = {seen.get(timeout=PATIENCE_S).probe.name for _ in range(4)}
    one.stop()
    assert names == {"a", "b"}
    assert "prober" not in {thread.name for thread in threading.enumerate()}


def test_what_hangs_is_said_to_be_down_and_holds_up_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prober, "GRACE_S", 0.0)
    release, hanging = threading.Event(), []
    seen: dict[str, SimpleQueue[Result]] = {"good": SimpleQueue(), "stuck": SimpleQueue()}

    def look(one: Probe) -> Result:
        if one.name == "stuck":
            hanging.append(threading.current_thread())
            release.wait()
        return good(one)

    def keep(result: Result) -> None:
        seen[result.probe.name].put(result)

    one = Prober((probe("stuck", 0.2), probe("good")), keep, look=look)
    one.start()
    assert [seen["stuck"].get(timeout=PATIENCE_S).up for _ in range(2)] == [False, False]
    assert [seen["good"].get(timeout=PATIENCE_S).up for _ in range(2)] == [True, True]
    assert len(hanging) == 1
    one.stop()
    release.set()
    hanging[0].join(PATIENCE_S)


def test_a_listener_that_fails_does_not_end_the_prober(caplog: pytest.LogCaptureFixture) -> None:
    told = threading.Semaphore(0)

    def fail(_: Result) -> None:
        told.release()
        raise RuntimeError("full")

    one = Prober((probe("a"),), fail, look=good)
    with caplog.at_level(logging.ERROR):
        one.start()
        assert all(told.acquire(timeout=PATIENCE_S) for _ in range(2))
        one.stop()
    assert "probe a: its result was not taken" in caplog.text
