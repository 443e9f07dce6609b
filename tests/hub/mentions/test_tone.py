"""Which way words lean, and who decided."""

import pytest

from hub.mentions.text import text
from hub.mentions.tone import Mood, lexicon


def score(sentence: str) -> float:
    return lexicon().tone(text(sentence)).score


@pytest.mark.parametrize("negation", ["không", "chẳng", "chưa", "chả", "không hề"])
def test_a_negation_turns_a_word_and_weakens_it(negation: str) -> None:
    assert -score("Tôi hài lòng") < score(f"Tôi {negation} hài lòng") < 0


def test_a_negation_does_not_reach_past_a_comma() -> None:
    assert score("Tôi không, hài lòng") > 0


def test_degrees_strengthen_and_weaken() -> None:
    assert score("hơi chậm") > score("chậm") > score("rất chậm")


def test_what_follows_but_weighs_more() -> None:
    assert score("Đường đẹp nhưng dịch vụ tệ") < 0 < score("Dịch vụ tệ nhưng đường đẹp")


def test_prevention_has_not_happened() -> None:
    assert score("Tuyên truyền phòng chống lừa đảo") == 0


def test_a_longer_word_is_not_its_syllables() -> None:
    assert score("Thi tốt nghiệp") == 0
    assert score("Làm rất tốt") > 0


def test_the_words_that_decided_are_told() -> None:
    tone = lexicon().tone(text("Cán bộ không nhiệt tình."))
    assert tone.mood is Mood.NEGATIVE
    assert [each.words for each in tone.because] == ["không nhiệt tình"]
