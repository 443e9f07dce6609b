"""`ioc ca restore`."""

from argparse import Namespace

from contracts.safekeeping import Damaged
from ioc.exits import Exit, complain
from ioc.office import folder_of, guarded
from provisioning import backup


@guarded
def run(options: Namespace) -> int:
    try:
        backup.restore(options.backup, folder_of(options))
    except Damaged as trouble:
        complain(f"not restored: {trouble}")
        return Exit.FAILED
    print(f"restored to {folder_of(options)}")
    return Exit.OK
