"""Communes in a text, on a day."""

from datetime import date

import pytest

from hub.mentions.gazetteer import gazetteer
from hub.mentions.text import text
from hub.places import district

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def codes(written: str, day: date = BEFORE) -> list[str | None]:
    return [place.commune for place in gazetteer().find(text(written), day)]


@pytest.mark.parametrize("commune", [each for each in district().communes if each.valid_to])
def test_each_old_commune_is_found_and_lives_on_in_its_heir(commune: object) -> None:
    name, code = getattr(commune, "name", ""), getattr(commune, "code", "")
    heir = district().at(getattr(commune, "centre"), AFTER)  # noqa: B009
    assert heir
    assert codes(f"Tin từ {name} hôm nay") == [code]
    if name != "Xã Sông Kôn":
        assert codes(f"Tin từ {name} hôm nay", AFTER) == [heir.code]


def test_a_code_that_changed_its_meaning() -> None:
    assert codes("họp ở xã Sông Kôn") == ["20473"]
    assert codes("họp ở xã Sông Kôn", AFTER) == ["20476"]
    assert codes("họp ở xã Jơ Ngây", AFTER) == ["20476"]


def test_a_new_name_means_nothing_before_the_reform() -> None:
    assert codes("họp ở Bến Hiên") == []
    assert codes("họp ở Bến Hiên", AFTER) == ["20494"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("chay rung o Song Kon", ["20473"]),
        ("chay o xa Ba", ["20485"]),
        ("di xa ba ngay", []),
        ("CHÁY Ở XÃ BA", ["20485"]),
        ("cháy ở xã ba", ["20485"]),
        ("Ba người bị thương, thứ Tư họp", []),
        ("Toàn xã ba năm liền không có cháy ở Lâm Đồng", []),
        ("Cháy ở xã Ba Tơ", []),
        ("Các xã A Ting, Ba và Tư có mưa", ["20479", "20485", "20482"]),
        ("Cháy ở xã. Ba người chạy", []),
        ("P'rao và P Rao là Prao", ["20467"]),
        ("Tà Lung, Ka Dăng", ["20497"]),
    ],
)
def test_names_with_and_without_accents(written: str, found: list[str]) -> None:
    assert codes(written) == found


def test_the_district_is_no_commune() -> None:
    (place,) = gazetteer().find(text("Mưa lớn ở huyện Đông Giang"), BEFORE)
    assert (place.kind, place.commune) == ("district", None)
    assert codes("UBND xã Đông Giang thông báo", AFTER) == ["20467"]


def test_a_shared_name_in_another_province_is_not_ours() -> None:
    assert codes("Cháy ở xã Đông Giang, tỉnh Lâm Đồng", AFTER) == []
    assert codes("Xã Sông Kôn (Đà Nẵng) học tập Gia Lai", AFTER) == ["20476"]


def test_a_place_of_a_commune_has_its_code() -> None:
    assert codes("Hồ A Vương xả lũ", AFTER) == ["20494"]
