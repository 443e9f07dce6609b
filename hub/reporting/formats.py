"""The files that a report can be: ending, media type, writer."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.reporting import html, pdf
from hub.reporting.content import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    media_type: str
    write: Callable[[Report], bytes]


def _workbook(report: Report) -> bytes:
    from hub.reporting import xlsx  # noqa: PLC0415  (20 MB that only a workbook needs)

    return xlsx.write(report)


FORMATS = {
    "pdf": Format(media_type="application/pdf", write=pdf.write),
    "xlsx": Format(
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write=_workbook,
    ),
    "html": Format(media_type="text/html; charset=utf-8", write=html.write),
}
