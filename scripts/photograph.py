"""Takes the pictures of the handbook anew, from the running demo, in headless Chromium.

    .venv/bin/python scripts/photograph.py [FOLDER] [--every-size]      default: docs/images

First the fire, then a box that dies, then the boards of the simulated district.  The scene is
rendered and the district invented, so nobody's house, name or face is on them.
"""

import argparse
import io
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from hub.catalogue.loader import load
from ioc import settings
from ioc.broker import free_port, is_taken
from ioc.demo import Demo, Plan

HERE = Path(__file__).parents[1] / "docs" / "images"
SIZES: dict[str, ViewportSize] = {
    "may-tinh": {"width": 1440, "height": 900},
    "dien-thoai": {"width": 390, "height": 844},
    "man-hinh-lon": {"width": 3840, "height": 2160},
}
WANTED = {
    "ban-truc": ("may-tinh", "dien-thoai"),
    "su-viec": ("may-tinh",),
    "tin-bao": ("dien-thoai",),
    "mat-lien-lac": ("dien-thoai",),
    "toan-canh": ("man-hinh-lon", "may-tinh", "dien-thoai"),
    "phan-he": ("dien-thoai",),
    "nguon-goc": ("may-tinh", "dien-thoai"),
    "du-bao": ("may-tinh",),
    "bao-cao": ("may-tinh",),
    "ca-truc": ("may-tinh",),
    "giao-ca": ("may-tinh",),
    "bao-tin": ("dien-thoai",),
    "tin-nguoi-dan": ("may-tinh",),
}
"""What the handbooks show, and how large."""
BOARD = ("may-tinh",)
"""How the boards of the subsystems are shown; `--every-size` is for looking, not for keeping."""
TALL = {"nguon-goc": 1560, "ca-truc": 1100, "bang": 1200}
"""Pages whose point is further down, on a desk's screen."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
SEEN = """[...document.images].every((one) => one.getBoundingClientRect().top > innerHeight ||
  one.complete && one.naturalWidth > 0)"""
QUALITY = 72
WIDEST = 1920
"""Pixels across: a picture of the wall is read on a page, not from five metres."""
PATIENCE_S = 240.0
"""For three agents, a hub, a browser and whatever else runs on two cores."""
SETTLE_S = 60.0
"""For the last figures of what was handed in."""
FILLING_S = 900.0
"""For thirty simulated days by HTTP and their figures, on the same two cores."""
LOST = "duong-prao"
"""The box that dies for the picture of a lost one."""
OFFICER, RELIEF = "Người trực A", "Người trực B"
BOARDS = {
    "toan-canh": "/wall",
    "phan-he": "/s/public-services",
    "nguon-goc": "/figures/public-services.on-time",
    "du-bao": "/outlook/environment.reservoir-a-vuong",
    "giao-ca": "/shift/note",
}
FULL = 0.85
"""Of the wall's tiles that must have a figure: a simulated feed or two is always in its outage."""


class NothingToSee(RuntimeError):
    """The demo did not come as far as a picture needs."""

    def __init__(self, *, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"waited long for {wanted}")


def main(folder: Path, *, every_size: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(cameras=settings.rendered(), port=free_port(), district=True)
    with Demo(plan, print) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        _fire(demo, browser, folder)
        _district(demo, browser, folder)
        _boards(demo, browser, folder, tuple(SIZES) if every_size else BOARD)
        browser.close()


def _fire(demo: Demo, browser: Browser, folder: Path) -> None:
    console, phone = demo.folder.console, demo.folder.phone
    _until(demo, lambda: is_taken(demo.folder.console_port), "the console")
    _until(demo, lambda: len(demo.observer.online) == len(demo.children) - 2, "every box online")
    _until(demo, lambda: len(_pictured(demo)) > 1, "two fires with their pictures")
    time.sleep(5)  # the large pictures follow the thumbnails
    forest = next(each for each in demo.story.fires if each.type == "forest-fire")
    for name, url in {
        "ban-truc": console,
        "su-viec": f"{console}/incidents/{forest.incident}",
        "tin-bao": phone,
    }.items():
        _take(browser, folder, name, url)
    _confirm(browser, f"{console}/incidents/{forest.incident}")
    _kill(demo, LOST)
    time.sleep(5)  # the broker passes on the last will
    _take(browser, folder, "mat-lien-lac", f"{console}/devices/{LOST}")


def _district(demo: Demo, browser: Browser, folder: Path) -> None:
    console = demo.folder.console
    _send_report(browser, f"{console}/bao-tin", folder)
    _write_in_log(browser, f"{console}/shift")
    _until(demo, lambda: _is_full(console), "full boards", FILLING_S)
    time.sleep(SETTLE_S)
    for name, path in BOARDS.items():
        _take(browser, folder, name, f"{console}{path}")
    _take(browser, folder, "bao-cao", _make_report(browser, f"{console}/reports-archive"))
    _take(browser, folder, "ca-truc", f"{console}/shift")
    _take(browser, folder, "tin-nguoi-dan", f"{console}/reports")


def _boards(demo: Demo, browser: Browser, folder: Path, sizes: tuple[str, ...]) -> None:
    """Of each subsystem."""
    for name in load().subsystems:
        url = f"{demo.folder.console}/s/{name}"
        _take(browser, folder, f"bang-{name}", url, sizes, TALL["bang"])


def _is_full(console: str) -> bool:
    """Of the wall; nothing is asked while the district is still handed in."""
    time.sleep(10)
    tiles = httpx.get(f"{console}/wall", timeout=60).text.split('<a class="tile')[1:]
    return sum("chưa có số liệu" not in one for one in tiles) > FULL * len(tiles)


def _send_report(browser: Browser, url: str, folder: Path) -> None:
    page = _open(browser, url, SIZES["dien-thoai"])
    page.get_by_label("Cháy", exact=True).check()
    page.locator("#text").fill("Khói lớn trên đồi sau trường học")
    page.locator("#commune").select_option(index=1)
    page.wait_for_timeout(3500)  # a form that comes back sooner was filled in by a machine
    _save(page, folder / "bao-tin-dien-thoai.webp")
    page.get_by_role("button", name="Gửi tin").click()
    page.locator(".code").wait_for()
    page.context.close()


def _write_in_log(browser: Browser, url: str) -> None:
    page = _open(browser, url, SIZES["may-tinh"])
    page.locator("#who1").fill(OFFICER)
    page.locator("#text").fill("Đã gọi kiểm lâm địa bàn đi xem khói ở xã Đông Giang.")
    page.get_by_role("button", name="Ghi", exact=True).click()
    page.get_by_text("Đã gọi kiểm lâm").first.wait_for()
    page.locator("#who2").fill(OFFICER)
    page.locator("#taker").fill(RELIEF)
    page.get_by_role("button", name="Giao ca và lập biên bản").click()
    page.get_by_role("heading", name="Biên bản giao ca").wait_for()
    page.context.close()


def _make_report(browser: Browser, url: str) -> str:
    """The address of the report that was made by hand."""
    page = _open(browser, url, SIZES["may-tinh"])
    page.locator("#who1").fill(OFFICER)
    page.get_by_role("button", name="Lập báo cáo").click()
    page.get_by_text("Tải PDF").wait_for()
    made = page.url
    page.context.close()
    return made


def _until(
    demo: Demo, seen: Callable[[], bool], wanted: str, patience_s: float = PATIENCE_S
) -> None:
    deadline = time.monotonic() + patience_s
    while not seen():
        if time.monotonic() > deadline:
            raise NothingToSee(wanted=wanted)
        demo.step()


def _pictured(demo: Demo) -> list[str]:
    return [each.type for each in demo.story.fires if each.picture_after_s is not None]


def _kill(demo: Demo, name: str) -> None:
    """And the demo is to go on without it."""
    child = next(each for each in demo.children if each.name == name)
    demo.children.remove(child)
    if child.pid is not None:
        os.kill(child.pid, signal.SIGKILL)


def _take(
    browser: Browser, folder: Path, name: str, url: str,
    sizes: tuple[str, ...] = (), tall: int | None = None,
) -> None:  # fmt: skip
    tall = tall or TALL.get(name)
    for place in sizes or WANTED[name]:
        size = SIZES[place]
        if place == "may-tinh" and tall:
            size = ViewportSize(width=size["width"], height=tall)
        page = _open(browser, url, size)
        _save(page, folder / f"{name}-{place}.webp")
        page.context.close()


def _save(page: Page, file: Path) -> None:
    shot = Image.open(io.BytesIO(page.screenshot()))
    shot.thumbnail((WIDEST, WIDEST))
    shot.save(file, quality=QUALITY, method=6)
    print(f"{file}  {file.stat().st_size / 1000:.0f} kB")


def _confirm(browser: Browser, url: str) -> None:
    page = _open(browser, url, SIZES["may-tinh"])
    page.locator("#judge input[name=who]").fill(OFFICER)
    page.get_by_role("button", name="Xác nhận cháy").click()
    page.locator(".said").first.wait_for()
    page.context.close()


def _open(browser: Browser, url: str, size: ViewportSize) -> Page:
    page = browser.new_context(viewport=size, locale="vi-VN", color_scheme="dark").new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(url, wait_until="load")
    page.wait_for_timeout(2000)
    page.wait_for_function(SEEN)
    return page


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise NothingToSee(wanted="Chromium: run make servers")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=HERE)
    parser.add_argument("--every-size", action="store_true", help="of the subsystems' boards")
    told = parser.parse_args()
    main(told.folder, every_size=told.every_size)
