"""Who is in which ring."""

import pytest

from contracts.update import Ring
from hub.rollouts.errors import BadPlan
from hub.rollouts.plan import Stage, plan

KNOWN = [f"thap-{number:02}" for number in range(20)]


def joined(*texts: str, digest: str = "a") -> list[list[str]]:
    taken: list[str] = []
    rings = []
    for stage in plan(texts, KNOWN, Ring.ALL):
        rings.append(stage.members(digest, KNOWN, taken))
        taken += rings[-1]
    return rings


def test_rings_by_name_by_share_and_the_rest() -> None:
    canary, first, rest = joined("canary=thap-03,thap-04", "first=25%", "all")
    assert canary == ["thap-03", "thap-04"]
    assert len(first) == 5
    assert sorted(canary + first + rest) == KNOWN


def test_without_rings_one_in_twenty_begins() -> None:
    assert [len(ring) for ring in joined()] == [1, 5, 14]


def test_a_share_draws_the_same_boxes_again_and_others_for_another_update() -> None:
    assert joined(digest="a") == joined(digest="a")
    assert len({tuple(joined("canary=25%", digest=str(each))[0]) for each in range(5)}) > 1


def test_an_update_for_few_goes_no_further() -> None:
    assert [stage.ring for stage in plan((), KNOWN, Ring.FIRST)] == [Ring.CANARY, Ring.FIRST]


def test_a_stage_survives_the_records() -> None:
    stage = Stage(ring=Ring.CANARY, devices=("thap-01",))
    assert Stage.of(stage.plain()) == stage


@pytest.mark.parametrize(
    ("texts", "widest", "why"),
    [
        (["canari=5%"], Ring.ALL, "the rings are canary, first, all"),
        (["canary=0%"], Ring.ALL, "write a share above 0%"),
        (["canary=x%"], Ring.ALL, "write a share above 0%"),
        (["all", "canary=5%"], Ring.ALL, "each once, in the order"),
        (["all"], Ring.CANARY, "signed for canary at most"),
        (["canary=thap-99"], Ring.ALL, "thap-99 takes no updates; there are: thap-00"),
    ],
)
def test_a_plan_that_cannot_be_says_why(texts: list[str], widest: Ring, why: str) -> None:
    with pytest.raises(BadPlan, match=why):
        plan(texts, KNOWN, widest)


def test_without_boxes_there_is_no_plan() -> None:
    with pytest.raises(BadPlan, match="no box takes updates yet"):
        plan((), [], Ring.ALL)
