"""Lines: what is written is what is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.measurement import Measurement
from hub.timeseries.lineprotocol import NotALine, decode, encode, tag_text
from hub.timeseries.point import Point

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=30
)
tag_texts = texts.filter(lambda text: text and "\\" not in text)
floats = st.floats(allow_nan=False, allow_infinity=False)
points = st.builds(
    lambda tag, score, text, at: Point(
        measurement=Measurement.SIGHTING,
        tags=(("device", tag), ("label", "smoke")),
        fields=(("score", score), ("sighting", text)),
        at_ns=at,
    ),
    tag_texts, floats, texts, st.integers(0, 2**62),
)  # fmt: skip


@given(points)
def test_a_point_survives_the_line(point: Point) -> None:
    line = encode(point)
    assert "\n" not in line
    assert decode(line) == point


def test_what_has_a_meaning_is_escaped() -> None:
    point = Point(
        measurement=Measurement.BOX,
        tags=(("device", "a b,c=d"),),
        fields=(("cpu_percent", 1), ("note", 'say "a\\b"')),
        at_ns=7,
    )
    assert encode(point) == r'box,device=a\ b\,c\=d cpu_percent=1.0,note="say \"a\\b\"" 7'


def test_breaks_and_backslashes_cannot_stand_in_a_tag() -> None:
    assert tag_text("a\nb\r\0c\\") == "a b  c/"


def test_an_empty_tag_is_left_out() -> None:
    point = Point(
        measurement=Measurement.INCIDENT,
        tags=(("subsystem", "camera"), ("commune", "")),
        fields=(("opened", 1.0),),
        at_ns=1,
    )
    assert encode(point) == "incident,subsystem=camera opened=1.0 1"


@pytest.mark.parametrize(
    "line", ["", "box", "box a=1", "box,device=x a=1 noon", "nope a=1 1", "box,device a=1 1"]
)
def test_what_is_no_line_is_said(line: str) -> None:
    with pytest.raises(NotALine):
        decode(line)
