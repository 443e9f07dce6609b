"""Formulas as sentences."""

import pytest

from hub.catalogue.formula import parse
from hub.catalogue.in_words import words

NAMES = {
    "education.pupils-present": "Học sinh có mặt", "education.pupils-enrolled": "Học sinh theo sổ",
    "dossier": "Hồ sơ", "online": "Nộp trực tuyến", "health": "Y tế",
}  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (
            "100 * sum(education.pupils-present) / sum(education.pupils-enrolled)",
            "100 × tổng “Học sinh có mặt” ÷ tổng “Học sinh theo sổ”",
        ),
        (
            "count(dossier, resolved and on_time) / (count(dossier, open) + 1)",
            "số “Hồ sơ” giải quyết xong trong kỳ và đúng hạn ÷ (số “Hồ sơ” chưa xong + 1)",
        ),
        (
            "count(dossier, open and not attr.online)",
            "số “Hồ sơ” chưa xong và không có “Nộp trực tuyến”",
        ),
        ('mentions("health", "negative")', "số tin về “Y tế” giọng tiêu cực"),
        ("last(unknown.thing) - last_year(last(unknown.thing))",
         "số mới nhất của “unknown.thing” − [số mới nhất của “unknown.thing”, cùng kỳ năm trước]"),
        ("5 - (3 - 1)", "5 − (3 − 1)"),
        ("6 / (2 * 3)", "6 ÷ (2 × 3)"),
        ("(1 + 2) * 3", "(1 + 2) × 3"),
    ],
)  # fmt: skip
def test_a_formula_is_said_in_vietnamese(formula: str, said: str) -> None:
    assert words(parse(formula).root, NAMES) == said
