"""A hub's backup and its way back: records, embedded series, settings with what they name.

An InfluxDB has its own `influx backup`; boxes have nothing to keep but what waits for the hub.
"""

import logging
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import URL

from contracts import safekeeping
from contracts.readiness import named_files
from hub.config import Console, HubConfig
from hub.server import records_url
from hub.timeseries.copying import ask
from hub.timeseries.duck import DuckStore

log = logging.getLogger(__name__)

KIND = "hub"
RECORDS, DUMP, SERIES, SETTINGS = "records.db", "records.dump", "series.duckdb", "settings"
PATIENCE_S = 1800.0
"""For the hub to copy its series: ten gigabytes from a slow disk."""


class Failed(Exception):
    """Why nothing was touched, or which program failed."""

    def __init__(self, *, why: str) -> None:
        self.why = why
        super().__init__(why)


def back_up(config: HubConfig, file: Path, out: Path, now: datetime) -> Path:
    """The folder that was made.  Raises OSError, Damaged, NoCopy, Failed, sqlite3.Error."""
    with safekeeping.filling(out, KIND, now) as folder:
        _keep_records(records_url(config), folder)
        if config.influx.api == "embedded":
            _keep_series(config.influx.path, folder / SERIES)
        _keep_settings(config, file, folder / SETTINGS)
    return safekeeping.place(out, now)


def restore(config: HubConfig, folder: Path, now: datetime, *, replace: bool) -> list[Path]:
    """Puts records and series back; what was there is set aside, and returned.

    Settings stay as they are: whoever restores decides about them.  Raises Failed before
    anything is touched, or what `pg_restore` said; Damaged; OSError.
    """
    safekeeping.check(folder, KIND)
    if _answers(config.console):
        raise Failed(why="the hub runs: systemctl stop ioc-hub, then again")
    targets = _targets(config, folder)
    if not replace and (there := [str(each) for each in targets.values() if each.exists()]):
        raise Failed(why=f"{', '.join(there)} is there: --replace sets it aside")
    url = records_url(config)
    if (folder / DUMP).exists() == (url.get_backend_name() == "sqlite"):
        raise Failed(why="the backup's records are of the other kind of database: records")
    aside = [moved for each in targets.values() for moved in _set_aside(each, now)]
    for source, target in targets.items():
        shutil.copy2(source, target)
    if (folder / DUMP).exists():
        clean = ["--clean", "--if-exists"] if replace else []
        options = ["--single-transaction", "--exit-on-error", "--no-owner", *clean]
        _postgres("pg_restore", url, [*options, str(folder / DUMP)])
    return aside


def _keep_records(url: URL, folder: Path) -> None:
    if url.get_backend_name() == "sqlite":
        source = Path(str(url.database))
        if source.exists():
            safekeeping.copy_sqlite(source, folder / RECORDS)
        return
    _postgres("pg_dump", url, ["--format=custom", f"--file={folder / DUMP}"])


def _keep_series(path: Path, target: Path) -> None:
    """By ourselves if no hub has the file open."""
    if not path.exists():
        return
    try:
        store = DuckStore(path)
    except duckdb.IOException:
        shutil.move(ask(path, PATIENCE_S), target)
    else:
        with closing(store):
            store.copy_to(target)
    with closing(duckdb.connect(str(target), read_only=True)) as copy:
        copy.execute("SHOW TABLES").fetchall()


def _keep_settings(config: HubConfig, file: Path, folder: Path) -> None:
    """Under the names that they have beside the configuration; those elsewhere are named."""
    home = file.absolute().parent
    for each in sorted({file.absolute(), *(one.absolute() for one in named_files(config))}):
        if not each.is_relative_to(home):
            log.warning("not in the backup, for it lies outside %s: %s", home, each)
            continue
        target = folder / each.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(each, target)


def _targets(config: HubConfig, folder: Path) -> dict[Path, Path]:
    """Which file of the backup goes where."""
    wanted = {folder / RECORDS: config.records.path}
    if config.influx.api == "embedded":
        wanted[folder / SERIES] = config.influx.path
    return {source: target for source, target in wanted.items() if source.exists()}


def _set_aside(path: Path, now: datetime) -> list[Path]:
    """The file and its logs, under names that say when."""
    moved = []
    for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".wal"))):
        if each.exists():
            target = each.with_name(f"{each.name}.before-{now.strftime(safekeeping.STAMP)}")
            each.rename(target)
            moved.append(target)
    return moved


def _postgres(program: str, url: URL, arguments: Sequence[str]) -> None:
    """Its own password on no command line."""
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    place = url.set(drivername="postgresql", password=None).render_as_string()
    try:
        done = subprocess.run(
            [program, f"--dbname={place}", *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise Failed(why=f"{program} is missing: sudo apt-get install postgresql-client") from None
    if done.returncode != 0:
        raise Failed(why=f"{program}: {done.stderr.strip()}")


def _answers(console: Console) -> bool:
    try:
        with socket.create_connection((console.reached_at, console.port), timeout=2):
            return True
    except OSError:
        return False
