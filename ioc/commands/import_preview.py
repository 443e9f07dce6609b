"""`ioc import preview`."""

from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from contracts.configuration import ConfigError
from contracts.indicator import AnyBody, CaseBody, ObservationBody
from hub.entrances import report
from hub.entrances.faults import Fault
from hub.entrances.imports import Draft, draft
from hub.entrances.limits import Limits
from hub.entrances.mapping import find, load
from hub.wording import LOCAL
from ioc.exits import Exit, complain

SHOWN_FAULTS = 20


def run(options: Namespace) -> int:
    folder = Path(options.mappings) if options.mappings else None
    try:
        place = find(options.mapping, folder)
        mapping = load(place)
        made = draft(Path(options.file), mapping, place.stem, Limits())
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    except OSError as missing:
        complain(f"{options.file}: {missing.strerror}")
        return Exit.USAGE
    print("\n".join(_told(made, mapping.title, options.rows)))
    if made.faults and options.errors:
        try:
            report.write(Path(options.errors), made.faults, made.faults.count)
        except OSError as wrong:
            complain(f"{options.errors}: {wrong.strerror}")
            return Exit.USAGE
        print(f"báo cáo lỗi / error report: {options.errors}")
    return Exit.FAILED if made.faults else Exit.OK


def _told(made: Draft, title: str, most: int) -> Iterator[str]:
    yield f"{made.file}: {title}"
    yield (
        f"{made.data_rows} dòng dữ liệu / rows, {made.blank_rows} trống / blank, "
        f"{made.skipped_rows} bỏ qua / skipped, {len(made.bodies)} số liệu / records, "
        f"{made.faults.count} lỗi / errors"
    )
    for body, row in islice(zip(made.bodies, made.rows, strict=True), most):
        yield f"  {row:>6}  {_one(body)}"
    if len(made.bodies) > most:
        yield f"          … {len(made.bodies) - most} nữa / more (--rows)"
    for fault in islice(made.faults, SHOWN_FAULTS):
        yield f"! {_where(fault)}: {fault.wrong} → {fault.remedy}"
    if made.faults.count > SHOWN_FAULTS:
        yield f"! … {made.faults.count - SHOWN_FAULTS} lỗi nữa / more errors (--errors FILE)"
    if made.faults:
        yield "KHÔNG nhập gì cả / nothing would be imported"


def _where(fault: Fault) -> str:
    parts = (f"dòng {fault.row}" if fault.row else "tệp", fault.column)
    value = f" = {report.neutral(fault.value)!r}" if fault.value else ""
    return ", ".join(part for part in parts if part) + value


def _one(body: AnyBody) -> str:
    if isinstance(body, ObservationBody):
        start, end = (
            f"{each.astimezone(LOCAL):%d/%m/%Y %H:%M}"
            for each in (body.period_start, body.period_end)
        )
        return f"{body.measure}  {body.unit}  [{start}, {end})  {body.value:g}"
    if isinstance(body, CaseBody):
        due = f"  hạn {body.due_at.astimezone(LOCAL):%d/%m/%Y %H:%M}" if body.due_at else ""
        at = f"{body.at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
        extra = " ".join(f"{name}={value}" for name, value in body.attributes.items())
        return f"{body.type}  {body.case}  {body.state}  {body.unit}  {at}{due}  {extra}".rstrip()
    at = f"{body.published_at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
    return f"{body.source}  {at}  {body.title[:80]}  {body.url[:80]}"
