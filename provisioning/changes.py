"""What would have to change on a server, found before anything is written."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Sign = Literal["+", "~", "-"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is made (+), altered (~) or taken away (-) by `apply`.

    `diff` shows it line by line where there is more to say; `only_with` names the option that a
    person must give, because something of theirs is lost by it.
    """

    sign: Sign
    what: str
    apply: Callable[[], None]
    diff: str = ""
    only_with: str = ""

    def __str__(self) -> str:
        need = f"  (only with {self.only_with})" if self.only_with else ""
        return f"{self.sign} {self.what}{need}"


def withheld(changes: Iterable[Change], given: Iterable[str]) -> list[Change]:
    """Those that need an option which was not given."""
    allowed = {"", *given}
    return [each for each in changes if each.only_with not in allowed]


def carry_out(changes: Sequence[Change], given: Iterable[str]) -> Iterator[Change]:
    """Applies all that are allowed, in their order, and yields each when it is done.

    What one raises ends it: the changes before it are done, and a second run goes on from there.
    """
    left = withheld(changes, given)
    for each in changes:
        if each not in left:
            each.apply()
            yield each


def unified(there: object, wanted: object) -> str:
    """What differs between two JSON values, line by line; nothing if they are the same."""
    before, after = (
        json.dumps(each, indent=1, sort_keys=True, ensure_ascii=False).splitlines()
        for each in (there, wanted)
    )
    return "\n".join(list(difflib.unified_diff(before, after, lineterm="", n=1))[2:])
