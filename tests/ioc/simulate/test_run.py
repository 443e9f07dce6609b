"""A run hands in what was told until now, and then each word when it is due."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from hub.provenance import Admitted
from ioc.simulate import run
from ioc.simulate.batches import Batch
from ioc.simulate.district import District
from ioc.simulate.told import Told
from ioc.simulate.world import World
from tests.ioc.simulate.conftest import UNTIL

HOUR = timedelta(hours=1)
STEP = timedelta(minutes=20)


class Remembered(District):
    """A district that has thought of its last eight hours once."""

    def __init__(self) -> None:
        super().__init__(World(seed=7, scale=0.001))
        self._coming = super().news(UNTIL - 8 * HOUR, UNTIL + HOUR)

    def news(self, after: datetime, until: datetime) -> list[Told]:
        return [each for each in self._coming if after <= each.at < until]


@pytest.fixture(scope="module")
def district() -> District:
    return Remembered()


@dataclass
class Watch:
    """A clock that goes on when somebody sleeps, and a taker that notes when it was given what."""

    at: datetime
    given: list[tuple[datetime, Batch]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, _seconds: float) -> None:
        self.at += STEP

    def send(self, batch: Batch) -> Admitted:
        self.given.append((self.at, batch))
        return Admitted(stored=len(batch.bodies))

    @property
    def words(self) -> set[str]:
        return {body.model_dump_json() for _, batch in self.given for body in batch.bodies}


def test_each_word_is_handed_in_when_it_is_due_also_beyond_the_horizon(district: District) -> None:
    after, until = UNTIL - 8 * HOUR, UNTIL
    watch = Watch(after)
    told = run.live(district, after, watch, now=watch.now, sleep=watch.sleep, until=until)
    coming = district.news(after, until)
    assert until - after > run.AHEAD
    assert told == sum(len(batch.bodies) for _, batch in watch.given) == len(coming)
    due = {each.body.model_dump_json(): each.at for each in coming}
    assert watch.words == set(due)
    for at, batch in watch.given:
        for body in batch.bodies:
            assert timedelta(0) <= at - due[body.model_dump_json()] <= STEP


def test_a_clock_that_jumps_leaves_nothing_out(district: District) -> None:
    after = UNTIL - 8 * HOUR
    watch = Watch(after)

    def sleeps_long(_seconds: float) -> None:
        watch.at += 9 * HOUR

    told = run.live(district, after, watch, now=watch.now, sleep=sleeps_long, until=UNTIL)
    assert told >= len(district.news(after, UNTIL))


def test_filling_says_how_far_it_is_and_counts_what_was_taken(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SAY_EVERY_S", -1.0)
    watch, said = Watch(UNTIL), list[str]()
    handed = run.fill(district, UNTIL - 24 * HOUR, UNTIL, watch, said.append)
    assert handed.words == handed.admitted.stored == len(district.told(UNTIL - 24 * HOUR, UNTIL))
    assert handed.parcels == len(watch.given) == len(said)
    assert said[-1].endswith("(100%)")
