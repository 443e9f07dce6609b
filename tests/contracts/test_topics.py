"""The topic grammar."""

import pytest

from contracts import topics
from contracts.errors import TopicError
from contracts.identity import Lane
from contracts.topics import DOWN, LANES, UP, Kind, Topic


@pytest.mark.parametrize(("kind", "lane"), [(kind, lane) for kind in LANES for lane in LANES[kind]])
def test_a_numbered_topic_reads_back_as_it_was_written(kind: Kind, lane: Lane) -> None:
    topic = Topic(device="thap-1", lane=lane, kind=kind)
    assert topics.parse(str(topic)) == topic


@pytest.mark.parametrize("kind", UP + DOWN)
def test_a_topic_without_lane_reads_back_as_it_was_written(kind: Kind) -> None:
    assert topics.parse(str(Topic(device="a", kind=kind))) == Topic(device="a", kind=kind)


@pytest.mark.parametrize(
    "wrong",
    [
        "v2/up/a/alarm/sighting",
        "v1/up/A/alarm/sighting",
        "v1/up/-a/alarm/sighting",
        "v1/up/a\n/alarm/sighting",
        "v1/up/a/urgent/sighting",
        "v1/up/a/bulk/sighting",
        "v1/up/a/alarm/telemetry",
        "v1/up/a/alarm/status",
        "v1/up/a/bulk/receipt",
        "v1/down/a/alarm/sighting",
        "v1/up/a/certificate",
        "v1/down/a/certificate-request",
        "v1/up/a/bulk/certificate-request",
        "v1/up/a",
        "",
    ],
)
def test_a_topic_outside_the_grammar_is_refused(wrong: str) -> None:
    with pytest.raises(TopicError) as caught:
        topics.parse(wrong)
    assert caught.value.topic == wrong


def test_a_lane_is_one_subscription() -> None:
    assert topics.uplink_filter(Lane.ALARM) == "v1/up/+/alarm/#"
