"""`ioc model sign`."""

from argparse import Namespace
from datetime import date
from pathlib import Path

from contracts.clock import utc_now
from contracts.configuration import SecretMissing, secret
from edge_agent.detector import ModelError
from ioc.exits import Exit, complain
from models.keys import BadKeyFile, read_private
from models.sign import sign


def run(options: Namespace) -> int:
    key, folder = Path(options.key), Path(options.folder)
    try:
        day = date.fromisoformat(options.released) if options.released else utc_now().date()
        passphrase = secret(options.passphrase_file, options.passphrase_env)
        vouched = sign(folder, read_private(key, passphrase), key.stem, day)
    except (BadKeyFile, SecretMissing, ModelError, OSError, ValueError) as trouble:
        complain(trouble)
        return Exit.FAILED
    manifest = vouched.manifest
    names = ", ".join(one.path for one in manifest.files)
    print(f"{folder}: {manifest.name} {manifest.version} ({names}) signed by {vouched.signer}")
    return Exit.OK
