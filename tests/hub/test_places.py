"""Communes, before and after 1 July 2025."""

from datetime import date

import pytest

from hub.geometry import Ray, Spot
from hub.places import district

NOW = date(2026, 4, 1)
BEFORE = date(2025, 6, 30)
PRAO = Spot(15.92726, 107.63929)


def test_eleven_communes_became_four() -> None:
    assert len(district().on(BEFORE)) == 11
    assert len(district().on(date(2025, 7, 1))) == 4


def test_one_code_means_two_communes_in_time() -> None:
    names = {
        commune.name: commune.valid_on(NOW)
        for commune in district().communes
        if commune.code == "20476"
    }
    assert names == {"Xã Jơ Ngây": False, "Xã Sông Kôn": True}


def test_a_code_and_its_first_day_are_unique() -> None:
    keys = [(commune.code, commune.valid_from) for commune in district().communes]
    assert len(set(keys)) == len(keys)


def test_areas_add_up_to_the_district() -> None:
    areas = [commune.area_km2 or 0 for commune in district().on(NOW)]
    assert sum(areas) == pytest.approx(821.85)


@pytest.mark.parametrize(("day", "name"), [(NOW, "Xã Đông Giang"), (BEFORE, "Thị trấn Prao")])
def test_prao_is_named_as_of_its_day(day: date, name: str) -> None:
    commune = district().at(PRAO, day)
    assert commune is not None
    assert commune.name == name


def test_every_old_centre_lies_in_the_commune_it_was_merged_into() -> None:
    merged = {
        "Thị trấn Prao": "20467", "Xã Tà Lu": "20467", "Xã A Rooi": "20467",
        "Xã Zà Hung": "20467", "Xã Sông Kôn": "20476", "Xã A Ting": "20476",
        "Xã Tư": "20485", "Xã Ba": "20485", "Xã Mà Cooih": "20494",
        "Xã Jơ Ngây": "20476", "Xã Kà Dăng": "20494",
    }  # fmt: skip
    for old in district().on(BEFORE):
        now = district().at(old.centre, NOW)
        assert now is not None
        assert (old.name, now.code) == (old.name, merged[old.name])


def test_da_nang_harbour_is_not_of_the_district() -> None:
    assert district().at(Spot(16.08, 108.22), NOW) is None


def test_a_look_is_named_by_what_it_crosses() -> None:
    east = district().along(Ray(Spot(15.9654, 107.72), 80), NOW)
    assert east is not None
    assert east.name == "Xã Sông Kôn"


def test_a_look_out_of_the_district_has_no_commune() -> None:
    assert district().along(Ray(Spot(16.3, 107.6), 0), NOW) is None
