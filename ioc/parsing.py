"""Parsers of the command line, and how a sub-command is put into one."""

import argparse
import sys
from typing import NoReturn

from ioc.exits import Exit


class Parser(argparse.ArgumentParser):
    """Help keeps its lines; a wrong command line shows its own usage."""

    def __init__(self, **options: object) -> None:
        options["formatter_class"] = argparse.RawDescriptionHelpFormatter
        super().__init__(**options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        if message.endswith("required: COMMAND"):  # who names none wants to know which there are
            self.print_help(sys.stderr)
            self.exit(Exit.USAGE, f"{self.prog}: name a command; see {self.prog} --help\n")
        self.print_usage(sys.stderr)
        self.exit(Exit.USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


Commands = argparse._SubParsersAction  # noqa: SLF001  (argparse names no public type for it)


def command(
    commands: "Commands[Parser]", name: str, module: str, extra: str, *, about: str, epilog: str
) -> Parser:
    """A sub-command that runs `ioc.commands.<module>`, which needs `extra` of the package."""
    made = commands.add_parser(name, help=about, description=about, epilog=epilog)
    made.set_defaults(module=module, extra=extra)
    return made


def group(commands: "Commands[Parser]", name: str, about: str) -> "Commands[Parser]":
    group = commands.add_parser(name, help=about, description=about)
    return group.add_subparsers(metavar="COMMAND", required=True)
