"""`ioc hub user add`."""

import getpass
import sys
from argparse import Namespace
from pathlib import Path

from contracts.configuration import ConfigError
from hub.config import load
from hub.web.users import BadUser, add_user
from ioc.exits import Exit, complain


class NoPassword(ValueError):
    """None was typed or piped, or two that differ."""


def run(options: Namespace) -> int:
    try:
        users = load(Path(options.config)).console.users_file
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    if users is None:
        complain(f"{options.config}: console.users_file is not set: say where users are kept")
        return Exit.CONFIGURATION
    try:
        add_user(users, options.name, _password(options.name))
    except (NoPassword, BadUser, OSError) as trouble:
        complain(trouble)
        return Exit.FAILED
    print(f"{options.name} may sign in; {users}")
    return Exit.OK


def _password(name: str) -> str:
    """Typed twice at a terminal, else the first line of stdin.  Raises NoPassword."""
    if not sys.stdin.isatty():
        if not (piped := sys.stdin.readline().rstrip("\n")):
            raise NoPassword("no password on stdin: pipe one line, or run this at a terminal")
        return piped
    typed = getpass.getpass(f"Password of {name}: ")
    if typed != getpass.getpass("Again: "):
        raise NoPassword("the two passwords differ: run it again")
    return typed
