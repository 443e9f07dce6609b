"""Twenty rounds of kill -9 over edge, broker, hub and database while traffic flows."""

import random
from functools import partial
from pathlib import Path

import pytest

from tests.chaos.district import District, running
from tests.waiting import until

pytestmark = pytest.mark.chaos

ROUNDS = 20


def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20)
    with running(tmp_path) as district:
        victims = [district.broker, district.influx, district.hub, district.edge] * (ROUNDS // 4)
        chance.shuffle(victims)
        for victim in victims:
            goal = district.counted() + chance.randint(20, 150)
            until(partial(counted_to, district, goal), 60)
            victim.kill()
            victim.start()
        print(f"{ROUNDS} kills: {district.judge()}")


def counted_to(district: District, goal: int) -> bool:
    return district.counted() >= goal
