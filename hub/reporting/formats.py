"""The files that a report can be: ending, media type, writer."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.reporting import html, pdf, xlsx
from hub.reporting.content import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    media_type: str
    write: Callable[[Report], bytes]


FORMATS = {
    "pdf": Format(media_type="application/pdf", write=pdf.write),
    "xlsx": Format(
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write=xlsx.write,
    ),
    "html": Format(media_type="text/html; charset=utf-8", write=html.write),
}
