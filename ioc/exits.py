"""What `ioc` answers to the shell; `ioc --help` lists them."""

import sys
from enum import IntEnum


class Exit(IntEnum):
    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 69
    """A server that the command needs does not answer; these three are of sysexits.h."""
    PROTOCOL = 76
    """A server that answers, but not as it must: TLS, another product, too old."""
    NO_PERMISSION = 77
    """A server that refuses the credential, or what it asks for."""
    CONFIGURATION = 78
    """EX_CONFIG of sysexits.h: a service manager should not try again by itself."""
    INTERRUPTED = 130


def complain(problem: object) -> None:
    """One line on stderr, where scripts and people look for the reason."""
    print(f"ioc: {problem}", file=sys.stderr)
