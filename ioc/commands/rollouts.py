"""What the commands about roll-outs share."""

import getpass
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from contracts.clock import utc_now
from contracts.configuration import ConfigError
from hub import audit
from hub.config import HubConfig, load
from hub.database import Database, Work
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.provenance import Entrance, Provenance
from hub.rollouts.engine import Rollouts, Word
from hub.rollouts.errors import RolloutError
from hub.server import open_database
from ioc.exits import Exit, complain


def with_records(path: str, act: Callable[[HubConfig, Database], int]) -> int:
    """Says what is wrong with the configuration, the records or the wish."""
    try:
        config = load(Path(path))
        database = open_database(config)
        try:
            return act(config, database)
        finally:
            database.close()
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except RolloutError as wrong:
        complain(wrong)
    except (SQLAlchemyError, OSError) as trouble:
        complain(f"the records or the folder of updates cannot be used: {trouble}")
    return Exit.FAILED


def engine(config: HubConfig) -> Rollouts:
    announcer = Announcer(config.webhook, config.console.public_url)
    return Rollouts(Incidents(announcer), config)


def word(why: str = "") -> Word:
    """Who sits at the keyboard of the hub's machine."""
    return Word(actor=getpass.getuser(), at=utc_now(), why=why)


def note(work: Work, said: Word, action: str, rollout: int) -> None:
    """Into the audit."""
    provenance = Provenance(
        source="ioc update", actor=said.actor, entrance=Entrance.PERSON, recorded_at=said.at
    )
    audit.note(work, provenance, action, f"rollout {rollout}", {"why": said.why})
