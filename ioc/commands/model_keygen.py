"""`ioc model keygen`."""

from argparse import Namespace
from pathlib import Path

from contracts.configuration import SecretMissing, secret
from ioc.exits import Exit, complain
from models.keys import BadKeyFile, make_pair


def run(options: Namespace) -> int:
    private = Path(options.out)
    try:
        public = make_pair(private, secret(options.passphrase_file, options.passphrase_env))
    except (BadKeyFile, SecretMissing) as trouble:
        complain(trouble)
        return Exit.FAILED
    print(f"{private}: the private key; keep it off the network and out of every repository")
    print(f"{private.with_suffix('.pub')}: {public}; name it in detector.trusted_keys of the boxes")
    return Exit.OK
