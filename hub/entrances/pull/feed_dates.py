"""When an entry was published, in the many ways in which web feeds say it.

A time without zone is local: feeds of this country that leave it out mean their own clock.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from hub.wording import LOCAL

_ZONE = re.compile(r"\s*(?:GMT|UTC)\s*([+-])0?(\d{1,2})(?::?(\d\d))?$", re.IGNORECASE)
_AGO = re.compile(r"(\d{1,4})\s*(giây|phút|giờ|ngày|tuần)\s*trước", re.IGNORECASE)
_UNITS = {"giây": "seconds", "phút": "minutes", "giờ": "hours", "ngày": "days", "tuần": "weeks"}
_LOCAL_FORMATS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y")


def published(said: str, now: datetime) -> datetime | None:
    """UTC; None for what is no time.  `2 giờ trước` is counted back from `now`."""
    said = said.strip()
    if found := _ZONE.search(said):
        said = f"{said[: found.start()]} {found[1]}{int(found[2]):02d}{found[3] or '00'}"
    if match := _AGO.search(said):
        return now - timedelta(**{_UNITS[match[2].casefold()]: int(match[1])})
    made = _standard(said) or _local(said)
    if made is None:
        return None
    return (made if made.tzinfo else made.replace(tzinfo=LOCAL)).astimezone(UTC)


def _standard(said: str) -> datetime | None:
    """ISO 8601, or RFC 822 as RSS has it."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _local(said: str) -> datetime | None:
    for each in _LOCAL_FORMATS:
        try:
            return datetime.strptime(said, each)  # noqa: DTZ007  (local)
        except ValueError:
            continue
    return None
