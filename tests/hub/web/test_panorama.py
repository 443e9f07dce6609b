"""What the boards read: tiles with their trend, freshness, completeness, and holes as holes."""

from datetime import timedelta

import pytest

from contracts.clock import utc_now
from hub.catalogue.grade import Grade
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Span
from hub.catalogue.records import Unit
from hub.web import figure_wording as said
from hub.web import panorama
from hub.web.panorama import Tile
from hub.wording import LOCAL
from tests.hub.web.conftest import Desk
from tests.hub.web.district import DONG_GIANG, SONG_KON, ago, dossier, fill, told

DRY = "forest-fire.dry-spell"


def unit(desk: Desk, code: str) -> Unit:
    found = desk.context.knowledge.catalogue.unit(code, utc_now().astimezone(LOCAL).date())
    assert found is not None
    return found


def tile(desk: Desk, indicator: str, code: str = DISTRICT, hours: float = 0) -> Tile:
    catalogue = desk.context.knowledge.catalogue
    now = utc_now() + timedelta(hours=hours)
    one = catalogue.at(now.astimezone(LOCAL).date())[indicator]
    with desk.context.database.read() as connection:
        return panorama.tile(connection, catalogue, one, unit(desk, code), now)


def test_a_tile_has_value_change_and_trend(desk: Desk) -> None:
    for days, value in ((3, 4.0), (2, 5.0), (1, 7.0)):
        desk.tell(told("forest-fire.dry-days", DONG_GIANG, ago(Span.DAY, days), value))
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, ago(Span.DAY, 0), 8.0))
    desk.compute()
    one = tile(desk, DRY)
    assert (one.now.value, one.change) == (8.0, 1.0)
    assert [point.value for point in one.trend] == [4.0, 5.0, 7.0, 8.0]
    assert said.change(one, utc_now()) == "▲ tăng 1 so với kỳ trước (kỳ này chưa hết)"


def test_what_half_of_the_units_told_is_compared_with_a_word_of_warning(desk: Desk) -> None:
    for days, unit_, value in ((2, DONG_GIANG, 4.0), (1, DONG_GIANG, 7.0)):
        desk.tell(told("forest-fire.dry-days", unit_, ago(Span.DAY, days), value))
    desk.compute()
    catalogue, now = desk.context.knowledge.catalogue, utc_now()
    indicator = catalogue.at(now.astimezone(LOCAL).date())[DRY]
    with desk.context.database.read() as connection:
        one = panorama.tile(
            connection, catalogue, indicator, unit(desk, DISTRICT), now, ago(Span.DAY, 1)
        )
    assert said.change(one, now) == "▲ tăng 3 so với kỳ trước (chưa đủ báo cáo)"


def test_a_difference_has_its_sign(desk: Desk) -> None:
    catalogue = desk.context.knowledge.catalogue.at(utc_now().astimezone(LOCAL).date())
    change, level = catalogue["cameras.accidents-change"], catalogue["forest-fire.level"]
    assert [said.value(change, each) for each in (2.0, 0.0, -5.0)] == ["+2", "0", "−5"]
    assert said.value(level, 2.0) == "2"
    assert said.is_level(level)
    assert not said.is_level(change)


def test_what_is_told_only_when_something_happened_is_never_missed(desk: Desk) -> None:
    desk.tell(told("forest-fire.ack-minutes", DONG_GIANG, ago(Span.DAY, 5), 2.1))
    desk.compute()
    one = tile(desk, "forest-fire.time-to-ack")
    assert (one.now.value, one.now.period) == (2.1, ago(Span.DAY, 5))
    assert said.lateness(one, utc_now()) == ""


def test_completeness_says_how_many_units_reported(desk: Desk) -> None:
    today = ago(Span.DAY, 0)
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, today, 8.0),
              told("forest-fire.dry-days", SONG_KON, today, 3.0))  # fmt: skip
    desk.compute()
    source = tile(desk, DRY).weakest
    assert source is not None
    assert (source.told, source.of) == (2, 4)
    assert said.completeness(source, "xã") == "2/4 xã đã báo cáo"


def test_what_is_due_and_not_there_is_a_hole_and_not_the_old_figure(desk: Desk) -> None:
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, ago(Span.DAY, 3), 8.0))
    desk.compute()
    one = tile(desk, DRY)
    assert one.now.value is None
    assert one.now.grade is Grade.UNKNOWN
    assert said.value(one.indicator, one.now.value) == "chưa có số liệu"
    assert one.last_known is not None
    assert one.last_known.value == 8.0
    assert said.lateness(one, utc_now()).startswith("quá hạn báo cáo")


def test_nothing_told_at_all_says_why(desk: Desk) -> None:
    one = tile(desk, DRY)
    assert (one.now.value, one.change, one.last_known, one.told_at) == (None, None, None, None)
    assert said.freshness(one, utc_now()) == "chưa ai báo cáo"


def test_a_divisor_of_zero_is_no_zero(desk: Desk) -> None:
    desk.file(dossier("H49.1", "4", days_ago=0.01, due_in=9))
    desk.compute()
    one = tile(desk, "public-services.on-time")
    assert one.now.value is None
    assert said.missing(one.indicator, one.now, {}) == "mẫu số bằng 0"


def test_a_missing_term_is_named_in_words(desk: Desk) -> None:
    desk.tell(told("cameras.minutes-online", "505", ago(Span.DAY, 0), 8.0))
    desk.compute()
    one = tile(desk, "cameras.availability", hours=30)
    point = next((each for each in one.trend if each.missing and each.computed_at), None)
    assert point is not None
    words = said.missing(one.indicator, point, {"cameras.minutes-expected": "Phút phải có hình"})
    assert words == "thiếu tổng “Phút phải có hình”"


def test_simulated_data_mark_what_they_went_into_and_nothing_else(desk: Desk) -> None:
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, ago(Span.DAY, 0), 8.0), demo=True)
    desk.tell(told("forest-fire.danger-index", DONG_GIANG, ago(Span.DAY, 0), 800.0))
    desk.compute()
    assert tile(desk, DRY).demo
    assert not tile(desk, "forest-fire.index-p").demo


def test_a_past_day_is_shown_as_it_was(desk: Desk) -> None:
    fill(desk)
    catalogue, day = desk.context.knowledge.catalogue, ago(Span.DAY, 4).day
    with desk.context.database.read() as connection:
        view = panorama.view(
            connection, catalogue, catalogue.subsystems["forest-fire"], unit(desk, DISTRICT),
            utc_now(), day,
        )  # fmt: skip
    one = next(each for each in view.tiles if each.indicator.id == DRY)
    assert one.now.period.day == day
    assert one.now.value == 9.0


def test_the_table_has_the_units_right_below(desk: Desk) -> None:
    fill(desk)
    catalogue = desk.context.knowledge.catalogue
    day = ago(Span.DAY, 1).day
    with desk.context.database.read() as connection:
        view = panorama.view(
            connection, catalogue, catalogue.subsystems["forest-fire"], unit(desk, DISTRICT),
            utc_now(), day,
        )  # fmt: skip
    at = [one.indicator.id for one in view.table.columns].index(DRY)
    values = {line.unit.id: line.cells[at] for line in view.table.lines}
    assert {code: cell.value for code, cell in values.items() if cell} == {
        DONG_GIANG: 9.0, SONG_KON: 10.0, "20485": 11.0, "20494": 12.0,
    }  # fmt: skip


def test_the_wall_has_every_subsystem_that_has_a_tile_and_at_most_two(desk: Desk) -> None:
    catalogue = desk.context.knowledge.catalogue
    with desk.context.database.read() as connection:
        panels = panorama.wall(connection, catalogue, utc_now())
    assert [one.subsystem.id for one in panels] == list(catalogue.subsystems)
    assert {len(one.tiles) for one in panels} == {1, 2}


def test_units_are_ranked_worst_first(desk: Desk) -> None:
    fill(desk)
    catalogue = desk.context.knowledge.catalogue
    indicator = catalogue.at(ago(Span.DAY, 1).day)["forest-fire.level"]
    with desk.context.database.read() as connection:
        lines = panorama.ranking(connection, catalogue, indicator, DISTRICT, ago(Span.DAY, 1))
    grades = [line.cells[0].grade.number for line in lines if line.cells[0]]
    assert len(grades) == 4
    assert grades == sorted(grades, reverse=True)


@pytest.mark.parametrize(
    ("span", "key"),
    [(Span.DAY, "2026-11-25"), (Span.HOUR, "2026-11-25T13"), (Span.MONTH, "2026-11-01")],
)
def test_a_period_has_a_name_in_addresses(span: Span, key: str) -> None:
    assert panorama.key(panorama.read_key(span, key)) == key


@pytest.mark.parametrize(
    "bad", ["", "x", "1111-11-11", "2026-13-01", "2026-11-25T99", "9999-12-31"]
)
def test_a_bad_name_of_a_period_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        panorama.read_key(Span.DAY, bad)


def test_nobody_is_late_where_nobody_is_registered(desk: Desk) -> None:
    one = tile(desk, "education.attendance", hours=24)
    assert said.lateness(one, utc_now() + timedelta(hours=24)) == ""
    assert one.weakest is not None
    assert said.completeness(one.weakest, "trường học") == "chưa đăng ký trường học nào"
