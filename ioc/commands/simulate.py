"""`ioc simulate`."""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from contracts.clock import utc_now
from contracts.configuration import ConfigError
from hub.cases import lifecycle
from hub.catalogue import loader
from hub.config import HubConfig, load
from hub.provenance import NotAdmitted
from ioc.exits import Exit, complain
from ioc.simulate import files, tokens, units
from ioc.simulate import run as running
from ioc.simulate.admitting import Desk
from ioc.simulate.calendar import DAY, moment
from ioc.simulate.district import District, computed
from ioc.simulate.posting import Away, NotTaken, Post
from ioc.simulate.world import World

MOST_SCALE = 2.0


class Wrong(ValueError):
    """Options that do not go together; says what to write."""


def run(options: Namespace) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    say = partial(print, file=sys.stderr, flush=True)
    try:
        return _run(options, say)
    except Wrong as wrong:
        complain(wrong)
        return Exit.USAGE
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except (NotTaken, NotAdmitted) as refused:
        complain(f"{refused}; are its units in subsystems.catalogue_folder? they are written by "
                 f"`ioc simulate --units FOLDER --scale {options.scale:g}`")  # fmt: skip
        return Exit.FAILED
    except (Away, OSError, SQLAlchemyError) as trouble:
        complain(trouble)
        return Exit.FAILED


def _run(options: Namespace, say: running.Say) -> int:
    _check(options)
    if options.units:
        print(units.write(Path(options.units), options.scale))
        return Exit.OK
    district = _district(options)
    until = _until(options)
    since = moment((until - DAY * options.days).date(), 0).astimezone(UTC)
    if options.out:
        told = files.write(Path(options.out), district.told(since, until), lifecycle.load())
        units.write(Path(options.out) / "danh-muc", options.scale)
        for path, rows in told.items():
            print(f"{rows:8} {path}")
        return Exit.OK
    with _taker(options) as taker:
        handed = running.fill(district, since, until, taker, say)
        made = handed.admitted
        say(f"{handed.words:,} tin mô phỏng: {made.stored:,} mới, {made.corrected:,} đính chính, "
            f"{made.repeated:,} đã có")  # fmt: skip
        if isinstance(taker, Desk):
            marks = taker.compute()
            taker.reckon()
            marks += taker.compute()
            say(f"{marks:,} thay đổi đã tính thành chỉ số")
        if options.live:
            say("tiếp tục theo giờ thật, Ctrl-C để dừng · goes on live, Ctrl-C ends it")
            running.live(district, until, taker)
    return Exit.OK


def _check(options: Namespace) -> None:
    if options.days < 1:
        raise Wrong("--days: at least 1")
    if not 0 < options.scale <= MOST_SCALE:
        raise Wrong(f"--scale {options.scale:g}: over 0, at most {MOST_SCALE:g}; 1 is a district")
    if options.live and (options.out or options.until):
        raise Wrong("--live goes on from now: not with --out or --until")
    if options.hub and not (options.token_file or options.config):
        raise Wrong("--hub: give --token-file (see `ioc token add --demo`), or --config")
    if not (options.hub or options.config or options.out or options.units):
        raise Wrong("say where to: --hub URL, --config FILE, --out FOLDER or --units FOLDER")


def _district(options: Namespace) -> District:
    without = computed(loader.load()) if options.without_computed else frozenset()
    return District(World(seed=options.seed, scale=options.scale), without)


def _until(options: Namespace) -> datetime:
    """Now, or the end of a day that is over."""
    if options.until is None:
        return utc_now()
    try:
        day = date.fromisoformat(options.until)
    except ValueError:
        raise Wrong(f"--until {options.until}: write YYYY-MM-DD") from None
    end = moment(day + DAY, 0).astimezone(UTC)
    if end > utc_now() + timedelta(minutes=1):
        raise Wrong(f"--until {options.until}: that day is not over; leave it out for now")
    return end


@contextmanager
def _taker(options: Namespace) -> Iterator[Post | Desk]:
    """The hub over HTTP, or its records."""
    config = load(Path(options.config)) if options.config else None
    if options.hub is None:
        assert config is not None
        _provide_units(config, options)
        with Desk(config) as desk:
            yield desk
    elif options.token_file:
        with Post(options.hub, Path(options.token_file).read_text("utf-8").strip()) as post:
            yield post
    else:
        assert config is not None
        with tokens.own_token(config) as secret, Post(options.hub, secret) as post:
            yield post


def _provide_units(config: HubConfig, options: Namespace) -> None:
    folder = config.subsystems.catalogue_folder
    if folder is None:
        raise Wrong(f"{options.config}: set subsystems.catalogue_folder, where {units.FILE} goes")
    if not (folder / units.FILE).exists():
        print(units.write(folder, options.scale), file=sys.stderr)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
