"""`ioc hub quarantine replay`."""

import sys
from argparse import Namespace
from functools import partial

from hub.config import HubConfig
from hub.database import Database
from hub.quarantine import NotHeld, held
from hub.replay import NotReplayable, replay
from ioc.exits import Exit, complain
from ioc.records import with_records


def run(options: Namespace) -> int:
    if options.all == bool(options.number):
        complain("say which: numbers as `ioc hub quarantine list` shows them, or --all")
        return Exit.USAGE
    return with_records(options.config, partial(_all, options))


def _all(options: Namespace, config: HubConfig, database: Database) -> int:
    stayed = sum(not _one(database, config, number) for number in _numbers(options, database))
    return Exit.FAILED if stayed else Exit.OK


def _numbers(options: Namespace, database: Database) -> list[int]:
    """Oldest first, so that what they tell happens in its order."""
    if not options.all:
        return list(options.number)
    with database.read() as connection:
        return sorted(message.id for message in held(connection, sys.maxsize))


def _one(database: Database, config: HubConfig, number: int) -> bool:
    try:
        with database.work() as work:
            replay(work, number, config.rules)
    except (NotHeld, NotReplayable) as trouble:
        complain(trouble)
        return False
    print(f"message {number} is put to use")
    return True
