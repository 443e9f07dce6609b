"""`ioc agent update`: an update by hand, from a file that a person brought along."""

import shutil
from argparse import Namespace
from pathlib import Path

from contracts.configuration import ConfigError
from edge_agent.config import load
from edge_agent.detector import ModelError
from edge_agent.updates.box import Updates
from edge_agent.updates.errors import UpdateTrouble
from ioc.exits import Exit, complain
from ioc.update_offer import BadOffer, payload, read_offer


def run(options: Namespace) -> int:
    config, offered = Path(options.config), Path(options.offer)
    file = Path(options.file) if options.file else payload(offered)
    try:
        base = load(config)
        if not base.update.trusted_keys:
            complain(f"{config}: update.trusted_keys: name the key that signs updates")
            return Exit.CONFIGURATION
        updates = Updates(path=config, base=base)
        offer = read_offer(offered)
        manifest = updates.admit(offer)
        shutil.copyfile(file, updates.store.part_of(manifest))
        updates.store.take_in(manifest)
        updates.adopt(offer, manifest)
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except (BadOffer, UpdateTrouble, ModelError, OSError) as trouble:
        complain(trouble)
        return Exit.FAILED
    print(f"{manifest}: passed its self-test; a running agent starts with it within seconds")
    return Exit.OK
