"""`ioc ca audit`."""

from argparse import Namespace

from ioc.exits import Exit, complain
from ioc.office import guarded, office
from provisioning import audit


@guarded
def run(options: Namespace) -> int:
    with office(options) as opened, opened.store.read() as connection:
        for entry in audit.entries(connection, options.subject):
            said = " ".join(f"{key}={value}" for key, value in entry.detail.items())
            print(f"{entry.at} {entry.actor} {entry.action} {entry.subject} {said}")
        broken, newest = audit.first_broken(connection), audit.newest_hash(connection)
    if broken is not None:
        complain(f"the audit was tampered with at or before entry {broken}")
        return Exit.FAILED
    print(f"newest hash {newest}: keep it elsewhere now and then")
    return Exit.OK
