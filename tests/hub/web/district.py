"""What a district tells: figures of the shipped catalogue's communes, dossiers, texts."""

from datetime import datetime, timedelta

from contracts.clock import utc_now
from contracts.indicator import CaseBody, MentionBody, ObservationBody
from hub.catalogue.periods import Period, Span, containing
from hub.wording import LOCAL
from tests.hub.web.conftest import Desk

DONG_GIANG, SONG_KON = "20467", "20476"


def ago(span: Span, count: int) -> Period:
    """The period `count` before the running one."""
    period = containing(span, utc_now())
    for _ in range(count):
        period = period.previous()
    return period


def told(measure: str, unit: str, period: Period, value: float) -> ObservationBody:
    return ObservationBody(
        measure=measure, unit=unit, period_start=period.start, period_end=period.end, value=value
    )


def dossier(
    name: str, state: str, *, days_ago: float, due_in: float, unit: str = DONG_GIANG
) -> CaseBody:
    now = utc_now()
    return CaseBody(
        type="dossier", case=name, state=state, unit=unit, at=now - timedelta(days=days_ago),
        due_at=now + timedelta(days=due_in), attributes={"online": True},
    )  # fmt: skip


def text(title: str, *, minutes_ago: int = 5, url: str = "") -> MentionBody:
    return MentionBody(
        source="bao", url=url or f"https://example.invalid/{abs(hash(title))}", title=title,
        text=title, published_at=utc_now() - timedelta(minutes=minutes_ago),
    )  # fmt: skip


def fill(desk: Desk, *, demo: bool = False) -> None:
    """A month of dry days in each commune, some dossiers and a text, all computed."""
    for days in range(10, -1, -1):
        day = ago(Span.DAY, days)
        for number, unit in enumerate((DONG_GIANG, SONG_KON, "20485", "20494")):
            desk.tell(told("forest-fire.dry-days", unit, day, 10.0 - days + number), demo=demo)
            desk.tell(told("forest-fire.danger-level", unit, day, 1.0 + number), demo=demo)
    desk.file(
        dossier("H49.1", "4", days_ago=9, due_in=-2),
        dossier("H49.2", "4", days_ago=3, due_in=0.2),
        dossier("H49.3", "2", days_ago=1, due_in=30, unit=SONG_KON),
        dossier("H49.4", "9", days_ago=1, due_in=3), demo=demo,
    )  # fmt: skip
    desk.publish(text("Cháy rừng ở xã Đông Giang, khói dày đặc"), demo=demo)
    desk.compute()


def day_key(period: Period) -> str:
    local: datetime = period.start.astimezone(LOCAL)
    return f"{local:%Y-%m-%d}"
