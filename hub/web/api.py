"""`/api/v1`: where other systems hand in figures, cases and texts, and read indicators.

A request is taken whole or not at all: one wrong item refuses all, each named with its place,
field, value and remedy.  It is durable before it is answered.  With the header `Idempotency-Key`
a repetition gets the first answer again; without it repetitions are recognised item by item.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from contracts.clock import Moment, utc_now
from contracts.indicator import AnyBody, CaseBody, MentionBody, ObservationBody
from contracts.topics import Kind
from hub.context import Context
from hub.database import Work
from hub.provenance import Admitted, Entrance, NotAdmitted, Provenance, Refusal
from hub.records import answers, figures
from hub.tokens import Token
from hub.web.bearer import Bearer
from hub.web.problem import (
    ANSWERS,
    BodyLimit,
    Problem,
    Refused,
    on_http,
    on_invalid,
    on_refused,
)

MOST_ITEMS = 1_000
"""Items of one request: one transaction of some 100 ms, so an alarm waits no longer."""

MOST_BYTES = 8_000_000
"""A thousand texts of a page each."""

MOST_FIGURES = 5_000

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._:-]{8,128}$",
        description="yours; the same for each attempt of the same request, remembered for a week",
    ),
]
ABOUT = """Tokens are made by `ioc token add` and carry the rights. Times are RFC 3339 with an
offset; periods are half open and begin at local midnight (Asia/Ho_Chi_Minh). Measures,
indicators and units are those of the catalogue (`ioc catalogue list`)."""


class Taken(BaseModel):
    """Durable.  `repeated` were there already, `corrected` changed what was there."""

    stored: int
    corrected: int
    repeated: int


class Observations(BaseModel):
    items: Annotated[list[ObservationBody], Field(min_length=1, max_length=MOST_ITEMS)]


class Cases(BaseModel):
    items: Annotated[list[CaseBody], Field(min_length=1, max_length=MOST_ITEMS)]


class Mentions(BaseModel):
    items: Annotated[list[MentionBody], Field(min_length=1, max_length=MOST_ITEMS)]


class Figure(BaseModel):
    """An indicator of a unit; `value` is null where `missing` says why."""

    indicator: str
    unit: str
    period_start: datetime
    period_end: datetime
    value: float | None
    grade: str
    missing: str
    computed_at: datetime


def create_api(context: Context) -> FastAPI:
    """The application that the console mounts; its description is at `/openapi.json`."""
    api = Api(context)
    app = FastAPI(
        title="Đông Giang IOC", version="1", description=ABOUT, docs_url=None, redoc_url=None,
        dependencies=[Depends(HTTPBearer(auto_error=False))], responses=ANSWERS,
    )  # fmt: skip
    app.post("/observations")(api.observations)
    app.post("/cases")(api.cases)
    app.post("/mentions")(api.mentions)
    app.get("/figures")(api.figures)
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_middleware(BodyLimit, limit=MOST_BYTES)
    app.add_middleware(Bearer, database=context.database)
    describe = app.openapi
    problem = Problem.model_json_schema()

    def with_problem() -> dict[str, object]:
        described = describe()
        described["components"]["schemas"]["Problem"] = problem
        return described

    app.openapi = with_problem  # type: ignore[method-assign]
    return app


class Api:
    """The routes; synchronous, so each runs in the server's thread pool."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._admission = context.admission

    def observations(self, request: Request, given: Observations, key: Key = None) -> Taken:
        """Figures of units for periods; a different value for a known figure corrects it."""
        return self._take(request, Kind.OBSERVATION, given.items, key)

    def cases(self, request: Request, given: Cases, key: Key = None) -> Taken:
        """States that cases entered, in any order."""
        return self._take(request, Kind.CASE, given.items, key)

    def mentions(self, request: Request, given: Mentions, key: Key = None) -> Taken:
        """Online texts."""
        return self._take(request, Kind.MENTION, given.items, key)

    def figures(
        self,
        indicator: Annotated[str, Query(max_length=64)],
        unit: Annotated[str | None, Query(max_length=64)] = None,
        since: Moment | None = None,
    ) -> list[Figure]:
        """An indicator's newest figures, oldest first."""
        query = select(figures).where(figures.c.indicator == indicator)
        if unit is not None:
            query = query.where(figures.c.unit == unit)
        if since is not None:
            query = query.where(figures.c.period_start >= since)
        with self._database.read() as connection:
            rows = connection.execute(
                query.order_by(figures.c.period_start.desc()).limit(MOST_FIGURES)
            ).all()
        return [Figure.model_validate(row._asdict()) for row in reversed(rows)]

    def _take(
        self, request: Request, kind: Kind, items: Sequence[AnyBody], key: str | None
    ) -> Taken:
        token: Token = request.state.token
        self._check_rights(kind, items, token)
        provenance = Provenance(
            source=token.name, actor=token.name, entrance=Entrance.HTTP,
            recorded_at=utc_now(), demo=token.rights.demo,
        )  # fmt: skip
        try:
            with self._database.work() as work:
                return Taken(**asdict(self._once(work, items, provenance, key)))
        except NotAdmitted as wrong:
            raise Refused(422, "nothing was kept", wrong.refusals) from None
        except OperationalError as broken:
            raise Refused(503, str(broken.orig), headers={"Retry-After": "10"}) from None

    def _check_rights(self, kind: Kind, items: Sequence[AnyBody], token: Token) -> None:
        refusals = [
            Refusal(index=index, field=about.field, value=about.value,
                    why_vi=f"mã truy cập {token.name!r} không được gửi mục này")
            for index, body in enumerate(items)
            if not token.rights.allow(
                kind, (about := self._admission.about(body)).subsystem, about.unit
            )
        ]  # fmt: skip
        if refusals:
            raise Refused(403, "ask who made the token for a wider one", refusals)

    def _once(
        self, work: Work, items: Sequence[AnyBody], provenance: Provenance, key: str | None
    ) -> Admitted:
        """The first answer, if this key was answered before.  Raises NotAdmitted, Refused."""
        digest = _digest(items)
        if key is not None:
            known = work.connection.execute(
                select(answers).where(answers.c.token == provenance.source, answers.c.key == key)
            ).one_or_none()
            if known is not None and known.digest != digest:
                raise Refused(409, f"{key!r} was first used for other items; use a new key")
            if known is not None:
                return Admitted(**known.body)
        admitted = self._admission.admit(work, items, provenance)
        if key is not None:
            work.connection.execute(
                insert(answers).values(
                    token=provenance.source, key=key, digest=digest,
                    at=provenance.recorded_at, body=asdict(admitted),
                )
            )  # fmt: skip
        return admitted


def _digest(items: Sequence[AnyBody]) -> bytes:
    digest = hashlib.sha256()
    for body in items:
        digest.update(body.model_dump_json().encode())
    return digest.digest()
