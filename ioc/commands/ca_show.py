"""`ioc ca show`."""

from argparse import Namespace

from ioc.exits import Exit
from ioc.office import folder_of, guarded, office
from provisioning import authority, brokers
from provisioning.certificates import fingerprint


@guarded
def run(options: Namespace) -> int:
    folder = folder_of(options)
    root = authority.read_certificate(folder / authority.ROOT)
    issuing = authority.read_certificate(folder / authority.ISSUING)
    print(f"root     {fingerprint(root)}  until {root.not_valid_after_utc:%Y-%m-%d}")
    print(f"issuing  {fingerprint(issuing)}  until {issuing.not_valid_after_utc:%Y-%m-%d}")
    if (folder / authority.ROOT_KEY).exists():
        print(f"{folder / authority.ROOT_KEY} is still here: take it to a medium in a safe")
    with office(options) as opened, opened.store.read() as connection:
        for broker in brokers.known(connection):
            print(f"broker   {broker.folder}  {', '.join(broker.hosts)}")
    return Exit.OK
