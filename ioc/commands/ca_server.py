"""`ioc ca server`."""

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
    hosts = (options.host, *options.san)
    leaf = Leaf(
        name=options.host, public_key=key.public_key(), life=certificates.SERVICE_LIFE,
        server=True, hosts=hosts,
    )  # fmt: skip
    with office(options) as opened, opened.store.work() as connection:
        made = authority.issue(connection, opened.occasion, leaf, "certificate-server")
    options.out.mkdir(parents=True, exist_ok=True)
    files.replace(options.out / "server.key", keys.pem(key), files.PRIVATE)
    files.replace(options.out / "server.crt", authority.chain(made).encode())
    until = made.not_valid_after_utc
    print(f"{options.out / 'server.crt'}: {', '.join(hosts)}; until {until:%Y-%m-%d}")
    return Exit.OK
