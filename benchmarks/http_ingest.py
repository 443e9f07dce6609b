"""What an observation costs that comes by HTTP: `python -m benchmarks.http_ingest [--scale 0.1]`.

A hub process takes the figures of some sixty days of the simulated district, as another system
would send them: with a token, in parcels of a hundred, one connection, each parcel on the disk
before it is answered.  A thousand a second on one core leaves a millisecond of that core for each;
judged is what the whole hub took of the processors, and once more with all figures computed that
they change.  What the sender takes is not counted.  Needs Linux and mosquitto.
"""

import sys
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import func, select

from benchmarks.centre import Hub, centre, wait
from benchmarks.figure import Figure, command, memory, processor_s
from contracts.clock import utc_now
from contracts.topics import Kind
from hub.config import load
from hub.database import Database
from hub.records import stale
from hub.server import open_database
from ioc.simulate import units
from ioc.simulate.batches import Batch, batches
from ioc.simulate.calendar import DAY
from ioc.simulate.district import District
from ioc.simulate.posting import Post
from ioc.simulate.tokens import own_token
from ioc.simulate.world import World

LIMIT_MS = 1.0
PARCEL = 100
SCALE, DAYS = 0.1, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of the hub's processor and of the clock, since something began."""

    processor_s: float
    clock_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """`pid` from the moment that it was made."""

    pid: int
    processor_s: float
    begun: float

    @classmethod
    def of(cls, pid: int) -> "Meter":
        return cls(pid=pid, processor_s=processor_s(pid), begun=perf_counter())

    def read(self) -> Spent:
        return Spent(
            processor_s=processor_s(self.pid) - self.processor_s,
            clock_s=perf_counter() - self.begun,
        )


def parcels(scale: float, days: int) -> list[Batch]:
    until = utc_now()
    told = District(World(seed=7, scale=scale)).told(until - DAY * days, until)
    return [each for each in batches(told, PARCEL) if each.kind is Kind.OBSERVATION]


def measure(scale: float, days: int) -> list[Figure]:
    sent = parcels(scale, days)
    with centre(district=True) as place:
        units.write(place.folder.catalogue, scale)
        config = load(place.folder.hub)
        with place.hub() as hub, own_token(config) as token:
            database = open_database(config)
            try:
                return _measured(hub, database, token, sent)
            finally:
                database.close()


def _measured(hub: Hub, database: Database, token: str, sent: list[Batch]) -> list[Figure]:
    count = sum(len(each.bodies) for each in sent)
    meter = Meter.of(hub.pid)
    with Post(hub.console, token) as post:
        for each in sent:
            post.send(each)
    taken = meter.read()
    wait(lambda: not _stale(database), "the last figure", look_s=0.5)
    computed = meter.read()
    return [
        _figure("an observation by HTTP", taken, count, f"{memory(hub.pid).note()}"),
        _figure("the same, figures computed", computed, count, "until nothing is stale"),
    ]


def _figure(name: str, spent: Spent, count: int, note: str) -> Figure:
    return Figure(
        name=name, value=spent.processor_s / count * 1000, limit=LIMIT_MS, unit="ms",
        note=f"CPU time of the hub; {count} in parcels of {PARCEL}: "
        f"{count / spent.processor_s:.0f}/s of one core, {count / spent.clock_s:.0f}/s by the "
        f"clock; {note}",
    )  # fmt: skip


def _stale(database: Database) -> int:
    with database.read() as connection:
        due = select(func.count()).select_from(stale).where(stale.c.period_start <= utc_now())
        return connection.scalar(due) or 0


def main() -> int:
    return command(__doc__, measure, scale=SCALE, days=DAYS)


if __name__ == "__main__":
    sys.exit(main())
