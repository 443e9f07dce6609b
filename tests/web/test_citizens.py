"""The public page on a phone, in real Chromium: big buttons, a photo, a receipt, no script run."""

from collections.abc import Callable
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from hub.config import Citizens
from tests.hub.citizens.test_photo import picture
from tests.hub.web.conftest import Desk
from tests.web.browser import PHONE, Look
from tests.web.test_console import ATTACK

pytestmark = pytest.mark.web


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(citizens=Citizens(enabled=True, fill_s=0))


def test_a_citizen_reports_a_fire_and_the_desk_handles_it(look: Look, tmp_path: Path) -> None:
    photo = tmp_path / "anh.jpg"
    photo.write_bytes(picture(size=(1200, 900)))
    watched = look(PHONE)
    page = watched.page
    watched.visit("/bao-tin")
    assert watched.fits()
    page.get_by_label("Cháy", exact=True).check()
    expect(page.locator(".first").first).to_be_visible()
    page.locator("#photo").set_input_files(photo)
    page.locator("#text").fill(f"Khói lớn {ATTACK}")
    page.locator("#commune").select_option("20467")
    page.get_by_role("button", name="Gửi tin").click()
    expect(page.locator(".code")).to_be_visible()
    assert watched.fits()
    watched.visit("/reports")
    assert watched.fits()
    page.locator(".book a").first.click()
    expect(page.locator("main")).to_contain_text(ATTACK)
    page.locator("input[name=who] >> nth=0").fill("Alăng Bảy")
    page.get_by_role("button", name="Xem ảnh").click()
    expect(page.locator(".large img")).to_be_visible()
    assert watched.fits()
    page.locator("input[name=who] >> nth=1").fill("Alăng Bảy")
    page.get_by_role("button", name="Đã tiếp nhận").click()
    expect(page.locator(".marks")).to_contain_text("Đã tiếp nhận")
    assert page.evaluate("window.taken === undefined")
    assert watched.said == []
    assert {url.startswith(watched.here) for url in watched.asked} == {True}


def test_the_form_works_without_a_script(browser: Browser, server: uvicorn.Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.config.port}/bao-tin")
    expect(page.locator("#locate")).to_be_hidden()
    page.get_by_label("Rác", exact=True).check()
    page.locator("#text").fill("Rác đổ bên suối")
    page.get_by_role("button", name="Gửi tin").click()
    expect(page.locator(".code")).to_be_visible()
    context.close()
