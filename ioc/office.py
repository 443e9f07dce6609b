"""The authority and the registry, opened for one command; their errors in a line on stderr."""

import functools
import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from contracts.clock import utc_now
from contracts.configuration import SecretMissing, secret
from ioc.exits import Exit, complain
from provisioning.authority import ROOT, Authority, open_authority, read_certificate
from provisioning.errors import ProvisioningError
from provisioning.records import Occasion, Store

VARIABLE, DEFAULT = "IOC_AUTHORITY", "/var/lib/ioc-ca"
Run = Callable[[Namespace], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    folder: Path
    store: Store
    occasion: Occasion


def folder_of(options: Namespace) -> Path:
    return Path(options.authority or os.environ.get(VARIABLE) or DEFAULT)


@contextmanager
def office(options: Namespace) -> Iterator[Office]:
    """The registry, without the authority's key.  Raises NoAuthority."""
    folder = folder_of(options)
    read_certificate(folder / ROOT)
    store = Store(folder)
    try:
        occasion = Occasion(at=utc_now(), actor=f"user:{getpass.getuser()}")
        yield Office(folder=folder, store=store, occasion=occasion)
    finally:
        store.close()


def unlocked(options: Namespace) -> Authority:
    """The authority with its issuing key; raises ProvisioningError, SecretMissing."""
    passphrase = secret(options.passphrase_file, options.passphrase_env)
    return open_authority(folder_of(options), passphrase)


def guarded(run: Run) -> Run:
    """What a person can mend is one line on stderr and exit code 1."""

    @functools.wraps(run)
    def wrapped(options: Namespace) -> int:
        try:
            return run(options)
        except (ProvisioningError, SecretMissing, SQLAlchemyError, OSError, ValueError) as trouble:
            complain(trouble)
            return Exit.FAILED

    return wrapped


def tell(line: str) -> None:
    """To a person, where stdout carries what is piped on."""
    print(line, file=sys.stderr)
