"""`ioc token revoke`."""

from argparse import Namespace

from hub import tokens
from hub.config import HubConfig
from hub.server import open_database
from hub.tokens import NoSuchToken
from ioc.commands.token import by_person, with_config
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    return with_config(options.config, lambda config: _revoke(config, options.name))


def _revoke(config: HubConfig, name: str) -> int:
    database = open_database(config)
    try:
        with database.work() as work:
            tokens.revoke(work, name, by_person())
    except NoSuchToken as missing:
        complain(missing)
        return Exit.FAILED
    finally:
        database.close()
    print(f"{name}: đã thu hồi")
    return Exit.OK
