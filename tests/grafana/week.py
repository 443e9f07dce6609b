"""A simulated week of the district as lines: every measurement, hourly; figures daily."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from contracts.measurement import SHAPES, Measurement
from hub.arrival import nanoseconds
from hub.catalogue.loader import DISTRICT, load
from hub.places import district
from hub.timeseries.lineprotocol import encode
from hub.timeseries.point import Point, Value

START = datetime(2026, 11, 2, tzinfo=UTC)
END = START + timedelta(days=7)
DEVICES = ("tower-ban-co", "tower-song-kon", "street-prao")
COMMUNES = tuple(each.code for each in district().on(date(2026, 11, 2)))
TAGS: Mapping[Measurement, tuple[dict[str, str], ...]] = {
    Measurement.BOX: tuple({"device": each} for each in DEVICES),
    Measurement.CAMERA: tuple({"device": each, "camera": f"{each}-1"} for each in DEVICES),
    Measurement.WEATHER: tuple({"device": each} for each in DEVICES[:2]),
    Measurement.SIGHTING: tuple(
        {"device": DEVICES[0], "camera": f"{DEVICES[0]}-1", "label": each}
        for each in ("smoke", "fire")
    ),
    Measurement.INCIDENT: tuple(
        {"subsystem": "forest-fire", "commune": each} for each in COMMUNES
    ),
    Measurement.LINK: tuple({"device": each} for each in DEVICES),
    Measurement.HUB: ({"hub": "ioc"},),
    Measurement.FIGURE: tuple(
        {"subsystem": name.partition(".")[0], "indicator": name, "unit": unit}
        for name in sorted({each.id for each in load().indicators})
        for unit in (DISTRICT, *COMMUNES)
    ),
}  # fmt: skip


def lines() -> Iterator[str]:
    for measurement, all_tags in TAGS.items():
        step = timedelta(days=1 if measurement is Measurement.FIGURE else 0.0417)
        for number, tags in enumerate(all_tags):
            at = START + timedelta(minutes=number % 60)
            while at < END:
                yield _line(measurement, tags, at)
                at += step


def _line(measurement: Measurement, tags: Mapping[str, str], at: datetime) -> str:
    units = SHAPES[measurement].fields
    fields = tuple((name, _value(name, unit, at)) for name, unit in units.items())
    return encode(
        Point(
            measurement=measurement,
            tags=tuple((name, tags[name]) for name in SHAPES[measurement].tags),
            fields=fields,
            at_ns=nanoseconds(at),
        )
    )


def _value(name: str, unit: str, at: datetime) -> Value:
    if unit == "ulid":
        return f"{name}-{at:%d%H%M}"
    wave = 1.5 + math.sin(at.hour / 24 * 2 * math.pi)
    return float(wave > 1) if unit == "0/1" else float(round(wave)) if name == "grade" else wave
