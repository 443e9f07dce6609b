"""The desk of the page tests, for the browser."""

from tests.hub.conftest import database
from tests.hub.web.conftest import desk, make_desk

__all__ = ["database", "desk", "make_desk"]
