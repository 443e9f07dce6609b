"""Where false alarms die, and true ones do not."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.sighting import Box, Label, State
from edge_agent.confirm import Change, Confirmer
from edge_agent.detector import Detection
from edge_agent.floor import NoiseFloor
from edge_agent.policy import STREET, TOWER, Policy, policy_for
from tests.edge_agent.making import after, box_at, seen

POLICIES = [TOWER, STREET]


def play(
    policy: Policy, looks: Sequence[Sequence[Detection]], every_s: float | None = None
) -> list[Change]:
    """All changes of a series; unless told otherwise each look is a step of far smoke."""
    confirmer = Confirmer(policy)
    gap_s = policy.step_s[Label.SMOKE] if every_s is None else every_s
    return [
        change
        for number, detections in enumerate(looks)
        for change in confirmer.look(detections, after(gap_s * number))
    ]


def growing(looks: int, x: float = 0.4, score: float = 0.8) -> list[Detection]:
    return [seen(score, box_at(x, 0.4, 0.03 + 0.004 * look)) for look in range(looks)]


def restless(number: int) -> Box:
    """About the same place, and never still; the same for the same number."""
    return box_at(0.4, 0.4, float(np.random.default_rng(number).uniform(0.04, 0.07)))


def states(changes: Sequence[Change]) -> list[State]:
    return [change.state for change in changes]


@pytest.mark.parametrize("policy", POLICIES)
def test_one_growing_plume_opens_one_sighting(policy: Policy) -> None:
    changes = play(policy, [[one] for one in growing(20)])
    assert states(changes).count(State.OPENED) == 1
    assert len({change.sighting for change in changes}) == 1
    assert changes[0].state is State.OPENED
    assert changes[0].first_seen_at == after(0)


@pytest.mark.parametrize("policy", POLICIES)
@given(score=st.floats(min_value=0, max_value=1))
@settings(deadline=None)
def test_a_single_frame_opens_nothing_however_sure(policy: Policy, score: float) -> None:
    assert play(policy, [[seen(score)], [], [], []]) == []


def test_a_miss_in_between_does_not_start_anew() -> None:
    plume = growing(5)
    looks = [[plume[0]], [plume[1]], [], [plume[3]], [plume[4]]]
    [opened] = play(TOWER, looks)
    assert opened.first_seen_at == after(0)
    assert opened.frames == 4


def test_weak_boxes_that_last_stay_below_the_threshold() -> None:
    weak = [[one] for one in growing(60, score=TOWER.opens[Label.SMOKE] - 0.05)]
    assert play(TOWER, weak) == []


def test_two_fires_make_two_sightings() -> None:
    left, right = growing(8, x=0.1), growing(8, x=0.7)
    changes = play(TOWER, [[a, b] for a, b in zip(left, right, strict=True)])
    opened = [change.sighting for change in changes if change.state is State.OPENED]
    assert len(opened) == len(set(opened)) == 2


def test_a_wall_of_fog_is_not_a_plume() -> None:
    fog = [[seen(0.9, Box(x=0, y=0, w=1, h=0.5 + 0.01 * look))] for look in range(20)]
    assert play(TOWER, fog) == []


def test_a_giant_box_does_not_swallow_a_small_track() -> None:
    giant = seen(0.9, Box(x=0.1, y=0.1, w=0.55, h=0.55))
    changes = play(TOWER, [[giant, small] for small in growing(8)])
    opened = [change for change in changes if change.state is State.OPENED]
    assert min(change.box.w for change in opened) < 0.1


def test_a_plume_boxed_twice_is_one_sighting() -> None:
    nested = [
        [whole, seen(whole.score - 0.2, Box(x=whole.box.x, y=whole.box.y + whole.box.h / 2,
                                            w=whole.box.w, h=whole.box.h / 2))]
        for whole in growing(10)
    ]  # fmt: skip
    changes = play(TOWER, nested)
    assert len({change.sighting for change in changes}) == 1


def test_a_plume_boxed_now_by_its_foot_now_whole_stays_one_track() -> None:
    foot, whole = box_at(0.40, 0.45, 0.03), box_at(0.38, 0.38, 0.10)
    changes = play(TOWER, [[seen(0.7, whole if look % 2 else foot)] for look in range(12)])
    assert len({change.sighting for change in changes}) == 1


def test_a_lamp_that_never_changes_opens_nothing() -> None:
    lamp = [[seen(0.7, label=Label.FIRE)] for _ in range(200)]
    changes = play(replace(STREET, hits=6), lamp)
    assert changes == []


def test_a_flame_that_flickers_where_the_lamp_stood_opens() -> None:
    flame = [
        [seen(0.6 + 0.1 * (look % 3), box_at(0.4, 0.4, 0.05 + 0.01 * (look % 2)), Label.FIRE)]
        for look in range(20)
    ]
    assert states(play(STREET, flame))[0] is State.OPENED


def test_fire_in_known_smoke_is_a_sighting_of_its_own() -> None:
    smoke = growing(12)
    fire = [seen(0.8, box_at(0.42, 0.44, 0.01 + 0.001 * look), Label.FIRE) for look in range(12)]
    changes = play(STREET, [[a, b] for a, b in zip(smoke, fire, strict=True)])
    opened = {change.label for change in changes if change.state is State.OPENED}
    assert opened == {Label.SMOKE, Label.FIRE}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_sighting_closes_once_when_nothing_is_seen_for_long(policy: Policy) -> None:
    every_s = policy.step_s[Label.SMOKE] / 5
    silence = int(policy.closes_after_s / every_s) + 2
    changes = play(policy, [[one] for one in growing(70)] + [[]] * silence, every_s=every_s)
    assert states(changes)[-1] is State.CLOSED
    assert states(changes).count(State.CLOSED) == 1


def test_a_sighting_closes_when_no_frame_comes_at_all() -> None:
    confirmer = Confirmer(TOWER)
    for step, one in enumerate(growing(8)):
        confirmer.look([one], after(30 * step))
    assert confirmer.expire(after(240)) == []
    [closed] = confirmer.expire(after(240 + TOWER.closes_after_s))
    assert closed.state is State.CLOSED
    assert confirmer.expire(after(9999)) == []


def test_updates_come_at_a_bounded_rate() -> None:
    changes = play(STREET, [[one] for one in growing(100)], every_s=1.0)
    updates = [change for change in changes if change.state is State.UPDATED]
    assert 100 / STREET.updates_every_s - 2 <= len(updates) <= 100 / STREET.updates_every_s + 4


def test_after_it_closed_the_same_place_may_open_again() -> None:
    silence: list[list[Detection]] = [[]] * (int(STREET.closes_after_s) + 8)
    again = [[one] for one in growing(8)]
    changes = play(STREET, again + silence + again, every_s=1.0)
    assert states(changes).count(State.OPENED) == 2
    assert len({change.sighting for change in changes}) == 2


boxes = st.builds(
    lambda x, y, size, score, label: seen(score, box_at(x, y, size), label),
    st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.01, 0.2), st.floats(0, 1),
    st.sampled_from(list(Label)),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(looks=st.lists(st.lists(boxes, max_size=4), max_size=40), policy=st.sampled_from(POLICIES))
def test_every_sighting_opens_first_closes_last_and_once(
    looks: list[list[Detection]], policy: Policy
) -> None:
    told: dict[str, list[State]] = {}
    for change in play(policy, looks):
        told.setdefault(change.sighting, []).append(change.state)
        assert 0 <= change.score <= 1
        assert change.frames >= policy.hits
    for life in told.values():
        assert life[0] is State.OPENED
        assert life.count(State.OPENED) == 1
        assert State.CLOSED not in life[:-1]


@settings(max_examples=60, deadline=None)
@given(looks=st.lists(st.lists(boxes, max_size=4), max_size=12), policy=st.sampled_from(POLICIES))
def test_the_order_of_the_boxes_does_not_matter(
    looks: list[list[Detection]], policy: Policy
) -> None:
    def facts(changes: list[Change]) -> list[tuple[object, ...]]:
        return sorted((one.state, one.label, one.score, one.frames) for one in changes)

    backwards = [list(reversed(detections)) for detections in looks]
    unique = all(len({one.score for one in look}) == len(look) for look in looks)
    if unique:  # equal overlaps are settled by the order, and only they
        assert len(facts(play(policy, looks))) == len(facts(play(policy, backwards)))


@pytest.mark.parametrize("scene", ["tower", "street"])
def test_each_scene_has_its_policy(scene: str) -> None:
    policy = policy_for(scene)
    assert 1 < policy.hits <= policy.window
    assert set(policy.opens) == set(policy.floor) == set(Label)
    assert all(policy.floor[label] <= policy.opens[label] for label in Label)


def test_a_box_joins_the_track_that_it_overlaps_best() -> None:
    def pair(size: float) -> list[Detection]:
        return [seen(0.8, box_at(x, 0.4, size)) for x in (0.40, 0.43)]

    looks = [pair(0.05 + 0.01 * (look % 2))[:: 1 if look % 3 else -1] for look in range(8)]
    places: dict[str, set[float]] = {}
    for change in play(TOWER, looks):
        places.setdefault(change.sighting, set()).add(change.box.x)
    assert sorted(map(sorted, places.values())) == [[0.40], [0.43]]


def opened_after(policy: Policy, label: Label, every_s: float) -> float:
    """Seconds until something steady in score, and never still, opens."""
    confirmer, number = Confirmer(policy), 0
    while not confirmer.look([seen(0.7, restless(number), label)], after(every_s * number)):
        number += 1
    return every_s * number


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("label", list(Label))
@given(share=st.floats(min_value=0.05, max_value=1.0))
@settings(max_examples=30, deadline=None)
def test_quicker_looks_do_not_shorten_the_time_that_smoke_must_last(
    policy: Policy, label: Label, share: float
) -> None:
    base = policy.step_s[label]
    at_base = opened_after(policy, label, base)
    assert abs(opened_after(policy, label, base * share) - at_base) <= base


@pytest.mark.parametrize("every_s", [60.0, 300.0, 3600.0])
def test_rarer_looks_count_one_by_one(every_s: float) -> None:
    steps = opened_after(TOWER, Label.SMOKE, every_s) / every_s
    assert steps == opened_after(TOWER, Label.SMOKE, 30.0) / 30.0


def test_looks_that_come_a_little_early_or_late_are_steps_of_their_own() -> None:
    confirmer = Confirmer(TOWER)
    times = [0, 28.4, 61.8, 88.2]
    changes = [confirmer.look([one], after(at)) for at, one in zip(times, growing(4), strict=True)]
    assert [states(one) for one in changes] == [[], [], [], [State.OPENED]]


def test_a_clock_that_stands_still_does_not_keep_smoke_from_opening() -> None:
    confirmer = Confirmer(TOWER)
    told = [change for one in growing(6) for change in confirmer.look([one], after(0))]
    assert states(told)[0] is State.OPENED


def test_a_tower_sees_near_flame_in_seconds_and_far_smoke_in_minutes() -> None:
    assert opened_after(TOWER, Label.FIRE, 0.25) < 5
    assert 60 < opened_after(TOWER, Label.SMOKE, 0.25) < 180


def test_what_lasts_a_few_seconds_does_not_become_smoke_on_a_tower() -> None:
    gust = [[one] for one in growing(20, score=0.95)]
    assert play(TOWER, gust + [[]] * 400, every_s=1.0) == []


def test_a_recording_in_haste_is_judged_as_life_would_be() -> None:
    plume = [[one] for one in growing(20)]
    hasty = play(TOWER.hastened(60.0), plume, every_s=1.0)
    assert states(hasty) == states(play(TOWER, plume, every_s=60.0))[: len(hasty)]
    assert hasty[0].frames == play(TOWER, plume, every_s=60.0)[0].frames


@pytest.mark.parametrize("policy", POLICIES)
@given(scores=st.lists(st.floats(0.0, 1.0), min_size=20, max_size=120))
@settings(max_examples=60, deadline=None)
def test_an_open_sighting_never_flaps(policy: Policy, scores: list[float]) -> None:
    """However its score wavers over the floor, or is lost for less than the patience."""
    least = max(policy.floor.values())
    looks = [[one] for one in growing(10)] + [
        [seen(score, box_at(0.4, 0.4, 0.068))] if score >= least else [] for score in scores
    ]
    calm = policy.closes_after_s / (len(looks) + 1)
    told = play(policy, looks, every_s=calm)
    assert states(told).count(State.OPENED) == 1
    assert State.CLOSED not in states(told)


def test_a_camera_that_looks_once_an_hour_does_not_close_between_two_looks() -> None:
    confirmer = Confirmer(TOWER)
    told: list[Change] = []
    for hour, one in enumerate(growing(12)):
        told += confirmer.look([one], after(3600.0 * hour))
        told += confirmer.expire(after(3600.0 * hour + 3500))
    assert states(told).count(State.OPENED) == 1
    assert State.CLOSED not in states(told)


def test_what_was_seen_before_the_camera_was_lost_does_not_count_after() -> None:
    confirmer = Confirmer(TOWER)
    plume = growing(6)
    for step in range(3):
        assert confirmer.look([plume[step]], after(30.0 * step)) == []
    assert confirmer.look([plume[3]], after(90.0 + 1.1 * TOWER.closes_after_s)) == []


def usual(days: int, score: float) -> NoiseFloor:
    """The same place glared at the same hour, so many days long, without ever opening."""
    noise = NoiseFloor()
    for day in range(days, 0, -1):
        confirmer = Confirmer(TOWER, noise)
        for minute in range(40):
            glare = seen(score, box_at(0.4, 0.4, 0.05 + 0.001 * (minute % 5)))
            assert confirmer.look([glare], after(60.0 * minute - 86_400 * day)) == []
    return noise


@pytest.mark.parametrize(
    ("days", "score", "opens"), [(3, 0.48, False), (3, 0.6, True), (1, 0.48, True)]
)
def test_what_is_usual_at_this_hour_opens_only_when_it_is_stronger(
    days: int, score: float, opens: bool
) -> None:
    confirmer = Confirmer(TOWER, usual(days, 0.42))
    told = [
        change
        for minute in range(20)
        for change in confirmer.look([seen(score, restless(minute))], after(60.0 * minute))
    ]
    assert (State.OPENED in states(told)) is opens


def test_beside_a_lamp_that_glares_every_day_a_fire_need_not_outshine_it() -> None:
    noise = NoiseFloor()
    lamp = Confirmer(STREET, noise)
    for quarter in range(3 * 24 * 60):
        lamp.look([seen(0.95, label=Label.FIRE)], after(60.0 * quarter))
    fire = [seen(0.6, restless(look), Label.FIRE) for look in range(8)]
    confirmer = Confirmer(STREET, noise)
    told = [
        change
        for look, one in enumerate(fire)
        for change in confirmer.look([one], after(3 * 86_400 + look))
    ]
    assert states(told)[0] is State.OPENED


def test_an_open_sighting_is_fed_by_what_noise_would_not_have_opened() -> None:
    confirmer = Confirmer(TOWER, usual(3, 0.35))
    told: list[Change] = []
    for minute in range(40):
        weak_or_strong = seen(0.8 if minute < 8 else 0.3, restless(minute))
        told += confirmer.look([weak_or_strong], after(60.0 * minute))
    assert states(told).count(State.OPENED) == 1
    assert State.CLOSED not in states(told)


def test_a_fire_that_burns_for_days_teaches_no_noise() -> None:
    confirmer = Confirmer(TOWER, noise := NoiseFloor())
    for quarter in range(4 * 24 * 4):
        confirmer.look([seen(0.6, restless(quarter))], after(900.0 * quarter))
    assert noise.share(after(86_400 * 4)) == 0
    fresh = Confirmer(TOWER, noise)
    told = [
        change
        for minute in range(6)
        for change in fresh.look([seen(0.6, restless(minute))], after(86_400 * 4 + 60.0 * minute))
    ]
    assert states(told)[0] is State.OPENED


def test_weak_detections_that_never_open_are_learned() -> None:
    confirmer = Confirmer(TOWER, noise := NoiseFloor())
    for quarter in range(3 * 24 * 4):
        assert confirmer.look([seen(0.3)], after(900.0 * quarter)) == []
    assert noise.under(seen(), after(86_400 * 3)) == pytest.approx(0.3, abs=0.01)
