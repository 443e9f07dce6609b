"""`ioc agent csr`."""

import sys
from argparse import Namespace

from edge_agent.credentials import BadCredentials, Wallet, signing_request
from edge_agent.enrolment import PEM_FILE
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    wallet = Wallet(path=options.out / PEM_FILE)
    try:
        text = signing_request(wallet.pending_key(), options.device)
        path = options.out / f"{options.device}.csr"
        path.write_text(text, encoding="ascii")
    except (BadCredentials, OSError, ValueError) as trouble:
        complain(trouble)
        return Exit.FAILED
    if options.qr:
        import segno  # noqa: PLC0415  (a box needs it for this alone)

        segno.make(text, error="l").terminal(sys.stdout, compact=True)
    print(
        f"{path}: at the centre: ioc device sign {options.device} FILE --out {options.device}.crt"
    )
    return Exit.OK
