"""A connection that can be cancelled at every moment, and whose end is said in words."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import pytest

from contracts.configuration import Broker
from edge_agent.link import Link, cause, in_words
from tests.hub.daemons import Mosquitto

T = TypeVar("T")


async def deaf(answer: Awaitable[T], timeout: float | None = None) -> T:  # noqa: ASYNC109
    """`asyncio.wait_for` of Python 3.11 where a cancellation meets the answer: it is swallowed."""
    got = await answer
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return got
    raise AssertionError("the cancellation did not come")


async def test_a_cancellation_that_meets_the_answer_is_not_lost(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box that missed it stayed on a connection that was gone, and never ended."""

    async def publishing() -> None:
        async with Link(Broker(url=broker.url), "thap-prao-update") as link:
            monkeypatch.setattr(asyncio, "wait_for", deaf)
            try:
                await link.publish("v1/anything", b"", qos=1)
            finally:
                monkeypatch.undo()
            raise AssertionError("went on")

    task = asyncio.create_task(publishing())
    await asyncio.wait([task], timeout=30)
    assert task.cancelled()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("[SSL: CERTIFICATE_VERIFY_FAILED] self signed"), "certificate is not trusted"),
        (OSError("[SSL: WRONG_VERSION_NUMBER]"), "TLS failed"),
        (ConnectionRefusedError("Connection refused"), "nothing listens"),
        (TimeoutError(), "connection lost (TimeoutError)"),
    ],
)
def test_each_trouble_has_its_words(error: Exception, words: str) -> None:
    assert words in in_words(error)


def test_the_first_error_of_a_group_is_the_cause_and_a_mistake_of_ours_is_raised() -> None:
    lost = ConnectionResetError("reset")
    assert cause(ExceptionGroup("both", [ExceptionGroup("batch", [lost])])) is lost
    with pytest.raises(KeyError):
        cause(ExceptionGroup("both", [KeyError("ours")]))
