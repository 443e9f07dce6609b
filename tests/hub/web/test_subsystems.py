"""The pages of the boards: what they say, where they lead, what they refuse."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from contracts.clock import utc_now
from hub.catalogue.periods import Span
from hub.engines.profile import Confidence
from hub.engines.trace import Input, Trace
from hub.mentions.growth import Hot
from hub.reckoning import workings
from hub.reckoning.desk import Reckoned
from hub.talk import Risen
from hub.web.users import add_user
from tests.hub.web.conftest import Desk
from tests.hub.web.district import (
    DONG_GIANG,
    SONG_KON,
    ago,
    day_key,
    dossier,
    fill,
    text,
    told,
)

ATTACK = "<script>alert(1)</script>"
DRY = "forest-fire.dry-spell"
FIRES = "/s/forest-fire"


def trace(unit: str = "505", days: int = 1, more: str = "") -> str:
    return f"/figures/{DRY}?unit={unit}&period={day_key(ago(Span.DAY, days))}{more}"


def test_every_subsystem_has_a_page_even_before_anything_is_told(desk: Desk) -> None:
    client = desk.client()
    for one in desk.context.knowledge.catalogue.subsystems.values():
        page = client.get(f"/s/{one.id}")
        assert page.status_code == 200, one.id
        assert f"<h1>{one.name_vi}" in page.text
        assert "DỮ LIỆU MÔ PHỎNG" not in page.text


def test_a_missing_figure_says_so_and_why_and_is_never_nought(desk: Desk) -> None:
    page = desk.client().get("/s/education").text
    assert "chưa có số liệu" in page
    assert "chưa ai báo cáo kỳ này" in page
    assert '<p class="value"><b>0' not in page


def test_every_figure_of_every_board_leads_to_its_trace(desk: Desk) -> None:
    fill(desk)
    client = desk.client()
    for path in ("/wall", FIRES, "/s/public-services", f"{FIRES}?unit={SONG_KON}"):
        links = {
            unescape(one) for one in re.findall(r'href="(/figures/[^"]+)"', client.get(path).text)
        }
        assert links, path
        for link in sorted(links)[:12]:
            assert client.get(link).status_code == 200, link


def test_the_header_leads_to_all_subsystems_from_everywhere(desk: Desk) -> None:
    page = desk.client().get("/incidents").text
    for one in desk.context.knowledge.catalogue.subsystems:
        assert f'href="/s/{one}"' in page


def test_simulated_data_are_marked_on_board_wall_and_trace(desk: Desk) -> None:
    fill(desk, demo=True)
    client = desk.client()
    for path in ("/wall", FIRES, trace(), "/s/public-services/cases", "/s/online-information"):
        assert "DỮ LIỆU MÔ PHỎNG" in client.get(path).text, path


def test_a_past_day_can_be_chosen_and_a_wrong_one_is_named(desk: Desk) -> None:
    fill(desk)
    client = desk.client()
    page = client.get(f"{FIRES}?day={day_key(ago(Span.DAY, 4))}").text
    assert f"{ago(Span.DAY, 4).day:%d/%m/%Y}" in page
    assert "Hiện nay" in page
    assert client.get(f"{FIRES}?day=yesterday").status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/s/nothing", "/s/education?unit=nobody", "/figures/no.thing",
        f"/figures/{DRY}?unit=nobody", "/cases/dossier/none", "/cases/nothing/none",
        "/s/tourism/cases", "/s/nothing/cases", f"/figures/{DRY}/rows.csv?term=99",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.client().get(path).status_code == 404


@pytest.mark.parametrize("period", ["x", "2026-13-40", "1026-01-01"])
def test_a_wrong_period_is_refused_by_name(desk: Desk, period: str) -> None:
    answer = desk.client().get(f"/figures/{DRY}?period={period}")
    assert answer.status_code == 422
    assert "Kỳ phải viết dạng" in answer.json()["detail"]


def test_the_trace_has_formula_terms_source_basis_owner_and_advice(desk: Desk) -> None:
    fill(desk)
    page = desk.client().get(trace(DONG_GIANG)).text
    for words in ("lớn nhất của “Số ngày khô liên tục H”", "Hệ thống tự tính từ thời tiết 13 giờ",
                  "Chỉ tiêu H (tin cậy cao, cần đối chiếu văn bản)", "Phụ trách", "Tính lúc",
                  "1/1 xã đã báo cáo", "Số liệu gốc", "hạn 14:00", "<h2>Nguồn</h2>",
                  f'href="/outlook/{DRY}?unit={DONG_GIANG}"'):  # fmt: skip
        assert words in page, words


def test_the_trace_says_how_the_hub_came_to_its_figure_or_why_to_none(desk: Desk) -> None:
    day = ago(Span.DAY, 0)
    how = Trace(
        formula_vi="Mưa so với ngưỡng",
        inputs=(Input(name_vi="Mưa 24 giờ", value=120.0, unit="mm"),),
        source="QĐ 18/2021", confidence=Confidence.MEDIUM, effective_from=date(2021, 7, 1),
    )  # fmt: skip
    measure = "environment.landslide-level"
    found = (
        Reckoned(measure=measure, unit=DONG_GIANG, period=day, value=1, trace=how),
        Reckoned(measure=measure, unit=SONG_KON, period=day, why_vi="Chưa khai báo điểm nguy cơ."),
    )
    with desk.context.database.read() as connection:
        rows = workings.changed(connection, found)
    with desk.context.database.work() as work:
        workings.keep(work, rows, utc_now())
    with desk.context.database.read() as connection:
        assert workings.changed(connection, found) == []
    page = desk.client().get(f"/figures/environment.landslide?period={day_key(day)}").text
    assert "Mưa so với ngưỡng" in page
    assert "120 mm" in page
    assert "QĐ 18/2021 (tin cậy vừa, cần đối chiếu văn bản); từ 01/07/2021" in page
    assert "Chưa khai báo điểm nguy cơ." in page


def test_the_trace_shows_a_correction_with_who_when_before_and_after(desk: Desk) -> None:
    day = ago(Span.DAY, 1)
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, day, 12.0))
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, day, 14.0), actor="Alăng Bảy")
    desk.compute()
    page = desk.client().get(trace(DONG_GIANG)).text
    assert "đã sửa 12 → 14" in page
    assert "Alăng Bảy" in page


def test_the_rows_behind_a_count_are_the_cases_that_were_counted(desk: Desk) -> None:
    fill(desk)
    month = day_key(ago(Span.MONTH, 0))
    page = desk.client().get(
        f"/figures/public-services.on-time?unit=505&period={month}&term=2"
    ).text  # fmt: skip
    assert "đang quá hạn" in page
    assert "H49.1</b>" in page
    assert "H49.2</b>" not in page


def test_the_trace_of_a_count_says_who_told_the_cases_and_the_texts(desk: Desk) -> None:
    fill(desk)
    client = desk.client()
    month, day = day_key(ago(Span.MONTH, 0)), day_key(ago(Span.DAY, 0))
    cases = client.get(f"/figures/public-services.on-time?period={month}").text
    assert "<dt>Hồ sơ thủ tục hành chính</dt><dd>one-stop, báo gần nhất" in cases
    texts = client.get(f"/figures/online-information.mentions?period={day}").text
    assert "<dt>Tin trên mạng</dt><dd>bao, báo gần nhất" in texts


def test_rows_come_a_page_at_a_time(desk: Desk) -> None:
    desk.file(*(dossier(f"H49.{n:04}", "4", days_ago=0, due_in=n / 50) for n in range(1, 131)))
    desk.compute()
    client = desk.client()
    address = f"/figures/public-services.received?period={day_key(ago(Span.DAY, 0))}"
    first, second = client.get(address).text, client.get(f"{address}&page=1").text
    assert len(re.findall(r"<li class=\"flag-", first)) == 100
    assert len(re.findall(r"<li class=\"flag-", second)) == 30
    assert "Trang sau" in first
    assert "Trang sau" not in second


def test_rows_as_csv_are_safe_to_open(desk: Desk) -> None:
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, ago(Span.DAY, 1), -2.0), actor="=cmd|'x'")
    desk.compute()
    answer = desk.client().get(trace(DONG_GIANG).replace("?", "/rows.csv?"))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.startswith("\ufeff")
    assert "'=cmd" in answer.text
    assert ",-2.0," in answer.text


def test_cases_are_listed_by_their_deadline_with_the_words_of_the_life_cycle(desk: Desk) -> None:
    fill(desk)
    client = desk.client()
    board = client.get("/s/public-services").text
    assert "1 quá hạn" in board
    overdue = client.get("/s/public-services/cases").text
    assert "H49.1" in overdue
    assert ">quá hạn</span>" in overdue
    assert "H49.3" not in overdue
    every = client.get("/s/public-services/cases?which=open").text
    assert every.index("H49.1") < every.index("H49.2") < every.index("H49.3")
    assert "H49.4" not in every
    assert "H49.3" not in client.get(f"/s/public-services/cases?which=open&unit={DONG_GIANG}").text


def test_a_case_says_its_choices_in_words(desk: Desk) -> None:
    body = dossier("H49.9", "2", days_ago=1, due_in=2)
    desk.file(body.model_copy(update={"attributes": {"service_level": "toan-trinh"}}))
    desk.compute()
    client = desk.client()
    assert "toàn trình" in client.get("/cases/dossier/H49.9").text
    trace_ = client.get("/figures/public-services.full-process").text
    assert "“Mức độ dịch vụ” là toàn trình" in trace_
    assert "toan-trinh" not in trace_


def test_a_case_shows_its_steps(desk: Desk) -> None:
    desk.file(
        dossier("H49/7", "2", days_ago=4, due_in=2), dossier("H49/7", "4", days_ago=2, due_in=2)
    )
    page = desk.client().get("/cases/dossier/H49/7").text
    assert page.index("Được tiếp nhận") < page.rindex("Đang xử lý")
    assert "Nộp trực tuyến" in page


def test_online_texts_have_tone_topic_commune_and_copies(desk: Desk) -> None:
    story = "Cháy rừng ở xã Đông Giang, lửa lan nhanh, người dân lo lắng và kêu cứu trong đêm"
    desk.publish(text(story, url="https://example.invalid/1"))
    desk.publish(text(story + ".", url="https://example.invalid/2", minutes_ago=2))
    page = desk.client().get("/s/online-information").text
    assert "Cháy rừng</b>" in page or "Cháy rừng ở xã" in page
    assert "Xã Đông Giang" in page
    assert "2 bản gần giống" in page
    assert page.count('<li class="tone-') == 1


def test_risen_words_stand_on_the_district_s_board_of_online_texts(desk: Desk) -> None:
    one = Hot(name=ATTACK, count=12, usual=2.0, growth=3.5)
    desk.context = replace(desk.context, risen=lambda: Risen(words=(one,), simulated=True))
    client = desk.client()
    page = client.get("/s/online-information").text
    _, _, section = page.partition("Nổi lên trong 24 giờ")
    assert "DỮ LIỆU MÔ PHỎNG" in section
    assert "12 chuyện <small>thường 2" in section
    assert ATTACK not in page
    for other in (f"/s/online-information?unit={DONG_GIANG}", "/s/health"):
        assert "Nổi lên" not in client.get(other).text


def test_hostile_words_stay_words_and_hostile_addresses_are_no_links(desk: Desk) -> None:
    desk.publish(text(ATTACK, url="javascript:alert(1)"))
    desk.tell(told("forest-fire.dry-days", DONG_GIANG, ago(Span.DAY, 1), 2.0), actor=ATTACK)
    desk.compute()
    client = desk.client()
    for path in ("/s/online-information", trace(DONG_GIANG)):
        page = client.get(path).text
        assert ATTACK not in page
        assert "&lt;script&gt;" in page
        assert 'href="javascript:' not in page


def test_the_wall_has_tiles_map_and_ticker_worst_first(desk: Desk) -> None:
    fill(desk)
    desk.raise_fire(title_vi="Nghi có khói rừng nhìn từ tháp")
    page = desk.client().get("/wall").text
    assert "1 sự việc chờ người trực" in page
    assert "1 sự việc · khẩn" in page
    assert "Nghi có khói rừng nhìn từ tháp" in page
    assert f"{utc_now().year}" in page


def test_pages_carry_no_inline_script_or_style(desk: Desk) -> None:
    fill(desk)
    client = desk.client()
    for path in ("/wall", FIRES, trace(), "/s/public-services/cases", "/cases/dossier/H49.1"):
        page = client.get(path).text
        assert not re.search(r"<style|style=|<script(?! src=\"/static)| on[a-z]+=", page), path


def test_a_signed_in_desk_is_needed_where_there_are_users(
    make_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    users = tmp_path / "users"
    add_user(users, "truc", "mật khẩu dài")
    client = make_desk(users_file=users).client()
    for path in ("/wall", FIRES, trace(), trace().replace("?", "/rows.csv?"),
                 "/s/public-services/cases", "/cases/dossier/x"):  # fmt: skip
        assert client.get(path).status_code == 303, path
