"""`ioc phone run`."""

from argparse import Namespace
from pathlib import Path

from ioc import phone
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    secret, journal = Path(options.secret_file), options.journal
    try:
        phone.run(
            secret_file=secret,
            port=options.port,
            console=options.console,
            journal=Path(journal) if journal else None,
        )
    except OSError as trouble:
        complain(f"the phone cannot start: {trouble}")
        return Exit.FAILED
    return Exit.OK
