"""Which device may hand in what."""

from datetime import date

import pytest

from contracts.configuration import ConfigError
from contracts.topics import Kind
from hub.admission import About
from hub.bridge_settings import Bridge
from hub.bridges import Bridges
from hub.config import HubConfig
from hub.provenance import NotAdmitted
from tests.hub.conftest import knowledge

TODAY = date(2026, 11, 28)


def bridges(**fields: object) -> Bridges:
    bridge = Bridge.model_validate({"device": "cau-y-te", "subsystems": ["health"]} | fields)
    return Bridges([bridge], knowledge().catalogue, TODAY)


def about(subsystem: str = "health", unit: str | None = "20467") -> About:
    return About(subsystem=subsystem, unit=unit, field="measure", value="x.y")


def test_it_may_what_is_written_and_nothing_else() -> None:
    known = bridges(may=["observation"], units=["20467"])
    known.check("cau-y-te", Kind.OBSERVATION, about())
    for device, kind, item in (
        ("thap-prao", Kind.OBSERVATION, about()),
        ("cau-y-te", Kind.CASE, about()),
        ("cau-y-te", Kind.OBSERVATION, about(subsystem="education")),
        ("cau-y-te", Kind.OBSERVATION, about(unit="20458")),
    ):
        with pytest.raises(NotAdmitted, match=r"\[\[bridge\]\]"):
            known.check(device, kind, item)


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"subsystems": ["helth"]}, "there are .*health"), ({"units": ["99999"]}, "no such unit")],
)
def test_names_that_nobody_knows_are_named_at_the_start(
    fields: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        bridges(**fields)


def test_a_device_stands_once() -> None:
    twice = {"device": "a", "subsystems": ["health"]}
    with pytest.raises(ValueError, match="stands twice"):
        HubConfig.model_validate({"bridge": [twice, twice]})
