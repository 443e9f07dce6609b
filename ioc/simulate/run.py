"""A run: what was told until now, handed in parcel by parcel; then, if asked, on and on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from contracts.clock import utc_now
from hub.provenance import Admitted
from ioc.simulate.batches import Batch, batches
from ioc.simulate.district import District

AHEAD = timedelta(hours=6)
"""How far a live run looks ahead before it looks again."""
LOOK_S = 1.0
SAY_EVERY_S = 2.0

Say = Callable[[str], None]


class Taker(Protocol):
    """Where parcels go: `ioc.simulate.posting.Post`, `ioc.simulate.admitting.Desk`."""

    def send(self, batch: Batch) -> Admitted: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a run handed in."""

    parcels: int
    words: int
    admitted: Admitted


def fill(district: District, since: datetime, until: datetime, taker: Taker, say: Say) -> Handed:
    """Everything up to `until`.  Whatever was there already is counted as repeated."""
    parcels = list(batches(district.told(since, until)))
    words = sum(len(each.bodies) for each in parcels)
    done, admitted, said = 0, Admitted(), time.monotonic()
    for parcel in parcels:
        admitted += taker.send(parcel)
        done += len(parcel.bodies)
        if time.monotonic() - said > SAY_EVERY_S:
            said = time.monotonic()
            say(f"{done:,} / {words:,} ({done / words:.0%})")
    return Handed(parcels=len(parcels), words=words, admitted=admitted)


def live(
    district: District,
    after: datetime,
    taker: Taker,
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    until: datetime | None = None,
) -> int:
    """Hands each word in when it is due, until `until`; how many were."""
    told, seen = 0, after
    while until is None or seen < until:
        horizon = seen + AHEAD
        coming = district.news(seen, horizon)
        while seen < horizon and (until is None or seen < until):
            sleep(LOOK_S)
            moment = min(now(), horizon)
            due = [each for each in coming if each.at < moment]
            coming = coming[len(due) :]
            for parcel in batches(due):
                taker.send(parcel)
            told, seen = told + len(due), max(seen, moment)
    return told
