"""`ioc ca init`."""

from argparse import Namespace

from contracts.clock import utc_now
from contracts.configuration import secret
from ioc.exits import Exit
from ioc.office import folder_of, guarded, office
from provisioning import audit, authority
from provisioning.certificates import fingerprint


@guarded
def run(options: Namespace) -> int:
    folder = folder_of(options)
    made = authority.create(
        folder,
        options.name,
        utc_now(),
        root_passphrase=secret(options.root_passphrase_file, options.root_passphrase_env),
        passphrase=secret(options.passphrase_file, options.passphrase_env),
    )
    shown = fingerprint(made.root)
    with office(options) as opened, opened.store.work() as connection:
        audit.note(connection, opened.occasion, "authority-made", "authority", {"root": shown})
    print(f"{folder / authority.ROOT_KEY}: take it to a medium in a safe; it signs nothing daily")
    print(f"{folder / authority.CA}: what boxes, broker and hub trust")
    print(f"fingerprint for `ioc agent enrol --ca-fingerprint`:\n{shown}")
    return Exit.OK
