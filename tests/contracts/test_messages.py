"""What the models insist on beyond their types."""

import pytest
from pydantic import ValidationError

from contracts.measurement import SHAPES, Measurement
from contracts.topics import Kind
from tests.contracts.conftest import example


def test_a_thumbnail_over_its_bound_is_refused() -> None:
    with pytest.raises(ValidationError, match="at most 8000 bytes"):
        example(Kind.EVIDENCE, length=8001)


def test_a_picture_does_not_travel_in_the_alarm_lane() -> None:
    with pytest.raises(ValidationError, match="travels in lane bulk"):
        example(Kind.EVIDENCE, size="picture", lane="alarm")


def test_a_sighting_first_seen_after_its_frame_is_refused() -> None:
    with pytest.raises(ValidationError, match="first_seen_at"):
        example(Kind.SIGHTING, first_seen_at="2027-01-01T00:00:00Z")


def test_a_figure_that_the_measurement_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="no field 'colour'"):
        example(Kind.TELEMETRY, values={"colour": 1.0})


def test_a_device_does_not_write_the_hubs_measurements() -> None:
    with pytest.raises(ValidationError, match="written by the hub"):
        example(Kind.TELEMETRY, measurement="incident", values={"opened": 1})


def test_camera_figures_say_which_camera() -> None:
    with pytest.raises(ValidationError, match="camera"):
        example(Kind.TELEMETRY, measurement="camera", values={"luma": 80.0})


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="before it begins"):
        example(Kind.RECEIPT, spans=[{"first": 5, "last": 4}])


@pytest.mark.parametrize("measurement", list(Measurement))
def test_a_tag_and_a_field_never_share_a_name(measurement: Measurement) -> None:
    shape = SHAPES[measurement]
    assert not set(shape.tags) & set(shape.fields)
    assert "time" not in {*shape.tags, *shape.fields}
