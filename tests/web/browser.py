"""A console behind a real web server, and a real Chromium that looks at it."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from hub.web.app import create_app
from tests.hub.daemons import program
from tests.hub.web.conftest import Desk
from tests.waiting import until

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WALL = {"width": 3840, "height": 2160}
PATIENCE_MS = 15_000


@dataclass(slots=True, kw_only=True)
class Watched:
    """A page and what it did behind the scenes."""

    page: Page
    here: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def visit(self, path: str) -> None:
        self.page.goto(f"{self.here}{path}")

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module: while the driver runs, it holds an event loop that other tests need."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def server(desk: Desk) -> Iterator[uvicorn.Server]:
    """The console behind a real web server on a loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            create_app(desk.context), log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        until(lambda: server.started)
        server.config.port = listener.getsockname()[1]
        yield server
        server.should_exit = True
        thread.join()


@pytest.fixture
def look(browser: Browser, server: uvicorn.Server) -> Iterator[Callable[[dict[str, int]], Watched]]:
    contexts = []

    def open_at(size: dict[str, int]) -> Watched:
        context = browser.new_context(viewport={"width": size["width"], "height": size["height"]})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched = Watched(page=page, here=f"http://127.0.0.1:{server.config.port}")
        page.on("console", lambda message: watched.said.append(message.text))
        page.on("pageerror", lambda error: watched.said.append(str(error)))
        page.on("request", lambda request: watched.asked.append(request.url))
        return watched

    yield open_at
    for context in contexts:
        context.close()


Look = Callable[[dict[str, int]], Watched]
