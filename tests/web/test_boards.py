"""The boards in real Chromium: within their screen, readable, every tile a way to its trace."""

import pytest
from playwright.sync_api import expect

from tests.hub.web.conftest import Desk
from tests.hub.web.district import fill
from tests.web.browser import DESK, PATIENCE_MS, PHONE, WALL, Look, Watched

pytestmark = pytest.mark.web

SIZES = pytest.mark.parametrize("size", [PHONE, DESK, WALL], ids=["phone", "desk", "wall"])
SPILLED = """[...document.querySelectorAll("main *")].filter((one) => one.clientWidth &&
  getComputedStyle(one).display !== "inline" && !one.closest(".wide, svg, select") &&
  one.scrollWidth > one.clientWidth + 1).map((one) => one.className + one.textContent.trim())"""
CLIPPED = """[...document.querySelectorAll(".tile, .side")].filter((one) =>
  one.scrollHeight > one.clientHeight + 1).map((one) => one.textContent.trim())"""
LINKS = '[...document.querySelectorAll(".tile")].map((one) => one.getAttribute("href"))'


def assert_calm(watched: Watched, path: str) -> None:
    assert watched.fits(), path
    assert watched.page.evaluate(SPILLED) == []
    assert watched.said == []
    assert {url.startswith(watched.here) for url in watched.asked} == {True}


@SIZES
@pytest.mark.parametrize("demo", [True, False], ids=["simulated", "real"])
def test_the_wall_fits_and_each_tile_leads_to_its_trace(
    desk: Desk, look: Look, size: dict[str, int], demo: bool
) -> None:
    fill(desk, demo=demo)
    desk.raise_fire()
    watched = look(size)
    watched.visit("/wall")
    assert_calm(watched, "/wall")
    links = watched.page.evaluate(LINKS)
    assert len(links) > 15
    assert all(link.startswith("/figures/") for link in links)


def test_nothing_of_the_wall_is_out_of_sight_on_a_large_screen(desk: Desk, look: Look) -> None:
    fill(desk, demo=True)
    for number in range(12):
        desk.raise_fire(title_vi=f"Nghi có khói rừng nhìn từ Tháp Sông Kôn – thôn số {number}")
    watched = look(WALL)
    watched.visit("/wall")
    assert watched.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert watched.page.evaluate(CLIPPED) == []
    for one in watched.page.locator(".tile").all():
        expect(one).to_be_in_viewport(ratio=1)


def test_the_wall_changes_by_itself(desk: Desk, look: Look) -> None:
    watched = look(WALL)
    watched.visit("/wall")
    expect(watched.page.locator("h1")).to_contain_text("Yên tĩnh")
    desk.raise_fire()
    expect(watched.page.locator("h1")).to_contain_text(
        "1 sự việc chờ người trực", timeout=PATIENCE_MS
    )


@SIZES
def test_a_subsystem_fits_and_a_click_leads_to_the_rows(
    desk: Desk, look: Look, size: dict[str, int]
) -> None:
    fill(desk, demo=True)
    watched = look(size)
    for path in ("/s/public-services", "/s/forest-fire", "/s/public-services/cases?which=open"):
        watched.visit(path)
        assert_calm(watched, path)
    watched.visit("/s/forest-fire")
    tile = watched.page.locator(".tile", has_text="Số ngày khô liên tục")
    tile.click()
    expect(watched.page.locator("h1")).to_contain_text("Số ngày khô liên tục")
    expect(watched.page.locator("#rows table tbody tr").first).to_contain_text("Xã")
    assert_calm(watched, "trace")


def test_a_phone_has_a_menu_of_all_subsystems(desk: Desk, look: Look) -> None:
    watched = look(PHONE)
    watched.visit("/s/health")
    menu = watched.page.locator("details.menu")
    expect(menu.locator("ul")).to_be_hidden()
    menu.locator("summary").click()
    menu.get_by_text("Cảnh báo cháy rừng").click()
    expect(watched.page.locator("h1")).to_contain_text("Cảnh báo cháy rừng")
    assert watched.fits()


def test_a_board_on_paper_has_no_buttons_and_says_when_it_was_printed(
    desk: Desk, look: Look
) -> None:
    fill(desk)
    watched = look(DESK)
    watched.visit("/s/forest-fire")
    watched.page.emulate_media(media="print")
    expect(watched.page.locator(".printed")).to_be_visible()
    expect(watched.page.locator("form.choose")).to_be_hidden()
    expect(watched.page.locator("nav.strip")).to_be_hidden()
