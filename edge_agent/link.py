"""The MQTT connection of a box: made of its [broker], cancelled for sure, explained when lost."""

import asyncio
import ssl
from collections.abc import Awaitable
from typing import TypeVar

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from contracts.configuration import Broker, secret
from edge_agent import handshake

T = TypeVar("T")

LOST = (aiomqtt.MqttError, OSError, ValueError)
"""What a connection that cannot be made, or does not last, raises."""
KEEPALIVE_S = 60
TIMEOUT_S = 10.0


class Link(aiomqtt.Client):
    """One connection of a box, as an asynchronous context.

    aiomqtt waits with `asyncio.wait_for`, which on Python 3.11 swallows a cancellation that
    meets the answer (cpython 86296).  A task that missed it would go on for ever on a
    connection that is gone, and its group would never end; here it is raised all the same.
    """

    def __init__(
        self, broker: Broker, identifier: str, *,
        keepalive: int = KEEPALIVE_S, timeout: float = TIMEOUT_S, clean_session: bool | None = None,
        most_in_flight: int | None = None, will: aiomqtt.Will | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            broker.host, broker.port, username=broker.username,
            password=secret(broker.password_file, broker.password_env), identifier=identifier,
            keepalive=keepalive, timeout=timeout, tls_context=tls_context(broker),
            clean_session=clean_session, max_inflight_messages=most_in_flight, will=will,
        )  # fmt: skip
        if most_in_flight is not None:
            self.pending_calls_threshold = most_in_flight

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109
        before = _cancellations()
        answer = await super()._wait_for(fut, timeout)
        if _cancellations() > before:
            raise asyncio.CancelledError
        return answer


def _cancellations() -> int:
    """So many were asked for; a group that failed leaves one behind, so that only more counts."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def tls_context(broker: Broker) -> ssl.SSLContext | None:
    if not broker.tls:
        return None
    context = ssl.create_default_context(cafile=broker.ca_file and str(broker.ca_file))
    if broker.cert_file and broker.key_file:
        context.load_cert_chain(broker.cert_file, broker.key_file)
    return context


async def explain(broker: Broker, lost: Exception) -> str:
    """`in_words`, after a second look at a silence that a refused certificate may stand behind."""
    if not (broker.tls and broker.cert_file and "timed out" in str(lost)):
        return in_words(lost)
    refused = await asyncio.to_thread(_refusal, broker)
    return in_words(refused or lost)


def _refusal(broker: Broker) -> Exception | None:
    """The broker's alert, or what is wrong with our own files; None if there is neither."""
    try:
        context = tls_context(broker)
    except (OSError, ValueError) as broken:
        return broken
    return handshake.refusal(broker, context) if context else None


_ALERTS = {
    "alert certificate revoked": "is revoked: ask for a new token and enrol anew",
    "alert certificate expired": "is out of date: look at the clock, or enrol anew",
    "alert unknown ca": "is of another authority: enrol with ours",
}
"""TLS alerts (RFC 8446, 6.2) as OpenSSL words them, and what they mean for a box."""


def in_words(lost: BaseException) -> str:
    """Why a connection is not there, and what to look at."""
    text = str(lost) or type(lost).__name__
    if isinstance(lost, MqttConnectError):
        return f"the broker refused us ({text}): look at username, password_file and the broker"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return f"the broker's certificate is not trusted ({text}): look at ca_file and the clock"
    for alert, meaning in _ALERTS.items():
        if alert in text.lower().replace("_", " "):
            return f"the broker refuses our certificate, which {meaning} ({text})"
    if "SSL" in text or "TLS" in text:
        return f"TLS failed ({text}): look at ca_file, cert_file, key_file"
    if "refused" in text.lower():
        return f"nothing listens at the broker's address ({text})"
    return f"connection lost ({text})"


def cause(lost: Exception) -> Exception:
    """The first error of a group; an error that no connection explains is raised."""
    while isinstance(lost, ExceptionGroup):
        lost = lost.exceptions[0]
    if not isinstance(lost, LOST):
        raise lost
    return lost
