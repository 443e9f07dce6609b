"""`ioc hub quarantine list`."""

from argparse import Namespace
from pathlib import Path

from contracts.configuration import ConfigError, SecretMissing
from hub.config import load
from hub.quarantine import held
from hub.server import open_database
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        database = open_database(load(Path(options.config)))
    except (ConfigError, SecretMissing) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    with database.read() as connection:
        messages = held(connection, options.limit)
    database.close()
    for message in messages:
        when = message.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        print(f"{message.id}  {when}  {message.bytes:>7} B  {message.reason:<16} {message.topic}")
        print(f"    {message.detail}")
    print(f"{len(messages)} messages in quarantine" if messages else "quarantine is empty")
    return Exit.OK
