"""`ioc hub restore`."""

from argparse import Namespace
from pathlib import Path

from contracts.clock import utc_now
from contracts.configuration import ConfigError, SecretMissing
from contracts.safekeeping import Damaged
from hub import backup
from hub.config import load
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        config = load(Path(options.config))
        aside = backup.restore(config, options.backup, utc_now(), replace=options.replace)
    except (ConfigError, SecretMissing) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except (OSError, Damaged, backup.Failed) as trouble:
        complain(f"not restored: {trouble}")
        return Exit.FAILED
    for each in aside:
        print(f"set aside: {each}")
    print("restored; start the hub")
    return Exit.OK
