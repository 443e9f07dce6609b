r"""InfluxDB line protocol: the one text that InfluxDB 1, 2 and 3 take, and our spool keeps.

    measurement,tag=value field=1.5,other="text" 1700000000000000000

Escapes: in tag values comma, equals and space take a backslash; in string fields the double
quote and the backslash do.  A line break cannot be written at all and a backslash in a tag is
taken for an escape by some servers (docs.influxdata.com, line protocol syntax): the one becomes
a space, the other a slash.  Floats only: an integer field would fix its type at the first write.
"""

import re

from contracts.measurement import Measurement
from hub.timeseries.point import Point, Value

_BREAKS = re.compile(r"[\r\n\x00]")
_TAG_SPECIAL = re.compile(r"([,= ])")
_ESCAPED = re.compile(r"\\([,= ])")
_TEXT_ESCAPED = re.compile(r'\\(["\\])')


class NotALine(ValueError):
    def __init__(self, line: str) -> None:
        self.line = line
        super().__init__(f"not a line of line protocol: {line[:120]!r}")


def tag_text(value: str) -> str:
    """`value` as it can stand in a tag: no line breaks, no backslashes."""
    return _BREAKS.sub(" ", value).replace("\\", "/")


def encode(point: Point) -> str:
    """The line of `point`; tags without a value are left out, as the protocol demands."""
    tags = "".join(f",{name}={escaped}" for name, value in point.tags if (escaped := _tag(value)))
    fields = ",".join(f"{name}={_field(value)}" for name, value in point.fields)
    return f"{point.measurement}{tags} {fields} {point.at_ns}"


def _tag(value: str) -> str:
    return _TAG_SPECIAL.sub(r"\\\1", tag_text(value))


def _field(value: Value) -> str:
    if isinstance(value, str):
        text = _BREAKS.sub(" ", value).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'
    return repr(float(value))


def decode(line: str) -> Point:
    """The point of a line that `encode` wrote (names without escapes); raises NotALine."""
    try:
        head, fields, at = _sections(line)
        measurement, *tags = _split(head, ",")
        return Point(
            measurement=Measurement(measurement),
            tags=tuple(_read_tag(tag) for tag in tags),
            fields=tuple(_read_field(field) for field in _split(fields, ",", quotes=True)),
            at_ns=int(at),
        )
    except ValueError:
        raise NotALine(line) from None


def _sections(line: str) -> tuple[str, str, str]:
    head, *_ = _split(line, " ")
    fields, space, at = line[len(head) + 1 :].rpartition(" ")
    if not space:
        raise NotALine(line)
    return head, fields, at


def _split(text: str, separator: str, *, quotes: bool = False) -> list[str]:
    """Parts between separators that are not escaped nor, where `quotes` count, inside quotes."""
    if "\\" not in text and not (quotes and '"' in text):
        return text.split(separator)
    parts, start, quoted, at = [], 0, False, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif quotes and text[at] == '"':
            quoted = not quoted
        elif text[at] == separator and not quoted:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def _read_tag(tag: str) -> tuple[str, str]:
    name, value = _split(tag, "=")
    return name, _ESCAPED.sub(r"\1", value)


def _read_field(field: str) -> tuple[str, Value]:
    name, value = _split(field, "=", quotes=True)
    if value.startswith('"'):
        return name, _TEXT_ESCAPED.sub(r"\1", value[1:-1])
    return name, float(value)
