"""Enrolment over HTTPS: the root for whoever asks, a certificate for whoever has a token.

It stands alone (`ioc enrol serve`), away from the hub: docs/adr/0001-enrolment-apart-from-hub.md.
TLS is the server's: a token never goes over anything else.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from contracts import enrolment
from contracts.address import sender
from contracts.clock import utc_now
from contracts.enrolment import EnrolmentAnswer, EnrolmentRefusal, EnrolmentRequest
from contracts.trust import Concern
from provisioning import audit
from provisioning.authority import Authority
from provisioning.enrolment import redeem
from provisioning.errors import ProvisioningError, Refusal, Refused
from provisioning.records import ENROLMENT, Occasion, Store

log = logging.getLogger(__name__)

TRIES, WITHIN_S = 10, 60.0
"""Of one address: a person who mistypes needs three."""
TRIES_OF_ALL = 60
"""Of everybody together: each refusal is a line of the audit, which is kept for ever."""
ALL = ""
READ_S = 20.0
"""A request of some 1,000 bytes over the worst link."""
ADDRESSES = 10_000
"""Remembered; the one that was silent longest is forgotten."""
STATUS = {Refusal.MALFORMED: 400, Refusal.WRONG_NAME: 400, Refusal.WRONG_KEY: 400}
DENIED, TOO_SLOW, TOO_LARGE, TOO_MANY = 403, 408, 413, 429


class Limit:
    """A bucket of tries for each address, filled again evenly."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """An address over its own limit does not eat up everybody's."""
        return self._takes(sender(address), TRIES) and self._takes(ALL, TRIES_OF_ALL)

    def _takes(self, key: str, most: int) -> bool:
        now = self._clock()
        left, since = self._buckets.pop(key, (float(most), now))
        left = min(float(most), left + (now - since) * most / WITHIN_S)
        self._buckets[key] = (max(left - 1, 0.0), now)
        while len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        return left >= 1


def router(store: Store, authority: Authority, limit: Limit | None = None) -> APIRouter:
    """`GET /enrol/ca.crt` and `POST /enrol`."""
    made, tries = APIRouter(), limit or Limit()

    @made.get(enrolment.CA_PATH)
    def root() -> Response:
        return Response(authority.root_pem, media_type="application/x-pem-file")

    @made.post(enrolment.PATH)
    async def enrol(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not tries.allows(address):
            return _refusal(TOO_MANY, "too-many", f"at most {TRIES} tries a minute: wait")
        try:
            async with asyncio.timeout(READ_S):
                body = await _body(request)
        except TimeoutError:
            return _refusal(TOO_SLOW, "too-slow", f"send it within {READ_S:.0f} s")
        if body is None:
            return _refusal(TOO_LARGE, "oversized", f"at most {enrolment.MOST_BYTES} bytes")
        return await run_in_threadpool(_answer, store, authority, address, body)

    return made


def enrolment_app(store: Store, authority: Authority, limit: Limit | None = None) -> FastAPI:
    """The router alone; no page describes it to passers-by."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router(store, authority, limit))
    return app


async def _body(request: Request) -> bytes | None:
    """None as soon as it is more than a request may have."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > enrolment.MOST_BYTES:
            return None
    return body


def _answer(store: Store, authority: Authority, address: str, body: bytes) -> Response:
    try:
        asked = EnrolmentRequest.model_validate_json(body)
    except ValidationError as wrong:
        fields = sorted({".".join(map(str, each["loc"])) for each in wrong.errors()})
        return _refusal(400, Refusal.MALFORMED, f"wrong or missing: {', '.join(fields) or 'body'}")
    occasion = Occasion(at=utc_now(), actor=f"{ENROLMENT}{address}")
    try:
        with store.work() as connection:
            made = redeem(connection, authority, occasion, asked)
    except Refused as refused:
        _note(store, occasion, asked.device, refused)
        return _refusal(STATUS.get(refused.reason, DENIED), refused.reason, refused.detail)
    log.info("enrolled %s from %s: serial %x", asked.device, address, made.serial_number)
    answer = EnrolmentAnswer(
        device=asked.device, chain=authority.chain(made), root=authority.root_pem
    )
    return JSONResponse(answer.model_dump())


def _note(store: Store, occasion: Occasion, device: str, refused: ProvisioningError) -> None:
    log.warning("enrolment of %s (%s) refused: %s", device, occasion.actor, refused)
    with store.work() as connection:
        audit.note(connection, occasion, Concern.ENROLMENT_REFUSED, device, {"why": str(refused)})


def _refusal(status: int, reason: str, detail: str) -> Response:
    said = EnrolmentRefusal(reason=str(reason), detail=detail)
    return JSONResponse(said.model_dump(), status_code=status)
