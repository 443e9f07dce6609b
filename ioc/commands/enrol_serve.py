"""`ioc enrol serve`."""

import signal
from argparse import Namespace

import uvicorn

from contracts import supervisor
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
            desk = _Desk(_settings(options, opened.store, authority), issuer)
            desk.run()
        except KeyboardInterrupt:
            return Exit.OK
        finally:
            supervisor.tell(supervisor.ENDING)
            if issuer is not None:
                issuer.stop()
    return Exit.OK if desk.started else Exit.FAILED


class _Desk(uvicorn.Server):
    """Tells its supervisor that it is ready, and then that it and the issuer live."""

    def __init__(self, config: uvicorn.Config, issuer: Issuer | None) -> None:
        super().__init__(config)
        self._issuer = issuer
        self._pulse: supervisor.Pulse | None = None

    async def on_tick(self, counter: int) -> bool:
        if self._pulse is None:
            supervisor.tell(supervisor.READY)
            self._pulse = supervisor.Pulse()
        if self._issuer is None or self._issuer.alive:
            self._pulse.beat()
        return await super().on_tick(counter)


def _settings(options: Namespace, store: Store, authority: Authority) -> uvicorn.Config:
    return uvicorn.Config(
        enrolment_app(store, authority), host=options.listen, port=options.port,
        ssl_certfile=options.cert, ssl_keyfile=options.key, log_config=None,
        server_header=False, timeout_keep_alive=5, limit_concurrency=100,
    )  # fmt: skip


def _issuer(options: Namespace, store: Store, authority: Authority) -> Issuer:
    broker = Broker(
        url=options.broker, ca_file=folder_of(options) / CA, cert_file=options.issuer,
        key_file=options.issuer,
    )  # fmt: skip
    return Issuer(store, authority, broker)
