"""`ioc device bundle`."""

from argparse import Namespace

from contracts import files
from contracts.configuration import secret
from ioc.exits import Exit, complain
from ioc.office import guarded, office, unlocked
from provisioning import bundle


@guarded
def run(options: Namespace) -> int:
    passphrase = secret(options.bundle_passphrase_file, options.bundle_passphrase_env)
    if passphrase is None:
        complain("a bundle is encrypted: give --bundle-passphrase-file or --bundle-passphrase-env")
        return Exit.USAGE
    authority = unlocked(options)
    with office(options) as opened, opened.store.work() as connection:
        made = bundle.make(connection, authority, opened.occasion, options.name, passphrase)
    files.replace(options.out, made, files.PRIVATE)
    print(f"{options.out}: send the passphrase another way; on the box: ioc agent install-bundle")
    return Exit.OK
