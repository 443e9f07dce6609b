"""`ioc agent install-bundle`."""

from argparse import Namespace

from contracts.configuration import SecretMissing, secret
from edge_agent.credentials import BadCredentials
from edge_agent.enrolment import NotEnrolled, install_bundle
from ioc.commands.agent_enrol import told
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        passphrase = secret(options.passphrase_file, options.passphrase_env) or ""
        made = install_bundle(options.bundle.read_bytes(), passphrase, options.device, options.out)
    except (SecretMissing, NotEnrolled, BadCredentials, OSError, ValueError) as trouble:
        complain(trouble)
        return Exit.FAILED
    return told(options, made)
