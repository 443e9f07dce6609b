"""The phone: believes signed calls, each once, shows the newest, can be told to fail."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from contracts.clock import utc_now
from ioc.phone import BODY_BYTES, create_app
from ioc.signature import TOLERANCE_S, sign
from tests.ioc.conftest import FakeConsole, jpeg, serving

SECRET = b"secret of the test"


def body(**changes: Any) -> dict[str, Any]:
    now = utc_now().isoformat()
    return {
        "v": 1, "event": "incident.opened", "incident": "01J00000000000000000000001",
        "type": "forest-fire", "severity": "critical", "title_vi": "Nghi có khói rừng",
        "text_vi": "Khói qua 12 khung hình",
        "place": {"lat": 15.9, "lon": 107.6, "commune": "Xã Đông Giang", "bearing_deg": 47.0,
                  "camera": "Tháp Prao"},
        "drill": False, "late": False, "captured_at": now, "sent_at": now, "received_at": now,
        "created_at": now, "picture": "/evidence/one", "url": "/incidents/one",
    } | changes  # fmt: skip


class Hub:
    """Calls the phone as the hub does."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address)
        self.address = address

    def call(self, key: str, *, age_s: float = 0, secret: bytes = SECRET, **changes: Any) -> int:
        raw = json.dumps(body(**changes)).encode()
        stamp = sign(secret, raw, int(time.time() - age_s))
        headers = {"IOC-Signature": stamp, "Idempotency-Key": key}
        return self.http.post("/hook", content=raw, headers=headers).status_code

    def received(self) -> dict[str, Any]:
        read: dict[str, Any] = self.http.get("/received.json").json()
        return read


@pytest.fixture
def hub(console: FakeConsole) -> Iterator[Hub]:
    with serving(create_app(secret=SECRET, console=console.url)) as address:
        caller = Hub(address)
        with caller.http:
            yield caller


def test_a_signed_call_is_kept_with_its_time(hub: Hub) -> None:
    assert hub.call("k1") == 200
    [call] = hub.received()["calls"]
    assert (call["key"], call["body"]["title_vi"]) == ("k1", "Nghi có khói rừng")
    assert call["latency_ms"] >= 0


def test_a_repeated_key_is_accepted_and_shown_once(hub: Hub) -> None:
    assert [hub.call("k1"), hub.call("k1")] == [200, 200]
    received = hub.received()
    assert (len(received["calls"]), received["repeats"]) == (1, 1)


def test_a_call_signed_by_someone_else_is_refused(hub: Hub) -> None:
    assert hub.call("k1", secret=b"guess") == 401
    received = hub.received()
    assert (received["calls"], received["refused"]) == ([], {"signature-wrong": 1})


def test_a_call_played_again_later_is_refused(hub: Hub) -> None:
    assert hub.call("k1", age_s=TOLERANCE_S + 5) == 401
    assert hub.received()["refused"] == {"signature-old": 1}


def test_an_unsigned_call_is_refused(hub: Hub) -> None:
    assert hub.http.post("/hook", json=body()).status_code == 401


def test_a_malformed_call_is_refused_by_name(hub: Hub) -> None:
    raw = b"{}"
    stamp = sign(SECRET, raw, int(time.time()))
    headers = {"IOC-Signature": stamp, "Idempotency-Key": "k"}
    answer = hub.http.post("/hook", content=raw, headers=headers)
    assert (answer.status_code, "event" in answer.json()["why"]) == (400, True)


def test_an_oversized_call_is_refused(hub: Hub) -> None:
    assert hub.call("k1", text_vi="x" * BODY_BYTES) == 413


def test_told_to_fail_it_refuses_that_many_and_recovers(hub: Hub) -> None:
    assert hub.http.post("/fail", json={"requests": 2}).status_code == 200
    assert [hub.call("k1") for _ in range(3)] == [503, 503, 200]
    assert hub.received()["repeats"] == 0


def test_told_to_fail_for_a_while_it_can_be_told_to_stop(hub: Hub) -> None:
    hub.http.post("/fail", json={"seconds": 3600})
    assert hub.call("k1") == 503
    hub.http.post("/fail", json={"seconds": 0})
    assert hub.call("k1") == 200


def test_an_order_to_fail_that_makes_no_sense_is_refused(hub: Hub) -> None:
    assert hub.http.post("/fail", json={"seconds": "soon"}).status_code == 400
    assert hub.http.post("/fail", json=[1]).status_code == 400


def test_a_picture_comes_from_the_console(hub: Hub) -> None:
    hub.call("k1")
    answer = hub.http.get("/picture/0")
    assert (answer.status_code, answer.content) == (200, jpeg())


@pytest.mark.parametrize("picture", [None, "", "http://127.0.0.1:9/x.jpg", "//other/x", "/none"])
def test_no_picture_comes_from_elsewhere(
    hub: Hub, console: FakeConsole, picture: str | None
) -> None:
    hub.call("k1", picture=picture)
    assert hub.http.get("/picture/0").status_code == 404
    assert console.asked in ([], ["/none"])


def test_a_picture_of_no_call_is_not_found(hub: Hub) -> None:
    assert hub.http.get("/picture/7").status_code == 404


def test_a_console_that_is_away_is_a_bad_gateway() -> None:
    with serving(create_app(secret=SECRET, console="http://127.0.0.1:9")) as address:
        hub = Hub(address)
        with hub.http:
            hub.call("k1")
            assert hub.http.get("/picture/0").status_code == 502


def test_a_killed_phone_remembers(tmp_path: Path, console: FakeConsole) -> None:
    journal = tmp_path / "calls.jsonl"
    for expected in (0, 1):
        app = create_app(secret=SECRET, console=console.url, journal=journal)
        with serving(app) as address:
            hub = Hub(address)
            with hub.http:
                assert hub.call("k1") == 200
                assert hub.received()["repeats"] == expected


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        yield page
        browser.close()


@pytest.mark.web
def test_the_screen_waits_then_shows_the_alarm_with_its_picture(
    hub: Hub, console: FakeConsole, browser_page: Page
) -> None:
    troubles: list[str] = []
    browser_page.on("pageerror", lambda error: troubles.append(str(error)))
    console.missing.add("/evidence/one")
    browser_page.goto(hub.address)
    expect(browser_page.get_by_role("heading", name="Chưa có tin báo")).to_be_visible()
    expect(browser_page.get_by_role("status")).to_have_text("Đã nối · Live")
    hub.call("k1")
    expect(browser_page.get_by_role("heading", name="Nghi có khói rừng")).to_be_visible()
    console.missing.clear()  # the picture reaches the console after the alarm
    expect(browser_page.get_by_alt_text("Ảnh chụp từ camera")).to_be_visible(timeout=20_000)
    expect(browser_page.locator("#alert")).to_contain_text("Xã Đông Giang")
    expect(browser_page.locator("#alert")).to_contain_text("47°")
    link = browser_page.get_by_role("link", name="Mở trên bàn trực")
    assert link.get_attribute("href") == f"{console.url}/incidents/one"
    assert troubles == []


@pytest.mark.web
def test_a_drill_and_a_late_alarm_are_marked(hub: Hub, browser_page: Page) -> None:
    hub.call("k1", drill=True, late=True)
    browser_page.goto(hub.address)
    expect(browser_page.locator("#alert")).to_contain_text("DIỄN TẬP")
    expect(browser_page.locator("#alert")).to_contain_text("TIN ĐẾN MUỘN")


@pytest.mark.web
def test_an_open_fire_stays_on_top_of_lesser_news(hub: Hub, browser_page: Page) -> None:
    hub.call("k1", incident="A", title_vi="Cháy rừng")
    hub.call("k2", incident="B", title_vi="Camera đứng hình", severity="warning")
    hub.call("k3", incident="C", title_vi="Việc đã xong", event="incident.closed")
    browser_page.goto(hub.address)
    expect(browser_page.locator("#alert h1")).to_have_text("Cháy rừng")
    expect(browser_page.locator("#list li")).to_have_count(2)


@pytest.mark.web
def test_an_overtaken_call_does_not_undo_a_newer_one(hub: Hub, browser_page: Page) -> None:
    earlier = (utc_now() - timedelta(minutes=1)).isoformat()
    hub.call("k2", event="incident.closed")
    hub.call("k1", event="incident.opened", created_at=earlier)
    browser_page.goto(hub.address)
    expect(browser_page.locator("#alert")).to_contain_text("Đã kết thúc")


@pytest.mark.web
def test_words_from_a_call_are_never_markup(hub: Hub, browser_page: Page) -> None:
    hub.call("k1", title_vi="<img src=x onerror=alert(1)>")
    browser_page.goto(hub.address)
    expect(browser_page.locator("#alert h1")).to_have_text("<img src=x onerror=alert(1)>")
