"""What the hub starts for its files and connectors, made from its configuration."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from contracts.configuration import ConfigError
from hub.entrances import settings
from hub.entrances.admit import Gate
from hub.entrances.drop import Drop
from hub.entrances.mapping import Mapping, load_all
from hub.entrances.pull.connector import Connector
from hub.entrances.pull.feeds import Feed
from hub.entrances.pull.rest import Rest
from hub.entrances.pull.schedule import Schedule
from hub.entrances.pull.sql import Sql


def drop(given: settings.Drop, mappings: dict[str, Mapping], gate: Gate) -> Drop | None:
    """The drop folder's thread; None where no folder is configured."""
    if given.folder is None:
        return None
    return Drop(
        folder=given.folder, mappings=mappings, files=gate, limits=given,
        settle_s=given.settle_s, poll_s=given.poll_s,
    )  # fmt: skip


def schedule(
    *,
    feeds: Sequence[settings.WebFeed],
    rest: Sequence[settings.Rest],
    sql: Sequence[settings.Sql],
    mappings: dict[str, Mapping],
    gate: Gate,
) -> Schedule:
    """All connectors; raises ConfigError for a mapping that does not exist, SecretMissing."""
    return Schedule(list(_connectors(feeds, rest, sql, mappings)), gate)


def _connectors(
    feeds: Sequence[settings.WebFeed],
    rest: Sequence[settings.Rest],
    sql: Sequence[settings.Sql],
    mappings: dict[str, Mapping],
) -> Iterator[Connector]:
    yield from (Feed(each) for each in feeds)
    yield from (Rest(each, _mapping(mappings, each.mapping)) for each in rest)
    yield from (Sql(each, _mapping(mappings, each.mapping)) for each in sql)


def _mapping(mappings: dict[str, Mapping], name: str) -> Mapping:
    if name not in mappings:
        raise ConfigError(
            file=Path("hub.toml"), key="mapping", value=name,
            remedy=f"name one of {', '.join(sorted(mappings))}, or put {name}.yaml into "
            "drop.mappings_folder",
        )  # fmt: skip
    return mappings[name]


__all__ = ["drop", "load_all", "schedule"]
