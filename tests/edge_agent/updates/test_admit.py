"""What may come in: signed, fresh, not below the floor, for this box."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.update import Ring, What
from edge_agent.updates.errors import NotNow, UpdateRefused
from tests.edge_agent.making import NOON
from tests.edge_agent.signed import STRANGER
from tests.edge_agent.updates.making import Box, detector, manifest, offer_of

CONTENT = detector("two")


def test_a_trusted_signature_opens_the_gate(box: Box) -> None:
    made = manifest(CONTENT)
    assert box.updates.admit(offer_of(made)) == made


def test_what_was_changed_after_it_was_signed_is_refused(box: Box) -> None:
    offer = offer_of(manifest(CONTENT))
    tampered = offer.model_copy(
        update={"manifest": offer.manifest.replace('"floor":1', '"floor":0')}
    )
    with pytest.raises(UpdateRefused, match="it was changed after it was signed"):
        box.updates.admit(tampered)


def test_a_foreign_key_is_refused(box: Box) -> None:
    with pytest.raises(UpdateRefused, match=r"not trusted here.*update\.trusted_keys"):
        box.updates.admit(offer_of(manifest(CONTENT), STRANGER))


def test_an_expired_update_is_refused(box: Box) -> None:
    box.now = NOON + timedelta(days=30)
    with pytest.raises(UpdateRefused, match="out of date since 2026-05-01 05:00 UTC"):
        box.updates.admit(offer_of(manifest(CONTENT)))


def test_a_box_whose_clock_is_behind_cannot_tell_and_waits(box: Box) -> None:
    box.now = NOON.replace(year=1970)
    with pytest.raises(NotNow, match="ahead of this box's clock"):
        box.updates.admit(offer_of(manifest(CONTENT)))


def test_an_update_older_than_the_floor_is_refused(box: Box) -> None:
    box.bring(CONTENT, version=5, floor=5)
    box.prove()
    box.updates.admit(offer_of(manifest(CONTENT, version=5)))
    with pytest.raises(UpdateRefused, match="version 4 is older than the floor 5"):
        box.updates.admit(offer_of(manifest(CONTENT, version=4)))
    with pytest.raises(UpdateRefused, match="version 0 is older than the floor 5"):
        box.updates.withdraw(What.MODEL)


def test_the_floor_rises_only_when_an_update_has_proven_itself(box: Box) -> None:
    box.bring(CONTENT, version=5, floor=5)
    assert box.updates.store.line(What.MODEL).floor == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ring": Ring.CANARY}, "signed for the ring canary, this box is in all"),
        ({"minimum_agent": "99.0.0"}, r"made for agents from 99\.0\.0 on"),
    ],
)
def test_an_update_for_others_is_refused(box: Box, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(UpdateRefused, match=why):
        box.updates.admit(offer_of(manifest(CONTENT, **changes)))


@pytest.mark.parametrize(
    ("box_is", "meant_for", "takes"),
    [("canary", "all", True), ("canary", "canary", True), ("first", "canary", False),
     ("all", "first", False), ("all", "all", True)],
)  # fmt: skip
def test_a_bolder_box_takes_what_is_for_all(box_is: str, meant_for: str, takes: bool) -> None:
    assert Ring(box_is).takes(Ring(meant_for)) is takes


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"floor": 3}, "floor: at most the version"),
        ({"not_after": NOON}, "not_after: later"),
        ({"scores": {}}, "scores: a model says them"),
        ({"what": What.CONFIGURATION, "scores": {"smoke": 1}}, "a configuration has none"),
        ({"sha256": "x"}, "sha256"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_none(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        manifest(CONTENT, **changes)


def test_one_at_a_time(box: Box) -> None:
    box.bring(CONTENT)
    with pytest.raises(NotNow, match="an update of the model is on trial"):
        box.updates.admit(offer_of(manifest(detector("three"), version=3)))
