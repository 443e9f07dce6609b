"""Steady answers for tests of counting: what a still thing is worth is the confirmation's test."""

from collections.abc import Iterator

import pytest

from edge_agent.policy import STREET, TOWER


@pytest.fixture(autouse=True, scope="module")
def steady_things_open() -> Iterator[None]:
    """No track is too still while a module's tests run."""
    before = [(policy, policy.still) for policy in (TOWER, STREET)]
    for policy, _ in before:
        object.__setattr__(policy, "still", 0.0)
    yield
    for policy, still in before:
        object.__setattr__(policy, "still", still)
