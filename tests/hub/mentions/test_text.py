"""Whatever was done to a text on its way, its syllables compare."""

import unicodedata

import pytest

from hub.mentions.text import MOST_CHARACTERS, clean, text


@pytest.mark.parametrize(
    "written",
    [
        "Cháy rừng ở Hoà Vang",
        unicodedata.normalize("NFD", "Cháy rừng ở Hòa Vang"),
        "<p>Cháy <b>rừng</b></p><script>alert('x')</script> ở Hòa&nbsp;Vang",
        "&lt;p&gt;Cháy rừng&lt;/p&gt; ở Hòa Vang",
        "\u200fCháy\u202e rừ\u200bng 🔥 ở Hòa Vang",
        "C\u0353\u0323\u030ah\u0334áy rừng ở Hòa Vang",
        "𝐂𝐡á𝐲 rừng ở Hòa Vang",
    ],
)
def test_one_sentence_written_in_many_ways(written: str) -> None:
    spoken = [each for each in text(written).syllables if each.isalpha()]
    assert spoken == ["cháy", "rừng", "ở", "hoà", "vang"]


def test_a_megabyte_is_cut() -> None:
    assert len(clean("cháy rừng " * 100_000)) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "hostile", ["<script>" * 100_000, "a" + "\u0301\u0323" * 400_000, "&" * 10**6]
)
def test_what_is_made_to_be_slow_ends(hostile: str) -> None:
    assert len(text(hostile).syllables) <= MOST_CHARACTERS


@pytest.mark.parametrize("empty", ["", "   ", "🔥🔥", "<br/>", "\u200f", "..."])
def test_what_says_nothing_has_no_syllables(empty: str) -> None:
    assert text(empty).syllables == ()


def test_a_number_and_a_name_with_an_apostrophe_are_one() -> None:
    assert text("Ch'ơm có 1.245 hồ sơ").syllables == ("chơm", "có", "1.245", "hồ", "sơ")


def test_sentences_end_where_they_end() -> None:
    assert [str(each) for each in text("Ở xã. Ba người, TP.HCM").sentences] == [
        "Ở xã",
        "Ba người, TP HCM",
    ]
