"""`ioc update roll-out`."""

from argparse import Namespace

from hub.config import HubConfig
from hub.database import Database
from hub.rollouts import store
from ioc.commands.rollouts import engine, note, with_records, word
from ioc.exits import Exit, complain
from ioc.update_offer import BadOffer, payload, read_offer


def run(options: Namespace) -> int:
    return with_records(options.config, lambda config, database: _begin(config, database, options))


def _begin(config: HubConfig, database: Database, options: Namespace) -> int:
    try:
        offer = read_offer(options.offer)
    except BadOffer as wrong:
        complain(wrong)
        return Exit.FAILED
    manifest = store.read(offer)
    store.keep(config.updates_folder, manifest, options.file or payload(options.offer))
    said = word()
    with database.work() as work:
        number = engine(config).start(work, offer, options.ring, said)
        note(work, said, "rollout-started", number)
    print(f"đợt cập nhật {number}: {manifest}; hub đang chạy sẽ gửi cho vòng đầu tiên")
    return Exit.OK
