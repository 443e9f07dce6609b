"""Each field has one function in each tier, and the Flux says the same as the InfluxQL."""

import pytest

from contracts.measurement import SHAPES, Measurement
from grafana.generate import boards
from provisioning import flux
from provisioning.continuous import continuous
from provisioning.downsampling import TEXT, functions
from provisioning.tiers import LONGEST_VIEW_DAYS, Tiers


@pytest.mark.parametrize("measurement", Measurement)
def test_every_figure_is_kept_and_texts_are_not(measurement: Measurement) -> None:
    shape = SHAPES[measurement]
    assert set(functions(measurement)) == {
        name for name, unit in shape.fields.items() if unit != TEXT
    }


@pytest.mark.parametrize("measurement", Measurement)
@pytest.mark.parametrize("tier", Tiers.of().coarse, ids=lambda tier: tier.name)
def test_flux_and_influxql_say_the_same(measurement: Measurement, tier: object) -> None:
    [tier] = [each for each in Tiers.of().coarse if each == tier]
    influxql = continuous("ioc", "autogen", tier, measurement).statement
    script = flux.script("ioc", f"ioc/{tier.name}", "dong-giang", tier, measurement)
    for name, function in functions(measurement).items():
        assert f'{function}("{name}") AS "{name}"' in influxql
        [part] = [part for part in script.split("from(")[1:] if f'_field == "{name}"' in part]
        assert f"every: {tier.every}" in part
        assert f"fn: {function}," in part
        assert f'_measurement == "{measurement}"' in part
        assert f'to(bucket: "ioc/{tier.name}", org: "dong-giang")' in part
        assert 'createEmpty: false, timeSrc: "_start"' in part, "a point stands at its window's end"
        assert "r._time > r._start" in part, "a cut window overwrites a whole one"
        assert ("offset: 17h" in part) == (tier.every == "1d"), "a day begins in Việt Nam"


def test_no_board_opens_with_more_than_the_raw_points_that_are_kept() -> None:
    spans = {board.uid: board.since for board in boards()}
    days = {uid: int(since[4:-1]) / (24 if since[-1] == "h" else 1) for uid, since in spans.items()}
    assert max(days.values()) == LONGEST_VIEW_DAYS < Tiers.of().raw.days


def test_late_points_reach_their_day_before_raw_ones_are_dropped() -> None:
    tiers = Tiers.of(raw=LONGEST_VIEW_DAYS)
    assert all(each.again_days < tiers.raw.days for each in tiers.coarse)
