"""What the commands about roll-outs share."""

import getpass
from collections.abc import Callable

from contracts.clock import utc_now
from hub import audit
from hub.config import HubConfig
from hub.database import Database, Work
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.provenance import Entrance, Provenance
from hub.rollouts.engine import Rollouts, Word
from hub.rollouts.errors import RolloutError
from ioc import records


def with_records(path: str, act: Callable[[HubConfig, Database], int]) -> int:
    """Says what is wrong with the configuration, the records or the wish."""
    return records.with_records(path, act, RolloutError)


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
