"""A text again is known; another of the same event is another."""

import hashlib
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from hub.mentions.near_copies import (
    ALIKE,
    ALIKE_SHORT,
    SHORT,
    NearCopies,
    Signature,
    Stored,
    signature,
)
from hub.mentions.text import text

AT = datetime(2026, 4, 1, tzinfo=UTC)
PARTS = (
    (
        "Trưa 1/4, một đám cháy bùng lên ở rừng keo của thôn A Sờ khi gió tây nam thổi mạnh và "
        "lan nhanh lên sườn núi."
    ),
    (
        "Hạt Kiểm lâm điều động bốn mươi người cùng dân quân tiếp cận hiện trường sau hai giờ "
        "băng rừng để phát đường ranh."
    ),
    (
        "Đến chiều tối lửa được khoanh lại, khoảng ba hecta keo bốn năm tuổi của sáu hộ dân bị "
        "thiệt hại, không ai bị thương."
    ),
    (
        "Nguyên nhân ban đầu được cho là do đốt thực bì không đúng giờ quy định, công an đang lấy"
        " lời khai của người liên quan."
    ),
)
OTHER = (
    "Ngọn lửa tại A Sờ khiến nhiều gia đình mất trắng vốn liếng. Bà Alăng Thị kể lại giây "
    "phút thấy khói đen phủ kín nương, "
    "cả làng xách can nước chạy lên dốc. Chính quyền hứa xem xét hỗ trợ giống cây trong tuần "
    "tới, ngân hàng được đề nghị giãn nợ."
)


def of(body: str, title: str = "Cháy rừng ở A Sờ") -> Signature:
    return signature(text(title), text(body))


def test_another_headline_or_a_cut_paragraph_joins() -> None:
    copies, whole = NearCopies(), " ".join(PARTS)
    assert copies.add("first", of(whole), AT) == "first"
    assert copies.add("headline", of(whole, "Lửa thiêu rừng keo"), AT) == "first"
    for cut in range(len(PARTS)):
        rest = " ".join(part for at, part in enumerate(PARTS) if at != cut)
        assert copies.add(f"cut {cut}", of(rest), AT) == "first"


def test_another_article_of_the_same_fire_does_not() -> None:
    copies = NearCopies()
    copies.add("first", of(" ".join(PARTS)), AT)
    assert copies.add("other", of(OTHER), AT) == "other"


def test_short_texts_of_two_communes_are_two() -> None:
    copies = NearCopies()
    copies.add("Ba", of("", "Cháy rừng ở xã Ba"), AT)
    assert copies.add("Tư", of("", "Cháy rừng ở xã Tư"), AT) == "Tư"
    assert copies.add("again", of("", "CHÁY RỪNG ở xã Ba!!!"), AT) == "Ba"


def test_empty_texts_are_no_copies() -> None:
    copies = NearCopies()
    assert [copies.add(name, of("", ""), AT) for name in "ab"] == ["a", "b"]


def test_after_the_window_it_is_news_again_and_forgotten() -> None:
    copies = NearCopies(window=timedelta(days=7))
    copies.add("first", of(OTHER), AT)
    assert copies.add("later", of(OTHER), AT + timedelta(days=8)) == "later"
    assert len(copies) == 1


def test_memory_is_bounded_by_count_too() -> None:
    copies = NearCopies(most=10)
    for number in range(50):
        copies.add(str(number), of("", f"tin số {number} của ngày {number * 7}"), AT)
    assert len(copies) == 10


def test_stored_signatures_build_the_state_again() -> None:
    stored = Signature.of_bytes(bytes(of(OTHER)))
    copies = NearCopies()
    copies.restore([Stored(mention="first", cluster="first", signature=stored, at=AT)])
    assert copies.add("again", of(OTHER, "Tiêu đề khác"), AT) == "first"
    with pytest.raises(ValueError, match="8 bytes"):
        Signature.of_bytes(b"123")


def test_what_is_ruled_out_at_a_glance_is_no_copy_by_the_whole_count() -> None:
    chance = Random(7)
    ruled_out = 0
    for _ in range(500):
        runs = [chance.getrandbits(64) for _ in range(200)]
        shared = chance.randint(0, 100)
        mine, theirs = (
            Signature(tuple(sorted(some)[: chance.choice((10, 40, 64))]))
            for some in (runs[:100], runs[100 - shared : 200 - shared])
        )
        resemblance, fewest = mine.resemblance(theirs), min(len(mine.hashes), len(theirs.hashes))
        least = ALIKE_SHORT if fewest < SHORT else ALIKE
        assert mine.is_copy_of(theirs) is (resemblance >= least)
        ruled_out += not mine.is_copy_of(theirs)
    assert 100 < ruled_out < 490


def test_a_signature_is_the_same_for_ever() -> None:
    """It is stored: another one would part the copies of before from those of after."""
    digest = hashlib.sha256(b"".join(bytes(of(part)) for part in (*PARTS, OTHER, "Ba"))).hexdigest()
    assert digest == "fcf043d8513575fed206da79bff2e22ae2b99f25838f539082e060ae671b91f8"
