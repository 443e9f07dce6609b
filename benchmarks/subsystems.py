"""How fast a district's history is taken in: `python -m benchmarks.subsystems [--scale 1]`.

Sixty days of the simulated district (200 units, 50,000 cases, 100,000 texts at scale 1), made
first and not counted, go through the admission in one process and are computed to figures, which
may take five minutes; a smaller scale may take its share of them, by the words that are told.
The processor's time stands beside that of the clock, since others may use the machine.
"""

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import func, select

from benchmarks.figure import Figure, command, memory
from contracts.clock import utc_now
from contracts.indicator import CaseBody
from contracts.topics import Kind
from hub.config import load
from hub.records import figures
from ioc.simulate import units
from ioc.simulate.admitting import Desk
from ioc.simulate.batches import Batch, batches
from ioc.simulate.district import District
from ioc.simulate.world import World

LIMIT_S = 300.0
WHOLE = 590_000
"""Words of sixty days at scale 1."""
LIMIT_MB = 200.0
"""What the taking in may add to the process: the hub's limit as a whole."""
SCALE, DAYS = 1.0, 60
KINDS = (Kind.OBSERVATION, Kind.CASE, Kind.MENTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds by the clock and of the processor."""

    what: str
    clock_s: float
    processor_s: float

    def __str__(self) -> str:
        return f"{self.what} {self.clock_s:.0f} s (CPU {self.processor_s:.0f} s)"


def made(scale: float, days: int) -> list[Batch]:
    until = utc_now()
    district = District(World(seed=7, scale=scale))
    return list(batches(district.told(until - timedelta(days=days), until)))


def measure(scale: float = SCALE, days: int = DAYS) -> Sequence[Figure]:
    parcels = made(scale, days)
    gc.collect()
    gc.freeze()  # the parcels are the benchmark's: nobody else walks through them again and again
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _measured(Path(folder), parcels, scale)
    finally:
        gc.unfreeze()


def _measured(folder: Path, parcels: list[Batch], scale: float) -> Sequence[Figure]:
    units.write(folder / "catalogue", scale)
    (folder / "hub.toml").write_text('[subsystems]\ncatalogue_folder = "catalogue"\n')
    before = memory(os.getpid())
    with Desk(load(folder / "hub.toml")) as desk:
        took = [_took(f"{kind.value}s", partial(_send, desk, parcels, kind)) for kind in KINDS]
        took.append(_took("figures", desk.compute))
        with desk.database.read() as connection:
            count = connection.scalar(select(func.count()).select_from(figures)) or 0
    grown = memory(os.getpid()).peak_rss - before.rss
    words = sum(len(each.bodies) for each in parcels)
    cases = len({b.case for each in parcels for b in each.bodies if isinstance(b, CaseBody)})
    limit = LIMIT_S * min(words / WHOLE, 1)
    clock_s, cpu_s = sum(each.clock_s for each in took), sum(each.processor_s for each in took)
    parts = ", ".join(map(str, took))
    return [
        Figure(name="60 days taken in", value=clock_s, limit=limit, unit="s",
               note=f"{words} words, {cases} cases, {count} figures: {parts}"),
        Figure(name="60 days, of the processor", value=cpu_s, limit=limit, unit="s",
               note=f"{words / cpu_s:.0f} words a second of one core"),
        Figure(name="60 days, memory it took", value=grown, limit=LIMIT_MB, unit="MB",
               note=f"at the most, beside {before.rss:.0f} MB of what is told"),
    ]  # fmt: skip


def _took(what: str, work: Callable[[], object]) -> Took:
    begun, begun_cpu = perf_counter(), process_time()
    work()
    return Took(what=what, clock_s=perf_counter() - begun, processor_s=process_time() - begun_cpu)


def _send(desk: Desk, parcels: list[Batch], kind: Kind) -> None:
    for parcel in parcels:
        if parcel.kind is kind:
            desk.send(parcel)


def main() -> int:
    return command(__doc__, measure, scale=SCALE, days=DAYS)


if __name__ == "__main__":
    sys.exit(main())
