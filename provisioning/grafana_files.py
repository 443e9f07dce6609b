"""What a new Grafana reads at its start, put where it reads it; run again, only what differs."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts import files
from provisioning.changes import Change

SETTINGS, BOARDS, MAPS = "provisioning/", "dashboards/", "maps/"
ENVIRONMENT = "ioc/grafana.env"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`settings` is Grafana's /etc/grafana and `home` its /usr/share/grafana, seen from here."""

    settings: Path
    home: Path


def plan(place: Place, texts: Mapping[str, str], environment: Mapping[str, str]) -> list[Change]:
    """`texts` by the names that `grafana.generate.files` gives; `environment` holds a secret, so
    it goes to a file of mode 0600 and is never shown."""
    wanted = {_path(place, name): text for name, text in texts.items()}
    changes = [each for path, text in wanted.items() for each in _file(path, text)]
    changes += _gone(place, wanted)
    changes += _environment(place.settings / ENVIRONMENT, environment)
    return changes


def _path(place: Place, name: str) -> Path:
    if name.startswith(MAPS):
        return place.home / "public/maps/dong-giang" / name.removeprefix(MAPS)
    return place.settings / (f"ioc/{name}" if name.startswith(BOARDS) else name)


def _file(path: Path, text: str) -> Iterator[Change]:
    there = path.read_text(encoding="utf-8") if path.exists() else None
    if there != text:
        yield Change(
            sign="+" if there is None else "~", what=f"file {path}",
            apply=lambda: _write(path, text), diff="" if there is None else _diff(there, text),
        )  # fmt: skip


def _diff(there: str, text: str) -> str:
    lines = difflib.unified_diff(there.splitlines(), text.splitlines(), lineterm="", n=1)
    return "\n".join(list(lines)[2:])


def _write(path: Path, text: str, mode: int = files.PUBLIC) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, text.encode(), mode)


def _gone(place: Place, wanted: Mapping[Path, str]) -> Iterator[Change]:
    """Boards of ours that are no more: Grafana would go on showing them."""
    for path in sorted((place.settings / "ioc" / BOARDS).glob("*/*.json")):
        if path not in wanted:
            yield Change(sign="-", what=f"file {path}", apply=path.unlink)


def _environment(path: Path, environment: Mapping[str, str]) -> Iterator[Change]:
    text = "".join(f'{name}="{value}"\n' for name, value in environment.items())
    there = path.read_text(encoding="utf-8") if path.exists() else None
    if there != text or path.stat().st_mode & 0o077:
        yield Change(
            sign="+" if there is None else "~", what=f"file {path}: {', '.join(environment)}",
            apply=lambda: _write(path, text, files.PRIVATE),
        )  # fmt: skip
