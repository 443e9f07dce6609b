"""`ioc enrol serve`."""

import signal
from argparse import Namespace

import uvicorn

from contracts.configuration import Broker
from ioc.exits import Exit, complain
from ioc.office import folder_of, guarded, office, unlocked
from provisioning.authority import CA, Authority
from provisioning.issuer import Issuer
from provisioning.records import Store
from provisioning.service import enrolment_app


@guarded
def run(options: Namespace) -> int:
    if bool(options.broker) != bool(options.issuer):
        complain("give --broker and --issuer together, or neither")
        return Exit.USAGE
    authority = unlocked(options)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again at its end
    with office(options) as opened:
        issuer = _issuer(options, opened.store, authority) if options.broker else None
        if issuer is not None:
            issuer.start()
        try:
            uvicorn.run(
                enrolment_app(opened.store, authority), host=options.listen, port=options.port,
                ssl_certfile=options.cert, ssl_keyfile=options.key, log_config=None,
                server_header=False, timeout_keep_alive=5, limit_concurrency=100,
            )  # fmt: skip
        except KeyboardInterrupt:
            return Exit.OK
        finally:
            if issuer is not None:
                issuer.stop()
    return Exit.OK


def _issuer(options: Namespace, store: Store, authority: Authority) -> Issuer:
    broker = Broker(
        url=options.broker, ca_file=folder_of(options) / CA, cert_file=options.issuer,
        key_file=options.issuer,
    )  # fmt: skip
    return Issuer(store, authority, broker)
