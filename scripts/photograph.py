"""Takes the pictures of the handbook anew, from the running demo, in headless Chromium.

    .venv/bin/python scripts/photograph.py [FOLDER]      default: docs/images

The scene is rendered, so nobody's house and nobody's face is on them.
"""

import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from ioc import settings
from ioc.broker import free_port, is_taken
from ioc.demo import Demo, Plan

HERE = Path(__file__).parents[1] / "docs" / "images"
SIZES: dict[str, ViewportSize] = {
    "may-tinh": {"width": 1440, "height": 900},
    "dien-thoai": {"width": 390, "height": 844},
}
WANTED = {
    "ban-truc": ("may-tinh", "dien-thoai"),
    "su-viec": ("may-tinh",),
    "tin-bao": ("dien-thoai",),
    "mat-lien-lac": ("dien-thoai",),
}
"""What the handbooks show, and how large."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
QUALITY = 72
PATIENCE_S = 240.0
"""For three agents, a hub, a browser and whatever else runs on two cores."""
LOST = "duong-prao"
"""The box that dies for the picture of a lost one."""
OFFICER = "Người trực A"


class NothingToSee(RuntimeError):
    """The demo did not come as far as a picture needs."""

    def __init__(self, *, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"waited {PATIENCE_S:.0f} s for {wanted}")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(cameras=settings.rendered(), port=free_port())
    with Demo(plan, print) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        _tour(demo, browser, folder)
        browser.close()


def _tour(demo: Demo, browser: Browser, folder: Path) -> None:
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


def _until(demo: Demo, seen: Callable[[], bool], wanted: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not seen():
        if time.monotonic() > deadline:
            raise NothingToSee(wanted=wanted)
        demo.step()


def _pictured(demo: Demo) -> list[str]:
    return [each.type for each in demo.story.fires if each.picture_after_s is not None]


def _kill(demo: Demo, name: str) -> None:
    pid = next(each.pid for each in demo.children if each.name == name)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def _take(browser: Browser, folder: Path, name: str, url: str) -> None:
    for place in WANTED[name]:
        page = _open(browser, url, SIZES[place])
        shot = Image.open(io.BytesIO(page.screenshot()))
        file = folder / f"{name}-{place}.webp"
        shot.save(file, quality=QUALITY, method=6)
        print(f"{file}  {file.stat().st_size / 1000:.0f} kB")
        page.context.close()


def _confirm(browser: Browser, url: str) -> None:
    page = _open(browser, url, SIZES["may-tinh"])
    page.locator("#judge input[name=who]").fill(OFFICER)
    page.get_by_role("button", name="Xác nhận cháy").click()
    page.locator(".said").first.wait_for()
    page.context.close()


def _open(browser: Browser, url: str, size: ViewportSize) -> Page:
    page = browser.new_context(viewport=size, locale="vi-VN").new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(url, wait_until="load")
    page.wait_for_timeout(2000)
    page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    return page


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise NothingToSee(wanted="Chromium: run make servers")
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
