"""`ioc ca service`."""

from argparse import Namespace

from contracts import files
from ioc.exits import Exit
from ioc.office import guarded, office, unlocked
from provisioning import certificates, keys
from provisioning.certificates import Leaf


@guarded
def run(options: Namespace) -> int:
    authority = unlocked(options)
    key = keys.new_key()
    leaf = Leaf(name=options.name, public_key=key.public_key(), life=certificates.SERVICE_LIFE)
    with office(options) as opened, opened.store.work() as connection:
        made = authority.issue(connection, opened.occasion, leaf, "certificate-service")
    text = keys.pem(key) + authority.chain(made).encode()
    files.replace(options.out, text, files.PRIVATE)
    until = made.not_valid_after_utc
    print(f"{options.out}: name it in broker.cert_file and key_file; until {until:%Y-%m-%d}")
    return Exit.OK
