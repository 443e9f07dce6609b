"""The console in real Chromium: live, calm, within its screen, and never off its origin."""

import time

import pytest
import uvicorn
from playwright.sync_api import expect

from contracts.evidence import Size
from tests.hub.web.conftest import Desk
from tests.web.browser import DESK, PATIENCE_MS, PHONE, Look

pytestmark = pytest.mark.web

ATTACK = '<img src=x onerror="window.taken=1">'
TOWER = "Tháp Sông Kôn – thôn Bhơ Hôồng, “hướng Đông Bắc”"


def test_an_incident_appears_without_reloading(desk: Desk, look: Look) -> None:
    watched = look(DESK)
    watched.visit("/")
    expect(watched.page.locator("h1")).to_contain_text("Yên tĩnh")
    desk.raise_fire()
    expect(watched.page.locator(".incident h2")).to_contain_text(
        "Nghi có khói rừng", timeout=PATIENCE_MS
    )
    expect(watched.page).to_have_title("(1) Đông Giang IOC", timeout=PATIENCE_MS)


def test_its_picture_arrives_after_it(desk: Desk, look: Look) -> None:
    name = desk.raise_fire()
    watched = look(PHONE)
    watched.visit("/")
    expect(watched.page.locator(".shot")).to_contain_text("Chưa có ảnh")
    desk.add_picture(name, Size.THUMBNAIL)
    desk.context.feed.publish("evidence", name)  # type: ignore[arg-type]
    expect(watched.page.locator(".shot img")).to_be_visible(timeout=PATIENCE_MS)


def test_an_officer_confirms_and_another_desk_sees_it(desk: Desk, look: Look) -> None:
    desk.raise_fire()
    phone, other = look(PHONE), look(DESK)
    phone.visit("/")
    other.visit("/")
    phone.page.locator("input[name=who]").fill("Alăng Bảy")
    phone.page.get_by_role("button", name="Xác nhận cháy").click()
    expect(phone.page.locator(".said")).to_contain_text("Alăng Bảy")
    expect(other.page.locator(".said")).to_contain_text(
        "Xác nhận cháy – Alăng Bảy", timeout=PATIENCE_MS
    )
    expect(other.page.locator("h1")).to_contain_text(
        "Không có sự việc nào chờ", timeout=PATIENCE_MS
    )


def test_what_is_being_typed_is_not_thrown_away(desk: Desk, look: Look) -> None:
    desk.raise_fire()
    watched = look(DESK)
    watched.visit("/")
    field_ = watched.page.locator("input[name=who]").first
    field_.fill("Ală")
    desk.raise_fire()
    time.sleep(1.5)  # the page would have refreshed by now
    field_.press_sequentially("ng")
    assert field_.input_value() == "Alăng"


def test_a_false_alarm_is_told_with_its_reason(desk: Desk, look: Look) -> None:
    name = desk.raise_fire()
    watched = look(PHONE)
    watched.visit(f"/incidents/{name}")
    watched.page.locator("#judge input[name=who]").fill("Bhling Mia")
    watched.page.locator("#reason").fill("Nắng chói, phản chiếu")
    watched.page.get_by_role("button", name="Báo động giả").click()
    expect(watched.page.locator(".said").first).to_contain_text(
        "Đã đóng: Báo động giả – Bhling Mia"
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_its_screen_and_stays_at_home(
    desk: Desk, look: Look, size: dict[str, int]
) -> None:
    desk.introduce()
    name = desk.raise_fire(drill=True, late=True)
    desk.add_picture(name, Size.PICTURE)
    desk.add_picture(name, Size.THUMBNAIL)
    watched = look(size)
    for path in ("/", f"/incidents/{name}", "/incidents", "/devices/thap-prao"):
        watched.visit(path)
        expect(watched.page.locator("main")).to_be_visible()
        assert watched.fits(), path
    assert watched.said == []
    assert {url.startswith(watched.here) for url in watched.asked} == {True}


def test_on_a_phone_the_buttons_stand_above_the_fold(desk: Desk, look: Look) -> None:
    name = desk.raise_fire()
    desk.add_picture(name, Size.PICTURE)
    watched = look(PHONE)
    for path in ("/", f"/incidents/{name}"):
        watched.visit(path)
        for words in ("Xác nhận cháy", "Báo động giả"):
            button = watched.page.locator("main").get_by_text(words).first
            box = button.bounding_box()
            assert box
            assert box["y"] + box["height"] <= PHONE["height"], (path, words)


def test_an_empty_name_is_asked_for_in_vietnamese(desk: Desk, look: Look) -> None:
    desk.raise_fire()
    watched = look(PHONE)
    watched.visit("/")
    watched.page.get_by_role("button", name="Xác nhận cháy").click()
    field_ = watched.page.locator("input[name=who]")
    assert field_.evaluate("one => one.validationMessage") == (
        "Ghi họ tên người trực trước khi bấm."
    )
    field_.fill("Alăng Bảy")
    assert field_.evaluate("one => one.checkValidity()")


def test_a_lost_line_is_said_aloud(look: Look, server: uvicorn.Server) -> None:
    watched = look(PHONE)
    watched.visit("/")
    expect(watched.page.locator("#lost")).to_be_hidden()
    server.should_exit = True
    expect(watched.page.locator("#lost")).to_be_visible(timeout=60_000)
    expect(watched.page.locator("#lost")).to_contain_text("số liệu có thể đã cũ")


def test_the_bell_is_off_until_it_is_wanted(desk: Desk, look: Look) -> None:
    watched = look(DESK)
    watched.visit("/")
    bell = watched.page.locator("#sound")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")


def test_hostile_words_are_shown_as_words_and_run_nothing(desk: Desk, look: Look) -> None:
    desk.introduce(title=ATTACK, reason=ATTACK)
    name = desk.raise_fire(title_vi=ATTACK, text_vi=ATTACK)
    watched = look(DESK)
    watched.visit("/")
    watched.page.locator("input[name=who]").first.fill(ATTACK)
    watched.page.get_by_role("button", name="Xác nhận cháy").click()
    for path in ("/", f"/incidents/{name}", "/incidents", "/devices/thap-prao"):
        watched.visit(path)
        expect(watched.page.locator("main")).to_contain_text(ATTACK)
        assert watched.page.locator("main img[src=x]").count() == 0
        assert watched.page.evaluate("window.taken === undefined")
    assert watched.said == []
    assert {url.startswith(watched.here) for url in watched.asked} == {True}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_vietnamese_with_all_its_marks_is_shown_as_it_was_written(
    desk: Desk, look: Look, size: dict[str, int]
) -> None:
    desk.introduce(title=TOWER)
    name = desk.raise_fire(title_vi=f"Nghi có khói rừng nhìn từ {TOWER}")
    watched = look(size)
    for path in ("/", f"/incidents/{name}", "/devices/thap-prao"):
        watched.visit(path)
        expect(watched.page.locator("main")).to_contain_text(TOWER)
        assert watched.fits(), path
