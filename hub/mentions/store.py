"""Online texts in the records: read, joined to their near copies, with numbers of persons gone."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from contracts.identity import new_ulid
from contracts.indicator import MentionBody
from hub import secrecy, stale
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Span, containing
from hub.database import Work
from hub.mentions.near_copies import WINDOW, NearCopies, Signature, Stored
from hub.mentions.read import Candidate, Reading, candidate, read
from hub.provenance import Admitted, Provenance
from hub.records import mentions

LOOK_UP = 500


OnCandidate = Callable[[Work, MentionBody, Candidate, Provenance], None]
"""Told, inside the transaction, of a text that may be of a fire or a landslide here."""


class MentionBook:
    """Files texts; each call inside of the caller's `Work`, one at a time.

    The clusters of the last week are kept in memory and read from the records at the first call,
    and again after a call that failed.  A text whose transaction fails only at its very end may
    leave its cluster behind: a copy then names a first text that is not there, and is counted
    right all the same.
    """

    def __init__(self, on_candidate: OnCandidate | None = None) -> None:
        self._copies: NearCopies | None = None
        self._on_candidate = on_candidate

    def store(self, work: Work, bodies: Sequence[MentionBody], provenance: Provenance) -> Admitted:
        digests = {_digest(body): body for body in bodies}
        known = _known(work.connection, list(digests))
        fresh = {digest: body for digest, body in digests.items() if digest not in known}
        grown = [
            (known[digest], body.interactions)
            for digest, body in digests.items()
            if digest in known and body.interactions > known[digest][1]
        ]
        try:
            self._file(work, fresh, provenance)
        except BaseException:
            self._copies = None
            raise
        for (name, _), interactions in grown:
            where = mentions.c.id == name
            work.connection.execute(update(mentions).where(where).values(interactions=interactions))
        return Admitted(
            stored=len(fresh),
            corrected=len(grown),
            repeated=len(bodies) - len(fresh) - len(grown),
        )

    def _file(self, work: Work, fresh: Mapping[bytes, MentionBody], provenance: Provenance) -> None:
        """Each by its digest."""
        if not fresh:
            return
        copies = self._clusters(work.connection)
        rows: list[dict[str, Any]] = []
        changes: list[tuple[str, str, datetime]] = []
        for digest, body in sorted(fresh.items(), key=lambda each: each[1].published_at):
            name = new_ulid()
            reading = read(body.title, body.text, body.published_at)
            cluster = copies.add(name, reading.signature, body.published_at)
            told = _row(body, reading, provenance)
            rows.append(told | {"id": name, "digest": digest, "cluster": cluster})
            day = containing(Span.DAY, body.published_at).start
            changes += [(stale.MENTIONS, unit, day) for unit in (*reading.communes, DISTRICT)]
            if self._on_candidate and (found := candidate(reading)) is not None:
                self._on_candidate(work, body, found, provenance)
        work.connection.execute(insert(mentions), rows)
        stale.mark(work, changes)

    def _clusters(self, connection: Connection) -> NearCopies:
        if self._copies is None:
            self._copies = NearCopies()
            self._copies.restore(_stored(connection))
        return self._copies


def _digest(body: MentionBody) -> bytes:
    """A text is known by its address, or else by its words and time."""
    said = body.url or f"{body.title}\n{body.published_at.isoformat()}"
    return hashlib.blake2b(f"{body.source}\n{said}".encode(), digest_size=16).digest()


def _known(connection: Connection, digests: list[bytes]) -> dict[bytes, tuple[str, int]]:
    return {
        row.digest: (row.id, row.interactions)
        for at in range(0, len(digests), LOOK_UP)
        for row in connection.execute(
            select(mentions.c.digest, mentions.c.id, mentions.c.interactions).where(
                mentions.c.digest.in_(digests[at : at + LOOK_UP])
            )
        )
    }


def _stored(connection: Connection) -> list[Stored]:
    newest = connection.scalar(
        select(mentions.c.published_at).order_by(mentions.c.published_at.desc()).limit(1)
    )
    if newest is None:
        return []
    query = (
        select(mentions.c.id, mentions.c.cluster, mentions.c.signature, mentions.c.published_at)
        .where(mentions.c.published_at >= newest - WINDOW)
        .order_by(mentions.c.published_at)
    )
    return [
        Stored(
            mention=row.id, cluster=row.cluster, at=row.published_at,
            signature=Signature.of_bytes(row.signature),
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _row(body: MentionBody, reading: Reading, provenance: Provenance) -> dict[str, Any]:
    return {
        "source": body.source, "url": body.url,
        "title": secrecy.without_persons(body.title),
        "text": secrecy.without_persons(body.text), "published_at": body.published_at,
        "recorded_at": provenance.recorded_at, "interactions": body.interactions,
        "signature": bytes(reading.signature),
        "tone": reading.tone.mood.value, "tone_score": reading.tone.score,
        "topics": [topic.id for topic in reading.topics], "communes": list(reading.communes),
        "keywords": list(reading.keywords), "demo": provenance.demo,
    }  # fmt: skip
