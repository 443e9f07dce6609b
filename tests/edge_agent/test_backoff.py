"""Pauses grow, stay bounded, and differ from box to box."""

import random

from edge_agent.backoff import Backoff


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(1.0, 10.0, random.Random(1))
    pauses = [backoff.next() for _ in range(8)]
    for pause, whole in zip(pauses, [1, 2, 4, 8, 10, 10, 10, 10], strict=True):
        assert whole / 2 <= pause <= whole


def test_success_begins_anew() -> None:
    backoff = Backoff(1.0, 60.0, random.Random(1))
    for _ in range(5):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 1.0


def test_two_boxes_do_not_come_back_in_step() -> None:
    one, other = Backoff(8.0, 60.0, random.Random(1)), Backoff(8.0, 60.0, random.Random(2))
    assert [one.next() for _ in range(3)] != [other.next() for _ in range(3)]
