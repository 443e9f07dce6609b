"""Time series: points out of what devices say, in InfluxDB or in an embedded DuckDB."""

import logging

from hub.config import Influx
from hub.timeseries.store import SeriesError, TimeSeries

log = logging.getLogger(__name__)


def open_store(settings: Influx) -> TimeSeries:
    """The store that the configuration names; a server that is away now is no error."""
    if settings.api == "embedded":
        from hub.timeseries.duck import DuckStore  # noqa: PLC0415  (15 MB that InfluxDB spares)

        return DuckStore(settings.path)
    from hub.timeseries.influx import InfluxStore  # noqa: PLC0415

    store = InfluxStore(settings)
    try:
        store.ensure_database()
    except SeriesError as away:
        log.warning("time series: cannot make the database now: %s", away)
    return store
