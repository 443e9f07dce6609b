"""`ioc agent renew`."""

import asyncio
from argparse import Namespace
from pathlib import Path

import aiomqtt

from contracts.clock import utc_now
from contracts.configuration import ConfigError
from edge_agent.config import load
from edge_agent.credentials import BadCredentials
from edge_agent.renewal import NotRenewed, managed, renew_if_due
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        config = load(Path(options.config))
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    if (wallet := managed(config.broker)) is None:
        complain("broker.cert_file and key_file must name one file, and ca_file be given: enrol")
        return Exit.CONFIGURATION
    try:
        asyncio.run(renew_if_due(
            config.device.name, config.broker, wallet, utc_now(), anyway=True
        ))  # fmt: skip
    except (NotRenewed, BadCredentials, aiomqtt.MqttError, OSError, ValueError) as trouble:
        complain(f"not renewed, the old certificate stays in use: {trouble}")
        return Exit.FAILED
    print(f"renewed until {wallet.read().leaf.not_valid_after_utc:%Y-%m-%d}")
    return Exit.OK
