"""The ledger: which sequence numbers of each device, lane and epoch are durable here.

It recognises a repetition for ever in the space of its gaps.  One thread writes it (the inbox);
what is in memory is a copy of the table, read when a stream first speaks, forgotten when a
transaction fails.
"""

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from contracts.identity import Lane
from hub.database import Work, upsert
from hub.records import ledger
from hub.spans import SpanSet

STREAMS = 20_000
"""Streams kept in memory (a few hundred bytes each); the longest silent one is forgotten."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One count of one device."""

    device: str
    lane: Lane
    epoch: int


class Ledger:
    """Not thread-safe: the inbox's own."""

    def __init__(self) -> None:
        self._streams: OrderedDict[Stream, SpanSet] = OrderedDict()
        self._touched: set[Stream] = set()

    def see(self, work: Work, stream: Stream, seq: int) -> bool:
        """True if `seq` is new; it is in the ledger once `write` ran and `work` committed."""
        spans = self._streams.get(stream)
        if spans is None:
            spans = self._streams[stream] = read(work.connection, stream)
        if not spans.add(seq):
            return False
        self._touched.add(stream)
        return True

    def write(self, work: Work) -> None:
        gone, kept = [], []
        for stream in self._touched:
            self._streams.move_to_end(stream)
            where = {"device": stream.device, "lane": stream.lane.value, "epoch": stream.epoch}
            change = self._streams[stream].changes()
            gone += [where | {"first": first} for first in change.gone]
            kept += [where | {"first": first, "last": last} for first, last in change.kept]
        for row in gone:
            work.connection.execute(
                delete(ledger).where(*(ledger.c[name] == value for name, value in row.items()))
            )
        upsert(work.connection, ledger, kept)

    def committed(self) -> None:
        self._touched.clear()
        while len(self._streams) > STREAMS:
            self._streams.popitem(last=False)

    def failed(self) -> None:
        """The transaction is gone, so is what this object thought; the table is the truth."""
        self._touched.clear()
        self._streams.clear()


def read(connection: Connection, stream: Stream) -> SpanSet:
    """The spans of one stream as they are stored."""
    rows = connection.execute(
        select(ledger.c.first, ledger.c.last).where(
            ledger.c.device == stream.device,
            ledger.c.lane == stream.lane.value,
            ledger.c.epoch == stream.epoch,
        )
    )
    return SpanSet((first, last) for first, last in rows)


def missing(connection: Connection, device: str) -> dict[Stream, list[tuple[int, int]]]:
    """The closed spans that `device` counted and the hub never had, by stream."""
    rows = connection.execute(
        select(ledger.c.lane, ledger.c.epoch, ledger.c.first, ledger.c.last)
        .where(ledger.c.device == device)
        .order_by(ledger.c.lane, ledger.c.epoch, ledger.c.first)
    )
    spans: dict[Stream, list[tuple[int, int]]] = {}
    for lane, epoch, first, last in rows:
        spans.setdefault(Stream(device, Lane(lane), epoch), []).append((first, last))
    gaps = {stream: SpanSet(known).missing for stream, known in spans.items()}
    return {stream: gap for stream, gap in gaps.items() if gap}
