"""`ioc update sign`."""

from argparse import Namespace
from datetime import timedelta
from pathlib import Path

from contracts import files
from contracts.clock import utc_now
from contracts.configuration import SecretMissing, secret
from contracts.update import Ring, What
from edge_agent.detector import ModelError
from edge_agent.updates.errors import UpdateTrouble
from ioc.exits import Exit, complain
from ioc.update_offer import ENDING
from ioc.update_signing import Wish, manifest_of, sign
from models.keys import BadKeyFile, read_private


def run(options: Namespace) -> int:
    file, key = Path(options.file), Path(options.key)
    out = Path(options.out) if options.out else file.with_name(file.name + ENDING)
    wish = Wish(
        what=What(options.what), name=options.name or file.stem.lower().replace("_", "-"),
        version=options.version, floor=options.floor, ring=Ring(options.ring),
        life=timedelta(days=options.days), tolerance=options.tolerance,
    )  # fmt: skip
    try:
        passphrase = secret(options.passphrase_file, options.passphrase_env)
        private = read_private(key, passphrase)
        manifest = manifest_of(file, wish, utc_now())
        offer = sign(manifest, private, key.stem)
        files.replace(out, offer.model_dump_json(indent=2).encode() + b"\n")
    except (BadKeyFile, SecretMissing, ModelError, UpdateTrouble, OSError) as trouble:
        complain(trouble)
        return Exit.FAILED
    print(f"{out}: {manifest}, {manifest.bytes:,} bytes, to be taken until {manifest.not_after:%F}")
    for label, score in manifest.scores.items():
        print(f"  scores {score:.3f} for {label} on the reference picture, ± {manifest.tolerance}")
    if manifest.floor == manifest.version:
        print(f"  floor {manifest.floor} is its own version: boxes that prove it cannot go back")
    return Exit.OK
