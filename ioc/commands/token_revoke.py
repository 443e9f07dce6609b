"""`ioc token revoke`."""

from argparse import Namespace

from hub import tokens
from hub.database import Database
from hub.tokens import NoSuchToken
from ioc.commands.token import by_person
from ioc.exits import Exit
from ioc.records import with_records


def run(options: Namespace) -> int:
    return with_records(
        options.config, lambda _config, database: _revoke(database, options.name), NoSuchToken
    )


def _revoke(database: Database, name: str) -> int:
    with database.work() as work:
        tokens.revoke(work, name, by_person())
    print(f"{name}: đã thu hồi")
    return Exit.OK
