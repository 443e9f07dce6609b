"""`ioc agent enrol`."""

from argparse import Namespace

from contracts.configuration import SecretMissing, secret
from edge_agent.credentials import BadCredentials, Credentials
from edge_agent.enrolment import PEM_FILE, NotEnrolled, enrol
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        token = secret(options.token_file, None) or ""
        made = enrol(options.hub, options.device, token, options.ca_fingerprint, options.out)
    except (SecretMissing, NotEnrolled, BadCredentials, OSError, ValueError) as trouble:
        complain(trouble)
        return Exit.FAILED
    return told(options, made)


def told(options: Namespace, made: Credentials) -> int:
    """What to write into the configuration."""
    pem = options.out.resolve() / PEM_FILE
    print(f"{options.device} is enrolled until {made.leaf.not_valid_after_utc:%Y-%m-%d}")
    print(f'[broker]\nca_file = "{pem.parent / "ca.crt"}"')
    print(f'cert_file = "{pem}"\nkey_file = "{pem}"')
    return Exit.OK
