"""A measured figure beside its limit, and how large a process is."""

import argparse
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import cpu_count, getloadavg, sysconf
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` may be at most `limit`, both in `unit`; `note` says what it was measured on."""

    name: str
    value: float
    limit: float
    unit: str
    note: str

    @property
    def ratio(self) -> float:
        return self.value / self.limit

    @property
    def met(self) -> bool:
        return self.value <= self.limit

    def line(self) -> str:
        verdict = "met" if self.met else "MISSED"
        beside = f"{self.value:7.1f} of {self.limit:3.0f} {self.unit:2}"
        return f"{self.name:28} {beside}   {self.ratio:5.2f}   {verdict:6}   {self.note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Of one process, in megabytes (10^6 bytes); `pss` counts shared pages by their sharers."""

    rss: float
    peak_rss: float
    pss: float

    def note(self) -> str:
        return f"its peak; {self.rss:.0f} MB at the end, PSS {self.pss:.0f} MB"


def memory(pid: int) -> Memory:
    """As Linux tells it in /proc; raises OSError once the process is gone."""
    status = _kilobytes(Path(f"/proc/{pid}/status"))
    shares = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
    return Memory(
        rss=status["VmRSS"] * 1024 / 1e6,
        peak_rss=status["VmHWM"] * 1024 / 1e6,
        pss=shares["Pss"] * 1024 / 1e6,
    )


def processor_s(pid: int) -> float:
    """What a process took of all processors until now; raises OSError once it is gone."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / sysconf("SC_CLK_TCK")


def _kilobytes(file: Path) -> dict[str, int]:
    """The lines that end in kB."""
    lines = (line.split() for line in file.read_text().splitlines())
    return {one[0].rstrip(":"): int(one[1]) for one in lines if len(one) == 3 and one[2] == "kB"}


def machine() -> str:
    """What the figures were measured on; a busy machine is slow at everything."""
    python = f"Python {platform.python_version()}"
    return f"{cpu_count()} cores, load {getloadavg()[0]:.1f}, {platform.machine()}, {python}"


def command(doc: str | None, measure: Callable[..., Sequence[Figure]], **defaults: float) -> int:
    """A benchmark's command line: an option for each of what `measure` takes; as `judge`."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    given = parser.parse_args()
    print(f"measured, of its limit, ratio    ({machine()})", flush=True)
    return judge(measure(**vars(given)))


def judge(figures: Sequence[Figure]) -> int:
    """Prints each beside its limit; 0 when all are met, else 1."""
    for figure in figures:
        print(figure.line(), flush=True)
    return int(not all(figure.met for figure in figures))
