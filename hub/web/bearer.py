"""Who has no token is turned away before a byte of the body is read, let alone understood."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.clock import utc_now
from hub import tokens
from hub.database import Database
from hub.tokens import Token
from hub.web.problem import TITLES, Problem, answer

OPEN = "/openapi.json"
"""The description is no secret."""
SCHEME = "bearer "
WHY = "send the header `Authorization: Bearer ioc_…`; tokens expire and are revoked"


class Bearer:
    """Puts the token into `request.state.token`, or answers 401."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].endswith(OPEN):
            said = Headers(scope=scope).get("authorization", "")
            token = await run_in_threadpool(self._known, said)
            if token is None:
                stranger = answer(
                    Problem(title=TITLES[401], status=401, detail=WHY),
                    {"WWW-Authenticate": "Bearer", "Connection": "close"},
                )
                await stranger(scope, receive, send)
                return
            scope.setdefault("state", {})["token"] = token
        await self._app(scope, receive, send)

    def _known(self, said: str) -> Token | None:
        if said[: len(SCHEME)].lower() != SCHEME:
            return None
        now = utc_now()
        with self._database.read() as connection:
            token = tokens.find(connection, said[len(SCHEME) :].strip(), now)
        if token is not None:
            tokens.used(self._database, token, now)
        return token
