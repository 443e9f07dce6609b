"""What can be wrong with data from outside, told to the people who can mend it.

Unusable    the file, sheet or answer as a whole
Fault       one cell or row of it (a record: a file has many)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: where (row from 1, `C «Có mặt»`), what stands there, the remedy."""

    row: int
    column: str = ""
    value: str = ""
    wrong: str
    remedy: str


class Unusable(ValueError):
    """Data that cannot be read as a whole; `row` is where reading ended, 0 if nowhere."""

    def __init__(self, *, wrong: str, remedy: str, row: int = 0, column: str = "") -> None:
        self.wrong = wrong
        self.remedy = remedy
        self.row = row
        self.column = column
        super().__init__(f"{wrong}: {remedy}")

    @property
    def fault(self) -> Fault:
        return Fault(row=self.row, column=self.column, wrong=self.wrong, remedy=self.remedy)


class WrongValue(ValueError):
    """A value that does not mean what its column must; has no place yet."""

    def __init__(self, wrong: str, remedy: str) -> None:
        self.wrong = wrong
        self.remedy = remedy
        super().__init__(f"{wrong}: {remedy}")


@dataclass(slots=True)
class Faults:
    """Collects faults, keeps the first `most` and counts them all."""

    most: int = 1_000
    count: int = 0
    kept: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self.kept) < self.most:
            self.kept.append(fault)

    def add_first(self, fault: Fault) -> None:
        """What is wrong with the whole stands above what is wrong with its rows."""
        self.count += 1
        self.kept = [fault, *self.kept[: self.most - 1]]

    def extend(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.add(fault)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.kept)

    def __bool__(self) -> bool:
        return self.count > 0


def shown(value: object, limit: int = 80) -> str:
    """A value for a report: one line, bounded."""
    text = " ".join(str(value).split()) if value is not None else ""
    return text if len(text) <= limit else f"{text[:limit]}…"
