"""`ioc ca backup`."""

import sqlite3
from argparse import Namespace

from contracts import safekeeping
from contracts.clock import utc_now
from contracts.safekeeping import Damaged
from ioc.exits import Exit, complain
from ioc.office import folder_of, guarded
from provisioning import backup


@guarded
def run(options: Namespace) -> int:
    try:
        made = backup.back_up(folder_of(options), options.out, utc_now())
    except (Damaged, sqlite3.Error) as trouble:
        complain(f"no backup: {trouble}")
        return Exit.FAILED
    for old in safekeeping.prune(options.out, max(options.keep, 1)):
        print(f"deleted {old}")
    print(made)
    return Exit.OK
