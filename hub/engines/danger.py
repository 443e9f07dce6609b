"""Forest-fire danger: the indices P and H, their level, and what the level demands.

    P_i = K · (P_{i-1} + t13 · d13)    H_i = K · (H_{i-1} + 1)

t13 in °C and the saturation deficit d13 in hPa at 13:00; K = 0 on a day with rain of the reset or
more, else 1.  A gap in the weather is never a rainy day: the days are taken as dry and as the last
one measured, the index is marked uncertain until the next rain that resets it, the stretch is
named, and `p_lowest` tells what the index would be had it rained in the gap.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from math import exp
from typing import Self

from pydantic import Field, model_validator

from contracts.configuration import Section
from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace
from hub.wording import LOCAL

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FORMULA_VI = "P = K × (P hôm trước + nhiệt độ 13 giờ × độ chênh lệch bão hòa 13 giờ)"


class Index(Sourced):
    rain_reset_mm: float = Field(gt=0)
    rain_day_ends_at_hour: int = Field(ge=0, le=23)


class WindBand(Section):
    up_to_kmh: float | None
    factor: float = Field(ge=1)


class Wind(Sourced):
    bands: tuple[WindBand, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising_without_end(self) -> Self:
        ends = [band.up_to_kmh for band in self.bands[:-1]]
        rising = [end for end in ends if end is not None]
        if len(rising) < len(ends) or rising != sorted(rising) or self.bands[-1].up_to_kmh:
            raise ValueError("bands: write them from calm up, the last with up_to_kmh: null")
        return self


class Table(Sourced):
    """Four upper bounds; what is over the last is level V."""

    name_vi: str
    p_up_to: tuple[float, float, float, float]
    h_up_to: tuple[int, int, int, int]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for name, bounds in (("p_up_to", self.p_up_to), ("h_up_to", self.h_up_to)):
            if list(bounds) != sorted(set(bounds)):
                raise ValueError(f"{name}: each bound must be over the one before")
        return self

    def by_p(self, p: float) -> int:
        """The level 1 to 5; a bound belongs to the level below it."""
        return 1 + sum(p > bound for bound in self.p_up_to)

    def by_h(self, h: int) -> int:
        return 1 + sum(h > bound for bound in self.h_up_to)


class Watch(Section):
    """Local hours, half open."""

    from_hour: int = Field(ge=0, le=23)
    to_hour: int = Field(ge=1, le=24)


class Level(Section):
    level: int = Field(ge=1, le=5)
    roman: str
    name_vi: str
    meaning_vi: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    colour_vi: str
    duty_vi: str
    rules_vi: str
    who_vi: str
    tower_watch: Watch | None

    def on_watch(self, moment: datetime) -> bool:
        """Whether towers must be manned at `moment` (aware)."""
        hour = moment.astimezone(LOCAL).hour
        watch = self.tower_watch
        return watch is not None and watch.from_hour <= hour < watch.to_hour


class Levels(Sourced):
    steps: tuple[Level, Level, Level, Level, Level]


class Burning(Sourced):
    """When registered burning may be done: outside the hours, under the level."""

    not_from_hour: int
    not_to_hour: int
    forbidden_from_level: int

    def allowed(self, moment: datetime, level: Level) -> bool:
        hour = moment.astimezone(LOCAL).hour
        hot = self.not_from_hour <= hour < self.not_to_hour
        return not hot and level.level < self.forbidden_from_level


class Rules(Section):
    """`data/danger.yaml`."""

    index: Index
    wind: Wind
    tables: Mapping[str, Table] = Field(min_length=1)
    levels: Levels
    controlled_burning: Burning

    def level(self, number: int) -> Level:
        return self.levels.steps[number - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rain:
    """Of a rain day; with hours missing, `mm` is the least that it can have been."""

    mm: float
    hours_missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Of one day at 13:00 local; None is "not measured"."""

    day: date
    t13: float | None
    rh13: float | None
    rain: Rain | None
    wind_kmh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days without the weather that the index needs, both ends included."""

    first: date
    last: date
    missing_vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """The danger of one day.

    `p` is without wind; `p_wind` has the factor and is what `level` is read from when wind was
    asked for.  `missing` names the stretches since the last reset; empty means certain.
    """

    day: date
    saturation_hpa: float | None
    deficit_hpa: float | None
    product: float
    reset: bool
    p: float
    p_lowest: float
    h: int
    wind_factor: float
    p_wind: float
    level: Level
    level_lowest: Level
    level_by_h: Level
    missing: tuple[Stretch, ...]
    trace: Trace

    @property
    def certain(self) -> bool:
        return not self.missing


def rules() -> Rules:
    return shipped("danger", Rules)


def saturation_hpa(celsius: float) -> float:
    """Saturation vapour pressure over water (Magnus, WMO-No. 8)."""
    return 6.112 * exp(17.62 * celsius / (243.12 + celsius))


def deficit_hpa(celsius: float, humidity_percent: float) -> float:
    return saturation_hpa(celsius) * (1 - humidity_percent / 100)


def rain_of(day: date, hourly_mm: Mapping[datetime, float], ends_at_hour: int) -> Rain | None:
    """Rain of the 24 hours before `ends_at_hour` of `day`, local; None when no hour is known.

    Keys are the aware beginnings of the hours.
    """
    end = datetime.combine(day, time(ends_at_hour), LOCAL)
    hours = [end - HOUR * back for back in range(1, 25)]
    known = [hourly_mm[hour] for hour in hours if hour in hourly_mm]
    return Rain(mm=sum(known), hours_missing=24 - len(known)) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """Which table, which reset (None: the rule's), and whether wind counts."""

    table: str
    rain_reset_mm: float | None = None
    wind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    """What one day hands to the next."""

    p: float = 0.0
    p_lowest: float = 0.0
    h: int = 0
    product: float = 0.0
    missing: tuple[Stretch, ...] = field(default=())


def reckon(
    days: Iterable[Weather], rules: Rules, method: Method, *, through: date | None = None
) -> tuple[Danger, ...]:
    """The danger of every day from the first to the last, or to `through`.

    The first day should follow a rain that resets: the index begins at 0.
    """
    found: list[Danger] = []
    so_far = _Sum()
    for weather in _every_day(days, through):
        so_far, danger = _next(so_far, weather, rules, method)
        found.append(danger)
    return tuple(found)


def _every_day(days: Iterable[Weather], through: date | None) -> Iterator[Weather]:
    """In order; a day that nobody reported comes as one without measurements."""
    known = {weather.day: weather for weather in days}
    if not known:
        return
    day, last = min(known), max(*known, through or min(known))
    while day <= last:
        yield known.get(day) or Weather(day=day, t13=None, rh13=None, rain=None)
        day += DAY


def _next(so_far: _Sum, weather: Weather, rules: Rules, method: Method) -> tuple[_Sum, Danger]:
    at = method.rain_reset_mm or rules.index.rain_reset_mm
    measured = _product(weather)
    product = so_far.product if measured is None else measured
    reset = weather.rain is not None and weather.rain.mm >= at
    lacking = () if reset else _lacking(weather)
    rain_unknown = not reset and (weather.rain is None or weather.rain.hours_missing > 0)
    now = _Sum(
        p=0.0 if reset else so_far.p + product,
        p_lowest=0.0 if reset or rain_unknown else so_far.p_lowest + (measured or 0.0),
        h=0 if reset else so_far.h + 1,
        product=product,
        missing=() if reset else _joined(so_far.missing, weather.day, lacking),
    )
    return now, _danger(now, weather, rules, method, reset=reset)


def _product(weather: Weather) -> float | None:
    if weather.t13 is None or weather.rh13 is None:
        return None
    return max(weather.t13, 0.0) * deficit_hpa(weather.t13, weather.rh13)


def _lacking(weather: Weather) -> tuple[str, ...]:
    lacking = []
    if weather.t13 is None:
        lacking.append("nhiệt độ 13 giờ")
    if weather.rh13 is None:
        lacking.append("độ ẩm 13 giờ")
    if weather.rain is None:
        lacking.append("lượng mưa ngày")
    elif weather.rain.hours_missing:
        lacking.append(f"{weather.rain.hours_missing} giờ mưa")
    return tuple(lacking)


def _joined(known: tuple[Stretch, ...], day: date, lacking: tuple[str, ...]) -> tuple[Stretch, ...]:
    """A day that lacks the same as the day before lengthens its stretch."""
    if not lacking:
        return known
    words = ", ".join(lacking)
    if known and known[-1].last == day - DAY and known[-1].missing_vi == words:
        return (*known[:-1], replace(known[-1], last=day))
    return (*known, Stretch(first=day, last=day, missing_vi=words))


def _danger(now: _Sum, weather: Weather, rules: Rules, method: Method, *, reset: bool) -> Danger:
    factor = _wind_factor(weather.wind_kmh, rules.wind) if method.wind else 1.0
    table = rules.tables[method.table]
    t13, rh13 = weather.t13, weather.rh13
    return Danger(
        day=weather.day,
        saturation_hpa=None if t13 is None else saturation_hpa(t13),
        deficit_hpa=None if t13 is None or rh13 is None else deficit_hpa(t13, rh13),
        product=now.product,
        reset=reset,
        p=now.p,
        p_lowest=now.p_lowest,
        h=now.h,
        wind_factor=factor,
        p_wind=now.p * factor,
        level=rules.level(table.by_p(now.p * factor)),
        level_lowest=rules.level(table.by_p(now.p_lowest * factor)),
        level_by_h=rules.level(table.by_h(now.h)),
        missing=now.missing,
        trace=_trace(now, weather, rules, method, factor),
    )


def _wind_factor(kmh: float | None, wind: Wind) -> float:
    """1 when the wind is not known: the index stands without it."""
    if kmh is None:
        return 1.0
    return next(
        band.factor for band in wind.bands if band.up_to_kmh is None or kmh <= band.up_to_kmh
    )


def _trace(now: _Sum, weather: Weather, rules: Rules, method: Method, factor: float) -> Trace:
    rain = weather.rain.mm if weather.rain else None
    notes = [f"Bảng tra: {rules.tables[method.table].name_vi}."]
    notes += [
        f"Thiếu {one.missing_vi} từ {one.first:%d/%m/%Y} đến {one.last:%d/%m/%Y}; tính như ngày "
        f"khô, P nằm giữa {now.p_lowest:.0f} và {now.p:.0f}."
        for one in now.missing
    ]
    if method.wind and weather.wind_kmh is None:
        notes.append("Thiếu tốc độ gió; chưa nhân hệ số gió.")
    return trace(
        rules.index,
        f"{FORMULA_VI} × hệ số gió" if method.wind else FORMULA_VI,
        Input(name_vi="Nhiệt độ 13 giờ", value=weather.t13, unit="°C"),
        Input(name_vi="Độ ẩm 13 giờ", value=weather.rh13, unit="%"),
        Input(name_vi="Lượng mưa ngày", value=rain, unit="mm"),
        Input(
            name_vi="Ngưỡng mưa đưa P về 0",
            value=method.rain_reset_mm or rules.index.rain_reset_mm,
            unit="mm",
        ),
        Input(name_vi="Hệ số gió", value=factor),
        notes_vi=tuple(notes),
    )
