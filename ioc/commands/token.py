"""What the commands about tokens share."""

import getpass
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from contracts.clock import utc_now
from contracts.configuration import ConfigError
from hub.config import HubConfig, load
from hub.provenance import Entrance, Provenance
from ioc.exits import Exit, complain


def with_config(path: str, act: Callable[[HubConfig], int]) -> int:
    """Says what is wrong with the configuration or the records."""
    try:
        return act(load(Path(path)))
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except SQLAlchemyError as trouble:
        complain(f"the records cannot be used: {trouble}")
        return Exit.FAILED


def by_person() -> Provenance:
    """Who sits at the keyboard of the hub's machine."""
    actor = getpass.getuser()
    return Provenance(
        source="ioc token", actor=actor, entrance=Entrance.PERSON, recorded_at=utc_now()
    )
