"""A file is looked through to its end before any of it is taken; one error and none of it is.

draft(path, …)    -> Draft      everything read, nothing stored: the preview
take(draft, …)    -> Outcome    handed to the admission in one piece
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from contracts.indicator import AnyBody, ObservationBody
from hub.entrances import opening
from hub.entrances.admit import Delivery, Files
from hub.entrances.csv_table import same
from hub.entrances.faults import Fault, Faults, Unusable
from hub.entrances.limits import Limits
from hub.entrances.mapping import Mapping
from hub.entrances.reading import Reader
from hub.entrances.rows import HeaderWrong, Rows
from hub.provenance import Admitted, NotAdmitted


@dataclass(slots=True, kw_only=True)
class Draft:
    """A file as it would be stored.  `rows[i]` is the row that `bodies[i]` comes from."""

    file: str
    mapping: str
    sha256: bytes
    mark: str
    bodies: list[AnyBody] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    data_rows: int = 0
    blank_rows: int = 0
    skipped_rows: int = 0
    secret: bool = False


class Result(StrEnum):
    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file; `since` is when a known one was taken.  A `secret` one must not be
    kept anywhere."""

    result: Result
    secret: bool = False
    admitted: Admitted = field(default_factory=Admitted)
    since: datetime | None = None


def draft(path: Path, mapping: Mapping, name: str, limits: Limits, file: str = "") -> Draft:
    """Everything that `path` says under the mapping called `name`; `file` if it has another name.

    Whatever is wrong is among the draft's faults; nothing is raised but OSError.
    """
    file = file or path.name
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").digest()
    made = Draft(file=file, mapping=name, sha256=digest, mark=mark(mapping, name, file))
    try:
        _fill(made, path, mapping, limits)
    except Unusable as whole:
        made.faults.add_first(whole.fault)
    except HeaderWrong as wrong:
        made.faults.extend(wrong.faults)
    return made


def mark(mapping: Mapping, name: str, file: str) -> str:
    """The mapping's name and a mark of what it says (and takes from the file's name): under an
    amended mapping, or the next day's name, the same bytes are another delivery."""
    said = mapping.model_dump_json()
    if mapping.reads_file_name():
        said += file
    return f"{name[:47]}@{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _fill(made: Draft, path: Path, mapping: Mapping, limits: Limits) -> None:
    table = opening.read(
        path, limits, sheet=mapping.sheet, encoding=mapping.encoding,
        delimiter=mapping.delimiter, expected={same(each) for each in mapping.columns()},
    )  # fmt: skip
    rows = Rows(table, mapping)
    reader = Reader(mapping, made.file)
    told: dict[tuple[object, ...], tuple[float, int]] = {}
    for row in rows:
        made.data_rows += 1
        read = reader.read(row)
        made.faults.extend(read.faults)
        made.secret = made.secret or read.secret
        made.skipped_rows += not (read.bodies or read.faults)
        for body in read.bodies:
            made.faults.extend(_contradiction(told, body, row.number))
            made.bodies.append(body)
            made.rows.append(row.number)
        if len(made.bodies) > limits.max_bodies:
            raise Unusable(
                row=row.number,
                wrong=f"tệp chứa nhiều hơn {limits.max_bodies} số liệu",
                remedy="chia thành nhiều tệp nhỏ hơn",
            )
    made.blank_rows = rows.blank
    if not (made.bodies or made.faults):
        raise Unusable(wrong="không có dòng dữ liệu nào", remedy="kiểm tra lại tệp và trang tính")


def _contradiction(
    told: dict[tuple[object, ...], tuple[float, int]], body: AnyBody, row: int
) -> Sequence[Fault]:
    """The same figure twice with different values: which one is true, the sender must say."""
    if not isinstance(body, ObservationBody):
        return ()
    key = (body.measure, body.unit, body.period_start, body.period_end)
    value, first = told.setdefault(key, (body.value, row))
    if value == body.value:
        return ()
    return (
        Fault(
            row=row,
            column=body.measure,
            value=f"{body.value:g}",
            wrong=f"dòng {first} đã cho {body.unit} số {value:g} cùng kỳ",
            remedy="giữ một dòng đúng",
        ),
    )


def take(made: Draft, files: Files, *, actor: str) -> Outcome:
    """Hands a draft to the admission; what that refuses becomes faults of the draft."""
    since = files.imported(made.sha256, made.mark)
    if since is not None:
        return Outcome(result=Result.KNOWN, since=since)
    if made.faults:
        return Outcome(result=Result.REFUSED, secret=made.secret)
    delivery = Delivery(
        source=made.mapping, actor=actor, file=made.file, sha256=made.sha256, mark=made.mark
    )
    try:
        return Outcome(result=Result.TAKEN, admitted=files.take_file(made.bodies, delivery))
    except NotAdmitted as refused:
        for each in refused.refusals:
            made.faults.add(
                Fault(
                    row=made.rows[each.index], column=each.field, value=each.value,
                    wrong=each.why_vi, remedy="sửa dòng này rồi gửi lại cả tệp",
                )
            )  # fmt: skip
        return Outcome(result=Result.REFUSED, secret=refused.secret)
