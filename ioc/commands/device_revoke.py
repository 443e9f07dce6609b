"""`ioc device revoke`."""

from argparse import Namespace

from ioc.commands.ca_crl import report
from ioc.exits import Exit, complain
from ioc.office import guarded, office, unlocked
from provisioning import brokers, revocation


@guarded
def run(options: Namespace) -> int:
    authority = unlocked(options)
    with office(options) as opened:
        with opened.store.work() as connection:
            serials = revocation.revoke(connection, opened.occasion, options.name, options.reason)
        with opened.store.work() as connection:
            told = brokers.publish(connection, authority, opened.occasion)
    print(f"{options.name}: revoked, {len(serials)} certificates called back")
    code = report(told)
    if options.pid_file and (trouble := brokers.reload(options.pid_file)):
        complain(trouble)
        return Exit.FAILED
    return code
