"""What the commands share that open the records of a hub."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from contracts.configuration import ConfigError, SecretMissing
from hub.config import HubConfig, load
from hub.database import Database
from hub.server import open_database
from ioc.exits import Exit, complain


def with_config(path: str, act: Callable[[HubConfig], int]) -> int:
    """Says what is wrong with the configuration or the records."""
    try:
        return act(load(Path(path)))
    except (ConfigError, SecretMissing) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except SQLAlchemyError as trouble:
        complain(f"the records cannot be used: {trouble}")
    except OSError as trouble:
        complain(trouble)
    return Exit.FAILED


def with_records(
    path: str, act: Callable[[HubConfig, Database], int], *troubles: type[Exception]
) -> int:
    """The same with the records open; `troubles` are what `act` may say besides."""

    def opened(config: HubConfig) -> int:
        with closing(open_database(config)) as database:
            try:
                return act(config, database)
            except troubles as trouble:
                complain(trouble)
                return Exit.FAILED

    return with_config(path, opened)
