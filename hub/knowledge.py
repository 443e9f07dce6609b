"""What the hub knows of the district's work: catalogue, life cycles, office hours.

Shipped facts and what the district adds (`[subsystems]` of the configuration), read once at the
start: a wrong file is a wrong configuration, and is named before anything runs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.configuration import ConfigError
from hub.cases import lifecycle
from hub.cases.lifecycle import Lifecycle, LifecycleError
from hub.catalogue import loader
from hub.catalogue.loader import DISTRICT, CatalogueError
from hub.catalogue.records import Catalogue, Unit
from hub.config import Subsystems
from hub.engines.probe_settings import Probe
from hub.working_time import BadCalendar, WorkingTime, working_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    catalogue: Catalogue
    lifecycles: Mapping[str, Lifecycle]
    clock: WorkingTime


def learn(own: Subsystems, probes: Iterable[Probe] = ()) -> Knowledge:
    """`probes` are configured: what they look at is known without a catalogue file.

    Raises ConfigError, which names the file and each fault in it.
    """
    folders = _folder(own.catalogue_folder, "catalogue_folder")
    try:
        clock = working_time(own.working_days_file)
        return Knowledge(
            catalogue=loader.load(*folders, units=_services(probes), clock=clock),
            lifecycles=lifecycle.load(*_folder(own.lifecycle_folder, "lifecycle_folder")),
            clock=clock,
        )
    except CatalogueError as wrong:
        first = wrong.faults[0]
        raise ConfigError(
            file=Path(first.file), key=first.key, value="…", remedy=str(wrong)
        ) from None
    except LifecycleError as wrong:
        raise ConfigError(file=wrong.file, key=wrong.key, value="…", remedy=wrong.why) from None
    except BadCalendar as wrong:
        raise ConfigError(file=wrong.file, key="file", value="…", remedy=wrong.why) from None


def _services(probes: Iterable[Probe]) -> Iterator[Unit]:
    for probe in probes:
        yield Unit(id=probe.unit, kind="service", name_vi=probe.unit_vi, parent=DISTRICT)


def _folder(folder: Path | None, key: str) -> list[Path]:
    if folder is None:
        return []
    if not folder.is_dir():
        remedy = "make the folder, or take the key out"
        raise ConfigError(file=folder, key=f"subsystems.{key}", value=str(folder), remedy=remedy)
    return [folder]
