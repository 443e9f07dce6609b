"""Each server away for a while while traffic flows and then killed with -9; or frozen for a while.

A while is `IOC_OUTAGE_S` seconds: some in every run, `IOC_OUTAGE_S=60` for the promised minute.
"""

import os
import time
from pathlib import Path

import pytest

from tests.chaos.district import District, running
from tests.waiting import until

pytestmark = pytest.mark.chaos

OUTAGE_S = float(os.environ.get("IOC_OUTAGE_S", "6"))
WORDS = {
    "broker": [("edge", "nothing listens at the broker's address"), ("hub", "lost:")],
    "hub": [("edge", "no receipt for")],
    "influx": [("hub", "time series:")],
    "phone": [("hub", "webhook phone: incident.opened of incident")],
}
"""Who says what, while it is away."""


def flows(district: District) -> None:
    """Returns when the box has counted some alarms and many figures more."""
    goal = district.counted() + 100
    until(lambda: district.counted() >= goal, 120)


@pytest.mark.parametrize("name", WORDS)
def test_a_server_that_is_away_for_a_while_costs_nothing_and_is_named(
    tmp_path: Path, name: str
) -> None:
    with running(tmp_path) as district:
        victim = getattr(district, name)
        flows(district)
        victim.end()
        time.sleep(OUTAGE_S)
        flows(district)
        said = {speaker: district.said(speaker) for speaker, _ in WORDS[name]}
        assert [words for speaker, words in WORDS[name] if words not in said[speaker]] == []
        victim.start()
        flows(district)
        victim.kill()
        victim.start()
        print(f"{name} away for {OUTAGE_S:.0f} s, then killed: {district.judge()}")


@pytest.mark.parametrize("name", [*WORDS, "edge"])
def test_a_server_that_hangs_for_a_while_costs_nothing(tmp_path: Path, name: str) -> None:
    with running(tmp_path) as district:
        victim = getattr(district, name)
        flows(district)
        victim.freeze()
        time.sleep(OUTAGE_S)
        victim.thaw()
        flows(district)
        print(f"{name} frozen for {OUTAGE_S:.0f} s: {district.judge()}")
