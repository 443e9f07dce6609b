"""`ioc update halt` and `ioc update roll-back`."""

from argparse import Namespace

from hub.config import HubConfig
from hub.database import Database
from ioc.commands.rollouts import engine, note, with_records, word
from ioc.exits import Exit


def run(options: Namespace) -> int:
    return with_records(options.config, lambda config, database: _end(config, database, options))


def _end(config: HubConfig, database: Database, options: Namespace) -> int:
    said, rollouts = word(options.why), engine(config)
    with database.work() as work:
        if options.deed == "halt":
            rollouts.halt(work, options.number, said)
            done = "đã dừng; các trạm giữ bản đang chạy"
        else:
            rollouts.roll_back(work, options.number, said)
            done = "đang hoàn tác; các trạm quay lại bản trước"
        note(work, said, f"rollout-{options.deed}", options.number)
    print(f"đợt cập nhật {options.number}: {done}")
    return Exit.OK
