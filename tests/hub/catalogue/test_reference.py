"""docs/indicators.md says what the catalogue says."""

from pathlib import Path

import pytest

from hub.catalogue import wording
from hub.catalogue.loader import load
from hub.catalogue.reference import page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_written_from_the_catalogue() -> None:
    written = (DOCS / "indicators.md").read_text(encoding="utf-8")
    assert written == page(), "run `make reference`"


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("education.dropout", "đạt ≤ 0,5; cần chú ý ≤ 1; không đạt > 1"),
        ("health.bed-occupancy", "đạt 60–85; cần chú ý 0–100; không đạt ngoài 0–100"),
        ("health.dengue-clusters-active", "đạt ≤ 0; không đạt > 0"),
        ("tourism.revenue-month", "không xếp màu"),
    ],
)
def test_bands_are_said_in_words(identity: str, said: str) -> None:
    [indicator] = [each for each in load().indicators if each.id == identity]
    assert wording.bands(indicator).startswith(said)


def test_numbers_are_written_as_in_the_district() -> None:
    assert (wording.number(1234.5), wording.number(95), wording.number(0.05)) == (
        "1.234,5",
        "95",
        "0,05",
    )
