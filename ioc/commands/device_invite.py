"""`ioc device invite`."""

from argparse import Namespace
from datetime import timedelta

from ioc.exits import Exit
from ioc.office import guarded, office, tell
from provisioning import enrolment


@guarded
def run(options: Namespace) -> int:
    with office(options) as opened, opened.store.work() as connection:
        token = enrolment.invite(connection, opened.occasion, options.name, life(options))
    tell(f"{options.name} is invited; this token is shown once and is a secret:")
    print(token)
    return Exit.OK


def life(options: Namespace) -> timedelta:
    """Of a token, as the command line says."""
    return enrolment.TOKEN_LIFE if options.hours is None else timedelta(hours=options.hours)
