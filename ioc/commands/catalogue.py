"""What the `ioc catalogue` commands share."""

from pathlib import Path

from hub.catalogue.loader import CatalogueError, load
from hub.catalogue.records import Catalogue
from ioc.exits import complain


def opened(folder: str | None) -> Catalogue | None:
    """The shipped catalogue with the files of `folder`; None after it said what is wrong."""
    try:
        return load(*([Path(folder)] if folder else []))
    except CatalogueError as wrong:
        for fault in wrong.faults:
            complain(fault)
        return None
