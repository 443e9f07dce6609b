"""One text read, and the incident that it may be of."""

from datetime import UTC, datetime

import pytest

from hub.mentions import segment
from hub.mentions.events import EventKind
from hub.mentions.keywords import keywords
from hub.mentions.read import Candidate, candidate, read
from hub.mentions.text import text
from hub.mentions.tone import Mood

AT = datetime(2026, 4, 1, 5, tzinfo=UTC)


def found(title: str, body: str = "") -> Candidate | None:
    return candidate(read(title, body, AT))


@pytest.mark.parametrize(
    ("title", "kind", "commune"),
    [
        ("Cháy rừng lớn ở xã Mà Cooih", EventKind.FIRE, "20494"),
        ("chay rung o Song Kon ba con oi", EventKind.FIRE, "20476"),
        ("Khói bốc lên mù mịt phía A Ting, ai biết gì không", EventKind.FIRE, "20476"),
        ("Đốt rẫy gây cháy rừng tại Kà Dăng", EventKind.FIRE, "20494"),
        ("Lực lượng chức năng đang chữa cháy ở xã Tư", EventKind.FIRE, "20485"),
        ("Sạt lở vùi lấp một ngôi nhà ở A Rooi", EventKind.LANDSLIDE, "20467"),
        ("Lũ quét ở huyện Đông Giang", EventKind.LANDSLIDE, None),
        ("Rừng keo Tà Lu cháy quá bà con ơi", EventKind.FIRE, "20467"),
    ],
)
def test_a_fire_or_landslide_of_the_district(
    title: str, kind: EventKind, commune: str | None
) -> None:
    made = found(title)
    assert made
    assert (made.kind, made.commune) == (kind, commune)


@pytest.mark.parametrize(
    "title",
    [
        "Diễn tập chữa cháy rừng tại xã Tà Lu, giả định đám cháy lớn",
        "Vụ cháy rừng năm 2019 ở xã Ba",
        "Cháy rừng ngày 12/3/2024 ở Prao: ba năm nhìn lại",
        "Cháy rừng lớn ở Nghệ An, người Đông Giang quyên góp",
        "Ba kích Đông Giang cháy hàng dịp Tết",
        "Cháy vé, cháy phòng ở Cổng Trời Đông Giang",
        "Sốt đất ở xã Ba",
        "Đông Giang tập huấn phòng cháy, chữa cháy rừng",
        "Nguy cơ cháy rừng cấp V ở Đông Giang",
        "Nguy cơ sạt lở cao ở xã A Ting",
        "Cấp dự báo cháy rừng tại Prao hôm nay",
        "Huyện Đông Giang nhiều năm không để xảy ra cháy rừng",
        "Thanh niên Prao cháy hết mình đêm hội, lửa trại rực sáng",
        "Xét xử bị cáo gây cháy rừng ở xã Tư",
        "Bác tin cháy rừng ở Sông Kôn",
        "Lở mồm long móng ở đàn bò xã Ba",
        "Cháy rừng lan rộng ở tỉnh Lâm Đồng, xã Đông Giang sơ tán dân",
        "Đám cháy ở Hoà Vang",
        "Ngọn lửa đam mê của thầy giáo ở Kà Dăng",
        "Xe chữa cháy mới cho xã Sông Vàng",
        "di cho chay xe ve Prao",
    ],
)
def test_what_only_sounds_like_one(title: str) -> None:
    assert found(title) is None


def test_a_drill_in_the_last_sentence_hides_no_fire_in_the_first() -> None:
    body = "Khói bốc lên từ rừng keo. Tuần trước xã đã diễn tập chữa cháy. Năm 2019 cũng từng cháy."
    made = found("Cháy lớn ở xã Ba", body)
    assert made
    assert made.sentence == "Cháy lớn ở xã Ba"


def test_a_reading_says_what_was_found() -> None:
    reading = read("Thuỷ điện A Vương xả lũ không báo trước", "Dân Mà Cooih bức xúc.", AT)
    assert [topic.id for topic in reading.topics] == ["hydropower"]
    assert reading.communes == ("20494",)
    assert reading.tone.mood is Mood.NEGATIVE
    assert "bức xúc" in [each.words for each in reading.tone.because]
    assert reading.segmented
    assert "xả lũ" in reading.keywords


def test_an_empty_text_says_nothing() -> None:
    reading = read("", "", AT)
    assert (reading.topics, reading.places, reading.keywords) == ((), (), ())
    assert reading.tone.mood is Mood.NEUTRAL
    assert not reading.district


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        read("a", "b", datetime(2026, 4, 1))  # noqa: DTZ001


def test_the_segmenter_makes_words() -> None:
    words = segment.words(text("Lực lượng kiểm lâm đã khống chế đám cháy"))
    assert words[:2] == ("Lực lượng", "kiểm lâm")


def test_without_the_extra_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = segment.SegmenterMissing("no module")
    monkeypatch.setattr(segment, "_tagger", lambda: missing)
    assert segment.words(text("kiểm lâm")) == ("kiểm", "lâm")
    assert "hub,mentions" in str(segment.why_not())
    assert not keywords(text("kiểm lâm"), (), ()).segmented
