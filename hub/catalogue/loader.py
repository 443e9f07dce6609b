"""Reads catalogue files and checks them against each other; errors name file, key and remedy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import ValidationError

from hub.catalogue.records import Catalogue, CatalogueFile, Indicator, Unit
from hub.places import district
from hub.working_time import WorkingTime, working_time

SHIPPED = Path(__file__).parent / "data"
DISTRICT = "505"
"""The area that the centre is for: the district's code until July 2025, kept as its id."""

LONGEST = 300
"""Characters of a fault: a wrong value may be a page long."""

LARGEST = 2_000_000
"""Bytes of one file: a catalogue is written by people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong at `key` of `file`, and what to do."""

    file: str
    key: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.why}"


class CatalogueError(ValueError):
    """All faults of all files."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    name: str
    content: CatalogueFile


def load(*folders: Path, units: Iterable[Unit] = (), clock: WorkingTime | None = None) -> Catalogue:
    """The shipped catalogue, the files of `folders`, and those of `units` that no file names.

    `clock` says which days are worked; the shipped calendar if it is not given.

    Raises CatalogueError.
    """
    faults: list[Fault] = []
    files = [
        read
        for folder in (SHIPPED, *folders)
        for path in _paths(folder, faults)
        if (read := _read(path, faults)) is not None
    ]
    faults += _across(files)
    own = tuple(unit for each in files for unit in each.content.units)
    named = {unit.id: unit.kind for unit in own}
    further = {unit.id: unit for unit in units if named.get(unit.id) != unit.kind}
    faults += [_taken(unit, named[unit.id]) for unit in further.values() if unit.id in named]
    if faults:
        raise CatalogueError(tuple(faults))
    return Catalogue(
        subsystems=tuple(each.content.subsystem for each in files if each.content.subsystem),
        kinds=tuple(kind for each in files for kind in each.content.kinds),
        units=(*_communes(), *own, *further.values()),
        measures=tuple(measure for each in files for measure in each.content.measures),
        indicators=tuple(one for each in files for one in each.content.indicators),
        clock=clock or working_time(),
    )


def _taken(unit: Unit, kind: str) -> Fault:
    why = f"is of kind {kind} in the files and of {unit.kind} here; name one of them otherwise"
    return Fault(file="[[probe]]", key=unit.id, why=why)


def _paths(folder: Path, faults: list[Fault]) -> list[Path]:
    if not folder.is_dir():
        faults.append(Fault(file=str(folder), key="folder", why="is not there; make it"))
        return []
    return sorted(folder.glob("*.yaml"))


def _read(path: Path, faults: list[Fault]) -> _Read | None:
    if path.stat().st_size > LARGEST:
        faults.append(Fault(file=path.name, key="file", why=f"over {LARGEST} bytes; split it"))
        return None
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _Read(name=path.name, content=CatalogueFile.model_validate(raw or {}))
    except ValidationError as wrong:
        faults += [
            Fault(
                file=path.name, key=_key(raw, error["loc"]), why=_why(error["msg"], error["input"])
            )
            for error in wrong.errors(include_url=False)
        ]
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as wrong:
        faults.append(Fault(file=path.name, key="file", why=f"is no YAML in UTF-8: {wrong}"))
    return None


def _key(raw: object, place: tuple[int | str, ...]) -> str:
    """`indicators[education.attendance].bands.green` rather than `indicators.3.bands.green`."""
    words: list[str] = []
    here = raw
    for part in place:
        if isinstance(here, dict):
            here = here.get(part)
            words.append(str(part))
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
            name = here.get("id", part) if isinstance(here, dict) else part
            words[-1:] = [f"{words[-1] if words else ''}[{name}]"]
        else:
            words.append(str(part))
    return ".".join(words) or "file"


def _why(message: str, value: object) -> str:
    why = message.removeprefix("Value error, ")
    return why if isinstance(value, dict | list) else f"{value!r}: {why}"[:LONGEST]


def _communes() -> Iterator[Unit]:
    """The district and its communes of all times, from the facts that the map is drawn from."""
    yield Unit(id=DISTRICT, kind="district", name_vi="Địa bàn Đông Giang")
    for commune in district().communes:
        yield Unit(
            id=commune.code, kind="commune", name_vi=commune.name, parent=DISTRICT,
            lat=commune.centre.lat, lon=commune.centre.lon,
            valid_from=commune.valid_from, valid_to=commune.valid_to,
        )  # fmt: skip


def _across(files: list[_Read]) -> Iterator[Fault]:
    """What no file can see by itself."""
    yield from _twice(files)
    yield from _units_twice(files)
    contents = [each.content for each in files]
    kinds = {kind.id for content in contents for kind in content.kinds}
    units = {unit.id for unit in _communes()} | {u.id for c in contents for u in c.units}
    subsystems = {content.subsystem.id for content in contents if content.subsystem}
    measures = {measure.id for content in contents for measure in content.measures}
    for each in files:
        yield from _unknown_kinds(each, kinds, units)
        for part in ("measures", "indicators"):
            for one in getattr(each.content, part):
                if one.level not in kinds:
                    yield _fault(each, f"{part}[{one.id}].level", one.level, kinds)
                yield from _belongs(each, part, one.id, subsystems)
        for indicator in each.content.indicators:
            for unknown in sorted(indicator.parsed.measures - measures):
                yield _fault(each, f"indicators[{indicator.id}].formula", unknown, measures)


def _unknown_kinds(each: _Read, kinds: set[str], units: set[str]) -> Iterator[Fault]:
    for kind in each.content.kinds:
        if kind.within and kind.within not in kinds:
            yield _fault(each, f"kinds[{kind.id}].within", kind.within, kinds)
    for unit in each.content.units:
        if unit.kind not in kinds:
            yield _fault(each, f"units[{unit.id}].kind", unit.kind, kinds)
        if unit.parent and unit.parent not in units:
            yield _fault(each, f"units[{unit.id}].parent", unit.parent, units)


def _belongs(each: _Read, part: str, identity: str, subsystems: set[str]) -> Iterator[Fault]:
    subsystem, dot, _ = identity.partition(".")
    if not dot:
        yield Fault(file=each.name, key=f"{part}[{identity}].id", why="write subsystem.name")
    elif subsystem not in subsystems:
        yield _fault(each, f"{part}[{identity}].id", subsystem, subsystems)


def _fault(each: _Read, key: str, value: str, known: Iterable[str]) -> Fault:
    names = sorted(known)
    some = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return Fault(file=each.name, key=key, why=f"{value!r} is not known; there are {some}")


def _units_twice(files: list[_Read]) -> Iterator[Fault]:
    """A unit is known by (id, valid_from); the communes are there already."""
    seen = {(unit.id, unit.valid_from) for unit in _communes()}
    for each in files:
        for unit in each.content.units:
            if (unit.id, unit.valid_from) in seen:
                why = "is there already; give it another id or another valid_from"
                yield Fault(file=each.name, key=f"units[{unit.id}]", why=why)
            seen.add((unit.id, unit.valid_from))


def _twice(files: list[_Read]) -> Iterator[Fault]:
    """Ids that two files, or one file twice, give; versions of an indicator must not overlap."""
    for part in ("kinds", "measures"):
        seen: dict[str, str] = {}
        for each in files:
            for one in getattr(each.content, part):
                if one.id in seen:
                    why = f"is in {seen[one.id]} already; take it out of one"
                    yield Fault(file=each.name, key=f"{part}[{one.id}]", why=why)
                seen[one.id] = each.name
    versions: dict[str, list[tuple[_Read, Indicator]]] = {}
    for each in files:
        for indicator in each.content.indicators:
            versions.setdefault(indicator.id, []).append((each, indicator))
    for identity, found in versions.items():
        found.sort(key=lambda pair: pair[1].effective_from or date.min)
        for (_, before), (each, after) in pairwise(found):
            if before.effective_to is None or before.effective_to > (
                after.effective_from or date.min
            ):
                why = "overlaps another version; set effective_to and effective_from"
                yield Fault(file=each.name, key=f"indicators[{identity}]", why=why)
