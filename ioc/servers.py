"""A plan for a server, shown and carried out; its errors as a line on stderr and an exit code."""

import functools
from argparse import Namespace
from collections.abc import Callable, Sequence

from contracts.configuration import ConfigError, SecretMissing
from ioc.exits import Exit, complain
from provisioning.changes import Change, carry_out, withheld
from provisioning.errors import (
    RightMissing,
    ServerAway,
    ServerTrouble,
    TlsTrouble,
    TokenRefused,
    WrongServer,
)
from provisioning.influx import BadName
from provisioning.tiers import BadTiers

Run = Callable[[Namespace], int]

EXITS: dict[type[ServerTrouble], Exit] = {
    ServerAway: Exit.UNAVAILABLE,
    TlsTrouble: Exit.PROTOCOL,
    WrongServer: Exit.PROTOCOL,
    TokenRefused: Exit.NO_PERMISSION,
    RightMissing: Exit.NO_PERMISSION,
}


class BadOptions(ValueError):
    """Options that do not go together; the message names them."""


def guarded(run: Run) -> Run:
    """What a person can mend is one line on stderr and the exit code of its kind."""

    @functools.wraps(run)
    def wrapped(options: Namespace) -> int:
        try:
            return run(options)
        except ServerTrouble as trouble:
            complain(trouble)
            return EXITS.get(type(trouble), Exit.FAILED)
        except (ConfigError, SecretMissing) as wrong:
            complain(wrong)
            return Exit.CONFIGURATION
        except (BadOptions, BadTiers, BadName) as wrong:
            complain(wrong)
            return Exit.USAGE
        except OSError as trouble:
            complain(trouble)
            return Exit.FAILED

    return wrapped


def settle(where: str, changes: Sequence[Change], *, given: Sequence[str], dry_run: bool) -> int:
    """Shows all of `changes`, then applies those that are allowed."""
    for each in changes:
        print(each)
        if each.diff:
            print("\n".join(f"    {line}" for line in each.diff.splitlines()))
    if not changes:
        print(f"{where}: nothing to change")
        return Exit.OK
    left = withheld(changes, given)
    if dry_run:
        print(f"{where}: {_count(len(changes))} to make; nothing was written (--dry-run)")
        return Exit.OK
    _apply(where, changes, given, wanted=len(changes) - len(left))
    for each in left:
        complain(f"left as it is, for want of {each.only_with}: {each.what}")
    return Exit.FAILED if left else Exit.OK


def _apply(where: str, changes: Sequence[Change], given: Sequence[str], *, wanted: int) -> None:
    done = 0
    try:
        for _ in carry_out(changes, given):
            done += 1
    finally:
        again = "" if done == wanted else f" of {wanted}; run it again to go on"
        print(f"{where}: {_count(done)} made{again}")


def _count(number: int) -> str:
    return "1 change" if number == 1 else f"{number} changes"
