"""Problem details of the API (RFC 9457): what is wrong, with which items, and what to do."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.provenance import Refusal

MOST_ERRORS = 100
"""Refusals named in one answer; `refused` counts them all."""
MOST_SHOWN = 200
"""Characters of a wrong value that are said back."""


class Problem(BaseModel):
    title: str
    status: int
    detail: str
    refused: int = 0
    errors: list[dict[str, Any]] = []


class Refused(Exception):
    """Becomes the answer, with `headers`."""

    def __init__(
        self,
        status: int,
        detail: str,
        refusals: Sequence[Refusal] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        self.headers = headers
        self.problem = Problem(
            title=TITLES[status],
            status=status,
            detail=detail,
            refused=len(refusals),
            errors=[asdict(refusal) for refusal in refusals[:MOST_ERRORS]],
        )
        super().__init__(detail)


TITLES = {
    400: "The request is not JSON",
    401: "No valid token",
    403: "The token may not do this",
    404: "There is no such thing",
    405: "Not this method",
    409: "The idempotency key was used for something else",
    413: "Too large",
    422: "An item is wrong; nothing was kept",
    503: "Cannot be stored now; send it again later",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": title,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for status, title in TITLES.items()
}


class BodyLimit:
    """Refuses more than `limit` bytes before they are held in memory, whatever was announced."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413, f"more than {self._limit} bytes; send fewer items")
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


async def on_refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return answer(error.problem, error.headers)


async def on_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = TITLES.get(error.status_code, str(error.detail))
    problem = Problem(title=title, status=error.status_code, detail=str(error.detail))
    headers = dict(error.headers) if error.headers else None
    return answer(problem, headers)


async def on_invalid(_request: Request, error: Exception) -> JSONResponse:
    """Each wrong field by its place; what is no JSON at all is 400."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return answer(Problem(title=TITLES[400], status=400, detail="the body is not JSON"))
    refusals = [_refusal(one) for one in found]
    return await on_refused(_request, Refused(422, "nothing was kept", refusals))


def _refusal(one: dict[str, Any]) -> Refusal:
    places = [part for part in one["loc"] if part not in ("body", "items")]
    index = next((part for part in places if isinstance(part, int)), 0)
    field = ".".join(str(part) for part in places if part != index) or "items"
    return Refusal(
        index=index, field=field, value=str(one.get("input"))[:MOST_SHOWN], why_vi=one["msg"]
    )
