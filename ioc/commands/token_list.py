"""`ioc token list`."""

from argparse import Namespace
from datetime import datetime

from contracts.clock import utc_now
from hub import tokens
from hub.config import HubConfig
from hub.database import Database
from hub.tokens import Token
from hub.wording import LOCAL
from ioc.exits import Exit
from ioc.records import with_records


def run(options: Namespace) -> int:
    return with_records(options.config, _list)


def _list(_config: HubConfig, database: Database) -> int:
    with database.work() as work:
        known = tokens.known(work)
    now = utc_now()
    for token in known:
        print(line(token, now))
    if not known:
        print("chưa có mã truy cập nào; `ioc token add` tạo một mã")
    return Exit.OK


def line(token: Token, now: datetime) -> str:
    """Name, state, until when, what it may, when it was last used."""
    state = "còn hiệu lực" if token.valid_at(now) else "hết hạn"
    if token.revoked_at is not None:
        state = f"thu hồi {_day(token.revoked_at)}"
    rights = token.rights
    may = ",".join(sorted(kind.value for kind in rights.kinds))
    where = [*sorted(rights.subsystems), *sorted(rights.units)] or ["mọi phân hệ, mọi đơn vị"]
    demo = " · mô phỏng" if rights.demo else ""
    used = _day(token.last_used_at) if token.last_used_at else "chưa dùng"
    return (f"{token.name:24} {state:16} đến {_day(token.expires_at)}  {may} · "
            f"{', '.join(where)}{demo} · dùng lần cuối: {used}")  # fmt: skip


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%d/%m/%Y}"
