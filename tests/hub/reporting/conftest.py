import pytest

from hub.database import Database
from hub.reporting.content import Report
from tests.hub.reporting import day


@pytest.fixture
def report(database: Database) -> Report:
    """Of the small day."""
    day.write(database)
    return day.report(database)
