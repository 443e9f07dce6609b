"""`ioc contracts export`."""

from argparse import Namespace
from pathlib import Path

from contracts.export import write
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    try:
        for path in write(Path(options.folder)):
            print(path)
    except OSError as trouble:
        complain(f"cannot write to {options.folder}: {trouble.strerror}")
        return Exit.FAILED
    return Exit.OK
