"""Every figure of every board of a simulated district leads to what it is made of."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from tests.hub.web.conftest import Desk
from tests.web.browser import DESK, PHONE, WALL, Look, Watched
from tests.web.simulated import simulated

__all__ = ["simulated"]

MOMENT = re.compile(r"\d\d:\d\d \d\d/\d\d/\d{4}")
LINK = re.compile(r'href="(/figures/[^"]+)"')
TILE = re.compile(r'<a class="tile[^"]*" href="([^"]+)">(.*?)</a>', re.DOTALL)
VALUE = re.compile(r'<p class="value[^"]*">(.*?)</p>', re.DOTALL)
CELL = re.compile(r"<td data-head=\"[^\"]+\">(.*?)</td>", re.DOTALL)
TERM = re.compile(r"<li[^>]*><a [^>]*>([^<]+)</a> <span>[^<]*</span> <b>([^<]+)</b></li>")
PAGE_ROWS = 100
EMPTY = ("0", "chưa có số liệu", "chưa tính")
CELLS = 3
"""Of a board's table: its cells are one route, the tiles are every indicator."""


@pytest.fixture
def desk(simulated: Desk) -> Desk:
    """For the browser's server."""
    return simulated


@pytest.fixture(scope="module")
def client(simulated: Desk) -> TestClient:
    return simulated.client()


def boards(desk: Desk) -> Iterator[str]:
    yield "/wall"
    for name in desk.context.knowledge.catalogue.subsystems:
        yield f"/s/{name}"


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(page: str, heading: str) -> str:
    """From a heading of the second rank to the next one."""
    return page.partition(f"<h2>{heading}")[2].partition("<h2>")[0]


def figure(html: str) -> str:
    found = VALUE.search(html)
    assert found
    return words(found.group(1))


def assert_is_whole(page: str, shown: str) -> None:
    """Formula, terms, source, last update and rows; the same figure as on the board."""
    assert figure(page.partition('<section class="sum')[2]) == shown
    formula = re.search(r'<p class="formula">([^<]+)</p>', part(page, "Cách tính"))
    assert formula
    assert formula.group(1).strip()
    terms = TERM.findall(part(page, "Cách tính"))
    assert terms
    told = part(page, "Nguồn")
    assert told.count("<dt>") >= 2, "somebody tells it"
    if shown != "chưa có số liệu":
        assert MOMENT.search(words(told.partition("<dt>Tính lúc</dt>")[2]))
    rows = page.partition('<section id="rows">')[2].partition("</article>")[0]
    assert_rows(rows, unescape(terms[0][0]), terms[0][1])


def assert_rows(rows: str, term: str, value: str) -> None:
    """What is counted is as many rows as the figure says; what is told has its rows."""
    count = rows.count("<tr><th") + rows.count("<li class=")
    if term.startswith("Số ") and not term.startswith("Số mới nhất") and value not in EMPTY:
        assert count == min(int(value.replace(".", "")), PAGE_ROWS), term
    elif value not in EMPTY:
        assert count > 0, term
    assert "rows.csv" in rows


def test_every_tile_of_every_board_is_traced_to_formula_source_update_and_rows(
    simulated: Desk, client: TestClient
) -> None:
    seen: dict[str, str] = {}
    for board in boards(simulated):
        page = client.get(board).text
        tiles = TILE.findall(page)
        assert tiles, board
        for link, inner in tiles:
            shown = figure(inner)
            assert seen.setdefault(link, shown) == shown, "two boards, two figures"
    for link, shown in seen.items():
        answer = client.get(unescape(link))
        assert answer.status_code == 200, link
        assert_is_whole(answer.text, shown)
    indicators = {link.partition("?")[0] for link in seen}
    assert len(indicators) > 100


def test_every_board_is_full_and_marked_as_simulated(simulated: Desk, client: TestClient) -> None:
    """A feed may be in its outage, as in life; most are not."""
    shown = [
        figure(inner)
        for board in boards(simulated)
        for _, inner in TILE.findall(client.get(board).text)
    ]
    full = [one for one in shown if one != "chưa có số liệu"]
    assert len(full) > 0.85 * len(shown)
    for board in boards(simulated):
        assert "DỮ LIỆU MÔ PHỎNG" in client.get(board).text, board


def test_the_units_of_a_board_are_traced_too(simulated: Desk, client: TestClient) -> None:
    for board in [*boards(simulated)][1:]:
        cells = CELL.findall(client.get(board).text)
        told = [one for one in cells if LINK.search(one)]
        assert all("chưa có số liệu" in one for one in cells if one not in told), board
        for one in told[:CELLS]:
            found = LINK.search(one)
            assert found
            page = client.get(unescape(found.group(1))).text
            shown = re.search(r"<a [^>]+>([^<]+)</a>", one)
            assert shown
            assert shown.group(1) in figure(page.partition('<section class="sum')[2])


def test_a_trace_leads_to_the_forecast_and_back(client: TestClient) -> None:
    page = client.get("/figures/education.attendance").text
    link = re.search(r'href="(/outlook/[^"]+)"', page)
    assert link
    answer = client.get(unescape(link.group(1)))
    assert answer.status_code == 200
    assert 'href="/figures/education.attendance?unit=505"' in answer.text


def click_through(watched: Watched, board: str, tile: int) -> None:
    page = watched.page
    watched.visit(board)
    one = page.locator(".tile").nth(tile)
    name, value = one.locator("h3").inner_text(), one.locator(".value").inner_text()
    one.click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator(".sum .value")).to_have_text(value)
    expect(page.locator(".formula")).not_to_be_empty()
    page.locator(".terms a").last.click()
    expect(page.locator("#rows")).to_be_in_viewport()
    assert watched.fits()
    assert watched.said == []


@pytest.mark.web
@pytest.mark.parametrize(
    ("size", "board", "tile"),
    [(PHONE, "/wall", 0), (PHONE, "/s/documents", 0), (DESK, "/s/health", 1), (WALL, "/wall", 8)],
    ids=["phone-wall", "phone-board", "desk", "wall"],
)
def test_by_a_real_click(look: Look, size: dict[str, int], board: str, tile: int) -> None:
    click_through(look(size), board, tile)


@pytest.mark.web
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_full_board_fits_its_screen(
    simulated: Desk, look: Look, size: dict[str, int]
) -> None:
    watched = look(size)
    for path in (*boards(simulated), "/outlook/education.attendance", "/s/education?unit=20467"):
        watched.visit(path)
        assert watched.fits(), path
    assert watched.said == []
