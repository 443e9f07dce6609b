"""How fast a district's history is taken in: `python -m benchmarks.subsystems [--scale 1]`.

Sixty days of the simulated district (200 units, 50,000 cases, 100,000 texts at scale 1), made
first and not counted, go through the admission in one process and are computed to figures, which
may take five minutes; a smaller scale is measured against its share of them.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import func, select

from benchmarks.figure import Figure, judge, machine, memory
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
KINDS = (Kind.OBSERVATION, Kind.CASE, Kind.MENTION)


def made(scale: float, days: int) -> list[Batch]:
    until = utc_now()
    district = District(World(seed=7, scale=scale))
    return list(batches(district.told(until - timedelta(days=days), until)))


def measure(scale: float, days: int) -> Sequence[Figure]:
    parcels = made(scale, days)
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder), parcels, scale)


def _measured(folder: Path, parcels: list[Batch], scale: float) -> Sequence[Figure]:
    units.write(folder / "catalogue", scale)
    (folder / "hub.toml").write_text('[subsystems]\ncatalogue_folder = "catalogue"\n')
    with Desk(load(folder / "hub.toml")) as desk:
        took = {kind: _seconds(desk, parcels, kind) for kind in KINDS}
        begun, cpu = perf_counter(), process_time()
        desk.compute()
        computing = perf_counter() - begun
        with desk.database.read() as connection:
            count = connection.scalar(select(func.count()).select_from(figures)) or 0
    parts = ", ".join(f"{kind.value}s {seconds:.0f} s" for kind, seconds in took.items())
    total = sum(took.values()) + computing
    words = sum(len(each.bodies) for each in parcels)
    cases = len({b.case for each in parcels for b in each.bodies if isinstance(b, CaseBody)})
    note = (
        f"{words} words, {cases} cases: {parts}; {count} figures {computing:.0f} s "
        f"(CPU {process_time() - cpu:.0f} s); peak {memory(os.getpid()).peak_rss:.0f} MB"
    )
    return [Figure(name="60 days taken in", value=total, limit=LIMIT_S * min(scale, 1),
                   unit="s", note=note)]  # fmt: skip


def _seconds(desk: Desk, parcels: list[Batch], kind: Kind) -> float:
    begun = perf_counter()
    for parcel in parcels:
        if parcel.kind is kind:
            desk.send(parcel)
    return perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--days", type=int, default=60)
    given = parser.parse_args()
    print(f"measured, of its limit, ratio    ({machine()})", flush=True)
    return judge(measure(given.scale, given.days))


if __name__ == "__main__":
    sys.exit(main())
