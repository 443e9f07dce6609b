"""The desk of the page tests, for the browser."""

from tests.hub.conftest import database
from tests.hub.web.conftest import desk, make_desk
from tests.web.browser import browser, look, server

__all__ = ["browser", "database", "desk", "look", "make_desk", "server"]
