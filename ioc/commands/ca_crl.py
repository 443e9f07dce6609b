"""`ioc ca crl`."""

from argparse import Namespace

from ioc.exits import Exit, complain
from ioc.office import guarded, office, unlocked
from provisioning import brokers


@guarded
def run(options: Namespace) -> int:
    authority = unlocked(options)
    with office(options) as opened, opened.store.work() as connection:
        told = brokers.publish(connection, authority, opened.occasion)
    return report(told)


def report(told: list[brokers.Told]) -> int:
    """A line for each broker; FAILED if one was not made to read its lists."""
    if not told:
        complain("no broker is known; make one with `ioc provision broker`")
    for each in told:
        if each.trouble:
            complain(f"{each.broker.folder}: written, but not read ({each.trouble}): reload it")
        else:
            print(f"{each.broker.folder}: written, and the broker reads it")
    return Exit.FAILED if not told or any(each.trouble for each in told) else Exit.OK
