"""The console: pages, pictures, live line, login.  `create_app` is all that the hub calls."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from hub.context import Context
from hub.web import citizens, update_files
from hub.web.access import (
    SESSION_S,
    Door,
    Forbidden,
    NotSignedIn,
    allowed_hosts,
    session_secret,
)
from hub.web.api import create_api
from hub.web.outlook_pages import OutlookPages
from hub.web.pages import Pages
from hub.web.render import Renderer
from hub.web.report_pages import ReportPages
from hub.web.shift_pages import ShiftPages
from hub.web.subsystems import Subsystems

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def create_app(context: Context) -> FastAPI:
    """Raises BadMap when the configured map cannot be drawn."""
    console = context.config.console
    app = FastAPI(title="Đông Giang IOC", docs_url=None, redoc_url=None, openapi_url=None)
    door = Door(console)
    render = Renderer(context, door)
    pages = Pages(context, door, render)
    app.include_router(pages.router)
    app.include_router(Subsystems(context, door, render).router)
    for part in (OutlookPages, ReportPages, ShiftPages):
        app.include_router(part(context, door, render).router)
    citizens.install(app, context, door, render)
    app.include_router(update_files.router(context))
    app.mount("/api/v1", create_api(context))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(NotSignedIn, _to_the_door)
    app.add_exception_handler(Forbidden, pages.forbidden)
    app.add_exception_handler(HTTPException, pages.absent)
    app.middleware("http")(_guard)
    app.add_middleware(
        SessionMiddleware,
        secret_key=session_secret(context.database),
        session_cookie="ioc",
        max_age=SESSION_S,
        same_site="lax",
        https_only=console.tls_cert_file is not None,
    )
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(console))
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """The headers that every answer carries."""
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith(("/static", "/evidence")):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _to_the_door(request: Request, _error: Exception) -> Response:
    if request.url.path == "/events" or "fragment" in request.query_params:
        return Response(status_code=401)
    return RedirectResponse("/login", status_code=303)
