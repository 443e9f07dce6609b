"""Renewal: at two thirds of its certificate's life a box asks for the next one over MQTT.

1. a key is made and kept (`pending`), so that a second try asks for the same,
2. the request goes up on a connection of its own, signed with the key in use,
3. the answer is checked against our authority and kept beside the old one (`next`),
4. a connection is made with it; only if the broker takes it, it replaces the old one.
Whatever fails, the old certificate stays in use and it is tried again.
"""

import asyncio
import logging
import ssl
from datetime import datetime

import aiomqtt

from contracts import codec, topics
from contracts.clock import utc_now
from contracts.configuration import Broker
from contracts.errors import ContractError
from contracts.renewal import Certificate, CertificateRequest
from contracts.topics import Kind, Topic
from edge_agent.credentials import BadCredentials, Credentials, Wallet, fit, signing_request
from edge_agent.link import Link, explain

log = logging.getLogger(__name__)

LOOK_S = 3600.0
"""Between two looks at the date, and between two tries: some seven hundred before it runs out."""
FIRST_LOOK_S = 60.0
"""After the start, when links and alarms have settled."""
ANSWER_S = 60.0
TIMEOUT_S = 30.0


class NotRenewed(Exception):
    """Why not, this time."""


def managed(broker: Broker) -> Wallet | None:
    """The wallet of a box that was enrolled; None where somebody else keeps the certificate."""
    if broker.cert_file is None or broker.cert_file != broker.key_file or broker.ca_file is None:
        return None
    return Wallet(path=broker.cert_file)


async def keep_fresh(device: str, broker: Broker, wallet: Wallet) -> None:
    """For ever; never raises but for a cancellation."""
    await asyncio.sleep(FIRST_LOOK_S)
    while True:
        try:
            await renew_if_due(device, broker, wallet, utc_now())
        except (NotRenewed, BadCredentials, OSError, ValueError, aiomqtt.MqttError) as trouble:
            log.warning("certificate not renewed: %s; next try in %.0f s", trouble, LOOK_S)
        await asyncio.sleep(LOOK_S)


async def renew_if_due(
    device: str, broker: Broker, wallet: Wallet, now: datetime, *, anyway: bool = False
) -> bool:
    """Whether a new certificate is in use now; raises NotRenewed and what connections raise."""
    if now < wallet.read().due_at() and not anyway:
        return False
    try:
        fresh = await _ask(device, broker, wallet)
    except aiomqtt.MqttError as lost:
        raise NotRenewed(await explain(broker, lost)) from None
    wallet.stage(fresh)
    staged = broker.model_copy(update={"cert_file": wallet.next, "key_file": wallet.next})
    await _prove(device, staged)
    wallet.adopt()
    log.info("certificate renewed; valid until %s", fresh.leaf.not_valid_after_utc.isoformat())
    return True


def request(device: str, wallet: Wallet, now: datetime) -> CertificateRequest:
    """For the pending key, vouched for by the one in use."""
    current = wallet.read()
    csr = signing_request(wallet.pending_key(), device)
    return CertificateRequest(
        device=device, at=now, csr=csr, serial=current.serial, signature=current.vouch(device, csr)
    )


def accept(answer: Certificate, broker: Broker, wallet: Wallet, now: datetime) -> Credentials:
    """What `answer` brings; raises NotRenewed, BadCredentials."""
    if answer.chain is None:
        raise NotRenewed(f"the issuer refuses: {answer.refused}")
    assert broker.ca_file is not None
    ca = broker.ca_file.read_bytes()
    return fit(wallet.pending_key(), answer.chain, answer.device, ca, now)


async def _ask(device: str, broker: Broker, wallet: Wallet) -> Credentials:
    asked = await asyncio.to_thread(request, device, wallet, utc_now())
    async with _link(device, broker) as client:
        await client.subscribe(str(Topic(device=device, kind=Kind.CERTIFICATE)), qos=topics.QOS)
        await client.publish(str(asked.topic), codec.encode(asked), qos=topics.QOS)
        try:
            async with asyncio.timeout(ANSWER_S):
                return accept(await _answer(client), broker, wallet, utc_now())
        except TimeoutError:
            raise NotRenewed(f"no answer in {ANSWER_S:.0f} s: does the issuer run?") from None


async def _answer(client: Link) -> Certificate:
    async for message in client.messages:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        try:
            answer = codec.decode(str(message.topic), payload).message
        except ContractError as wrong:
            raise NotRenewed(f"an answer that cannot be read: {wrong}") from None
        if isinstance(answer, Certificate):
            return answer
    raise NotRenewed("the connection ended before an answer came")


async def _prove(device: str, broker: Broker) -> None:
    """Raises NotRenewed if the broker does not take the staged certificate."""
    try:
        async with _link(device, broker) as client:
            await client.subscribe(str(Topic(device=device, kind=Kind.CERTIFICATE)), qos=topics.QOS)
    except (aiomqtt.MqttError, OSError, ssl.SSLError) as trouble:
        why = await explain(broker, trouble)
        raise NotRenewed(f"the broker does not take the new certificate: {why}") from None


def _link(device: str, broker: Broker) -> Link:
    return Link(broker, f"{device}-renewal", timeout=TIMEOUT_S)
