"""`ioc provision broker`."""

from argparse import Namespace

from ioc.commands.ca_crl import report
from ioc.exits import Exit
from ioc.office import guarded, office, unlocked
from provisioning import brokers
from provisioning.mosquitto import CONF, Broker


@guarded
def run(options: Namespace) -> int:
    broker = Broker(
        folder=options.out.resolve(), hosts=tuple(options.host), port=options.port,
        pid_file=options.pid_file,
    )  # fmt: skip
    authority = unlocked(options)
    with office(options) as opened, opened.store.work() as connection:
        told = brokers.provision(
            connection, authority, opened.occasion, broker, data=options.data, log=options.log
        )
    print(f"{broker.folder / CONF}: written; the broker is started with it, by mosquitto -c")
    if broker.pid_file is not None and broker.pid_file.exists():
        return report([told])
    return Exit.OK
