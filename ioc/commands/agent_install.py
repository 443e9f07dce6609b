"""`ioc agent install`."""

from argparse import Namespace

from edge_agent.credentials import BadCredentials
from edge_agent.enrolment import NotEnrolled, install
from ioc.commands.agent_enrol import told
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        chain = options.chain.read_text(encoding="ascii")
        ca = options.ca.read_text(encoding="ascii")
        made = install(chain, options.device, ca, options.out)
    except (NotEnrolled, BadCredentials, OSError, ValueError) as trouble:
        complain(trouble)
        return Exit.FAILED
    return told(options, made)
