"""The authority's folder in safe-keeping: keys, certificates and the registry of the boxes."""

import shutil
from datetime import datetime
from pathlib import Path

from contracts import safekeeping
from provisioning.authority import ROOT, read_certificate
from provisioning.errors import NoAuthority
from provisioning.records import FILE

KIND = "authority"


def back_up(folder: Path, out: Path, now: datetime) -> Path:
    """The folder that was made.  Raises NoAuthority, Damaged, OSError, sqlite3.Error."""
    read_certificate(folder / ROOT)
    with safekeeping.filling(out, KIND, now) as fresh:
        safekeeping.copy_sqlite(folder / FILE, fresh / FILE)
        for each in sorted(folder.iterdir()):
            if each.is_file() and not each.name.startswith((".", FILE)):
                shutil.copy2(each, fresh / each.name)
    return safekeeping.place(out, now)


def restore(backup: Path, folder: Path) -> None:
    """Into a folder that is empty or not there.  Raises NoAuthority, Damaged, OSError."""
    safekeeping.check(backup, KIND)
    if folder.exists() and any(folder.iterdir()):
        raise NoAuthority(
            path=folder, reason="there is one", remedy="move it away first, whatever it is"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for each in sorted(backup.iterdir()):
        if each.name != safekeeping.MANIFEST:
            shutil.copy2(each, folder / each.name)
