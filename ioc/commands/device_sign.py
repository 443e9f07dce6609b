"""`ioc device sign`."""

from argparse import Namespace

from contracts import files
from ioc.exits import Exit
from ioc.office import guarded, office, unlocked
from provisioning import certificates, enrolment


@guarded
def run(options: Namespace) -> int:
    authority = unlocked(options)
    key = certificates.read_csr(options.csr.read_text(encoding="ascii"), options.name)
    with office(options) as opened, opened.store.work() as connection:
        made = enrolment.sign(
            connection, authority, opened.occasion, options.name, key, "certificate-signed"
        )
    files.replace(options.out, authority.chain(made).encode())
    until = made.not_valid_after_utc
    print(f"{options.out}: bring it to the box with ca.crt; until {until:%Y-%m-%d}")
    return Exit.OK
