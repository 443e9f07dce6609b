"""`ioc report make`."""

from argparse import Namespace
from datetime import date, datetime
from pathlib import Path

from contracts.clock import utc_now
from contracts.configuration import ConfigError, SecretMissing
from hub.catalogue.periods import Span, containing
from hub.config import load
from hub.knowledge import learn
from hub.reporting.archive import Archive
from hub.reporting.formats import FORMATS
from hub.server import open_database
from hub.wording import LOCAL
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    out = Path(options.out)
    kind = FORMATS.get(out.suffix.removeprefix(".").lower())
    if kind is None:
        endings = ", ".join(f".{ending}" for ending in FORMATS)
        complain(f"--out {out}: the file's ending says what is written: one of {endings}")
        return Exit.USAGE
    try:
        day = date.fromisoformat(options.at) if options.at else None
    except ValueError:
        complain(f"--at {options.at!r} is no date; write it as 2026-04-01")
        return Exit.USAGE
    try:
        config = load(Path(options.config))
        database, knowledge = open_database(config), learn(config.subsystems, config.probe)
    except (ConfigError, SecretMissing) as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    now = utc_now()
    period = containing(Span(options.period), _moment(day) if day else now)
    if day is None:
        period = period.previous()
    report = Archive(config, database, knowledge).compose(period, now)
    database.close()
    try:
        out.write_bytes(kind.write(report))
    except OSError as trouble:
        complain(f"{out}: {trouble.strerror}")
        return Exit.FAILED
    print(f"{out}: {report.title_vi}. {report.headline_vi}")
    return Exit.OK


def _moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), LOCAL)
