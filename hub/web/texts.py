"""Online texts as a list: each story once, with its tone, topics, communes and copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Text, cast, func, select

from hub.catalogue.formula import Mentioned
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period
from hub.records import mentions

NEWEST = 300
"""Texts looked through for stories: a day of a district's internet."""
LENGTH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A text and how many `copies` of it there are, itself included."""

    title: str
    url: str
    source: str
    published_at: datetime
    tone: str
    topics: tuple[str, ...]
    communes: tuple[str, ...]
    interactions: int
    copies: int
    demo: bool


_COLUMNS: tuple[Column[Any], ...] = (
    mentions.c.title, mentions.c.url, mentions.c.source, mentions.c.published_at,
    mentions.c.tone, mentions.c.topics, mentions.c.communes, mentions.c.interactions,
    mentions.c.cluster, mentions.c.demo,
)  # fmt: skip


def newest(
    connection: Connection, unit: str, before: datetime | None = None, tone: str = ""
) -> tuple[Story, ...]:
    """The newest stories of the district or of a commune; of near copies the newest."""
    query = select(*_COLUMNS).order_by(mentions.c.published_at.desc()).limit(NEWEST)
    if before is not None:
        query = query.where(mentions.c.published_at < before)
    for clause in _about("", tone, frozenset({unit})):
        query = query.where(clause)
    first: dict[str, Row[Any]] = {}
    for row in connection.execute(query):
        first.setdefault(row.cluster, row)
    return _stories(connection, list(first.values())[:LENGTH])


def behind(
    connection: Connection,
    asked: Mentioned,
    period: Period,
    units: frozenset[str],
    offset: int,
    limit: int,
) -> tuple[Story, ...]:
    """The texts that a formula's term counted, newest first."""
    query = (
        select(*_COLUMNS)
        .where(
            mentions.c.published_at >= period.start,
            mentions.c.published_at < period.end,
            *_about(asked.topic, asked.tone, units),
        )
        .order_by(mentions.c.published_at.desc())
        .offset(offset)
        .limit(limit)
    )
    return _stories(connection, connection.execute(query).all())


def _about(topic: str, tone: str, units: frozenset[str]) -> list[ColumnElement[bool]]:
    """Ids stand in JSON lists with their quotes, so that none is a part of another."""
    found: list[ColumnElement[bool]] = []
    if tone:
        found.append(mentions.c.tone == tone)
    if topic:
        found.append(cast(mentions.c.topics, Text).contains(f'"{topic}"', autoescape=True))
    if DISTRICT not in units:
        named = [cast(mentions.c.communes, Text).contains(f'"{u}"', autoescape=True) for u in units]
        either = named[0]
        for one in named[1:]:
            either |= one
        found.append(either)
    return found


def _stories(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Story, ...]:
    clusters = [row.cluster for row in rows]
    counted = (
        select(mentions.c.cluster, func.count())
        .where(mentions.c.cluster.in_(clusters))
        .group_by(mentions.c.cluster)
    )
    copies = {row[0]: row[1] for row in connection.execute(counted)} if clusters else {}
    return tuple(
        Story(
            title=row.title, url=row.url, source=row.source, published_at=row.published_at,
            tone=row.tone, topics=tuple(row.topics), communes=tuple(row.communes),
            interactions=row.interactions, copies=copies.get(row.cluster, 1), demo=row.demo,
        )
        for row in rows
    )  # fmt: skip
