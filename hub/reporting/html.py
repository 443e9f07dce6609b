"""A report as HTML: the body for the console's page, or a file that stands alone."""

from functools import cache

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from hub.reporting import rows
from hub.reporting.content import Report, moment


def body(report: Report) -> Markup:
    """Without style: the console's own sheet draws it."""
    return Markup(_templates().get_template("body.html").render(report=report))  # noqa: S704


def write(report: Report) -> bytes:
    """One file, nothing fetched."""
    page = _templates().get_template("file.html")
    return page.render(report=report, body=body(report)).encode()


@cache
def _templates() -> Environment:
    made = Environment(loader=PackageLoader("hub.reporting"), autoescape=True)
    made.globals.update(rows=rows, moment=moment)
    return made
