"""What the hub hands to its console."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.admission import Admission
from hub.config import HubConfig
from hub.database import Database
from hub.feed import Feed
from hub.health import Health
from hub.incidents import Incidents
from hub.knowledge import Knowledge
from hub.talk import Risen
from hub.timeseries.store import TimeSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`create_app(context)` reads through `database` and `series`, acts through `incidents`."""

    config: HubConfig
    database: Database
    feed: Feed
    incidents: Incidents
    series: TimeSeries
    knowledge: Knowledge
    admission: Admission
    health: Callable[[], Health]
    risen: Callable[[], Risen] = Risen
