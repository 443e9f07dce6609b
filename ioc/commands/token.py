"""What the commands about tokens share."""

import getpass

from contracts.clock import utc_now
from hub.provenance import Entrance, Provenance


def by_person() -> Provenance:
    """Who sits at the keyboard of the hub's machine."""
    actor = getpass.getuser()
    return Provenance(
        source="ioc token", actor=actor, entrance=Entrance.PERSON, recorded_at=utc_now()
    )
