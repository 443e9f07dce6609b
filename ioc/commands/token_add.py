"""`ioc token add`."""

import os
import sys
from argparse import Namespace
from datetime import date, timedelta
from pathlib import Path

from contracts.topics import Kind
from hub import tokens
from hub.catalogue.records import Catalogue
from hub.config import HubConfig
from hub.knowledge import learn
from hub.server import open_database
from hub.tokens import KINDS, NameTaken, Rights
from ioc.commands.token import by_person
from ioc.exits import Exit, complain
from ioc.records import with_config


class Wrong(ValueError):
    """An option that names nothing; says what there is."""


def run(options: Namespace) -> int:
    return with_config(options.config, lambda config: _add(config, options))


def _add(config: HubConfig, options: Namespace) -> int:
    try:
        rights = rights_of(options, learn(config.subsystems, config.probe).catalogue)
        out = _new_file(options.out) if options.out else None
    except (Wrong, OSError) as wrong:
        complain(wrong)
        return Exit.USAGE
    database = open_database(config)
    try:
        with database.work() as work:
            valid = timedelta(days=options.days)
            secret = tokens.create(work, options.name, rights, valid=valid, provenance=by_person())
    except NameTaken as taken:
        if out is not None:
            out.unlink()
        complain(taken)
        return Exit.FAILED
    finally:
        database.close()
    if out is None:
        print(secret)
        print("shown this once: keep it where its user alone can read it", file=sys.stderr)
    else:
        out.write_text(secret + "\n", encoding="utf-8")
        print(f"{options.name}: {out}")
    return Exit.OK


def rights_of(options: Namespace, catalogue: Catalogue) -> Rights:
    """Raises Wrong."""
    if options.days < 1:
        raise Wrong("--days: at least 1")
    names = [each.strip() for each in options.may.split(",") if each.strip()]
    known = {kind.value for kind in KINDS}
    if not names or not set(names) <= known:
        raise Wrong(f"--may {options.may}: write one or more of {','.join(sorted(known))}")
    for each in options.subsystem:
        if each not in catalogue.subsystems:
            raise Wrong(f"--subsystem {each}: there are {', '.join(catalogue.subsystems)}")
    today = date.today()  # noqa: DTZ011  (units change at midnight, some hours do not matter)
    for each in options.unit:
        if catalogue.unit(each, today) is None:
            raise Wrong(f"--unit {each}: the catalogue has no such unit today")
    return Rights(
        kinds=frozenset(Kind(each) for each in names),
        subsystems=frozenset(options.subsystem),
        units=frozenset(options.unit),
        demo=options.demo,
    )


def _new_file(path: str) -> Path:
    """Empty, readable by its owner alone; raises FileExistsError rather than overwrite."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return Path(path)
