"""The drop folder: a file put there is taken whole, or goes back with its error report.

    FOLDER/            people and systems put files here
    FOLDER/.working/   1. a file that no longer grows is moved here
                       2. it is read to its end and handed to the admission (one transaction,
                          which remembers the file's sha256)
    FOLDER/refused/    3. refused: its report is written here (whole, then renamed)
    FOLDER/imported/   4. the file is moved to imported/ or refused/; one with a state-secret
                       mark is deleted

A kill between any two steps is mended at the next look, which begins with .working/: a file that
was taken is known by its sha256, a report is written again under the same name.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from errno import ENOTDIR
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from hub.entrances import report
from hub.entrances.admit import Files
from hub.entrances.faults import Fault, Faults
from hub.entrances.imports import Outcome, Result, draft, take
from hub.entrances.limits import Limits
from hub.entrances.mapping import Mapping as Meaning

log = logging.getLogger(__name__)

ACTOR = "drop-folder"
WORKING, IMPORTED, REFUSED = ".working", "imported", "refused"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".lock")
"""Names that browsers, WinSCP and rsync give to what they are still writing."""


@dataclass(frozen=True, slots=True)
class Size:
    """What changes while a file is being written."""

    bytes: int
    changed_ns: int


class Drop:
    """One named thread that looks into the folder."""

    def __init__(
        self,
        *,
        folder: Path,
        mappings: Mapping[str, Meaning],
        files: Files,
        limits: Limits,
        settle_s: float,
        poll_s: float,
    ) -> None:
        self._folder = folder
        self._mappings = mappings
        self._files = files
        self._limits = limits
        self._settle_s = settle_s
        self._poll_s = poll_s
        self._seen: dict[str, tuple[Size, float]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drop", daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the file in hand; what is left is found at the next start."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except DBAPIError as broken:
                log.error("dropped files wait, the database is away: %s", broken.orig)
            except OSError as broken:
                log.error("dropped files wait: %s", broken)
            except Exception:
                log.exception("dropped files wait")
            self._stopping.wait(self._poll_s)

    def look(self) -> int:
        """Works off what is ready; returns how many files."""
        for name in (WORKING, IMPORTED, REFUSED):
            _own_folder(self._folder / name)
        for path in self._settled():
            _move(path, self._folder / WORKING / path.name)
        done = 0
        for path in sorted((self._folder / WORKING).iterdir()):
            if self._stopping.is_set():
                break
            if path.is_symlink() or not path.is_file():
                log.warning("dropped file %s waits: it is no file of its own", path.name)
                continue
            done += self._worked(path)
        return done

    def _worked(self, path: Path) -> bool:
        """One file that cannot be worked off waits in .working/ and does not hold up the others."""
        try:
            self._work(path)
        except DBAPIError:
            raise
        except Exception:
            log.exception("dropped file %s waits", path.name)
            return False
        return True

    def _settled(self) -> Iterator[Path]:
        """Files whose size and time did not change for `settle_s`."""
        now = time.monotonic()
        there = {path.name: path for path in sorted(self._folder.iterdir()) if _is_file(path)}
        self._seen = {name: seen for name, seen in self._seen.items() if name in there}
        for name, path in there.items():
            if (size := _size(path)) is None:
                continue
            before, since = self._seen.get(name, (None, now))
            if before != size:
                since = now
            self._seen[name] = (size, since)
            if now - since >= self._settle_s and not (self._folder / WORKING / name).exists():
                yield path

    def _work(self, path: Path) -> None:
        faults, outcome, mark = self._take(path)
        target = self._folder / (REFUSED if outcome.result is Result.REFUSED else IMPORTED)
        name = f"{path.stem[:60]}--{mark}{path.suffix}"
        if outcome.result is Result.REFUSED:
            told = [replace(each, value="") for each in faults] if outcome.secret else faults
            report.write(target / f"{name}.loi.xlsx", told, faults.count)
        if outcome.secret:
            path.unlink()  # what carries a secrecy mark is kept nowhere; its sender has it
        else:
            _move(path, target / name)
        _tell(path.name, outcome, faults)

    def _take(self, path: Path) -> tuple[Faults, Outcome, str]:
        matching = [name for name, each in self._mappings.items() if each.matches(path.name)]
        if len(matching) == 1:
            [name] = matching
            made = draft(path, self._mappings[name], name, self._limits)
            return (
                made.faults,
                take(made, self._files, actor=ACTOR),
                made.sha256.hex()[:8],
            )
        faults = Faults()
        faults.add(_unmatched(path.name, matching, self._mappings))
        return faults, Outcome(result=Result.REFUSED), "khong-ro"


def _unmatched(file: str, matching: list[str], mappings: Mapping[str, Meaning]) -> Fault:
    if matching:
        return Fault(
            row=0,
            value=file,
            wrong=f"tên tệp hợp với nhiều ánh xạ: {', '.join(matching)}",
            remedy="đặt tên tệp rõ hơn, hoặc sửa mẫu tên (files) của các ánh xạ",
        )
    patterns = ", ".join(pattern for each in mappings.values() for pattern in each.files)
    return Fault(
        row=0,
        value=file,
        wrong="không biết tệp này là gì: tên tệp không hợp ánh xạ nào",
        remedy=f"đặt tên theo một trong các mẫu: {patterns}",
    )


def _own_folder(path: Path) -> None:
    """Made if it is not there.  Raises OSError for a link: who may write into the drop folder
    could point it at files of ours, which would then be taken for dropped ones."""
    path.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise NotADirectoryError(ENOTDIR, "is a link to elsewhere; remove it", str(path))


def _is_file(path: Path) -> bool:
    """A file of its own: no link to elsewhere, no folder, not hidden, not still being written."""
    name = path.name
    return (
        not name.startswith((".", "~$"))
        and not name.lower().endswith(UNFINISHED)
        and path.is_file()
        and not path.is_symlink()
    )


def _size(path: Path) -> Size | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Size(found.st_size, found.st_mtime_ns)


def _move(path: Path, target: Path) -> None:
    """Atomic within the file system; durable once both folders are."""
    path.replace(target)
    for folder in {path.parent, target.parent}:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _tell(name: str, outcome: Outcome, faults: Faults) -> None:
    if outcome.result is Result.REFUSED:
        first = next(iter(faults))
        log.warning(
            "dropped file %s refused: %d errors, first: row %d %s: %s",
            name, faults.count, first.row, first.column, first.wrong,
        )  # fmt: skip
    elif outcome.result is Result.KNOWN:
        log.info("dropped file %s was taken already at %s", name, outcome.since)
    else:
        done = outcome.admitted
        log.info(
            "dropped file %s taken: %d new, %d corrections, %d repeated",
            name, done.stored, done.corrected, done.repeated,
        )  # fmt: skip
