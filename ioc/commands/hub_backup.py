"""`ioc hub backup`."""

import sqlite3
from argparse import Namespace
from pathlib import Path

import duckdb

from contracts import safekeeping
from contracts.clock import utc_now
from contracts.configuration import ConfigError, SecretMissing
from contracts.safekeeping import Damaged
from hub import backup
from hub.config import load
from hub.timeseries.copying import NoCopy
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    file = Path(options.config)
    try:
        made = backup.back_up(load(file), file, options.out, utc_now())
        for old in safekeeping.prune(options.out, max(options.keep, 1)):
            print(f"deleted {old}")
    except (ConfigError, SecretMissing) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except (OSError, Damaged, NoCopy, backup.Failed, sqlite3.Error, duckdb.Error) as trouble:
        complain(f"no backup: {trouble}")
        return Exit.FAILED
    print(made)
    return Exit.OK
