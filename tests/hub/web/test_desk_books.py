"""The desk's books in the console: reports, forecasts, the shift log."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from contracts.clock import utc_now
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Span, containing
from hub.records import figures
from hub.web.outlook_chart import draw
from tests.hub.reporting.test_formats import words_of
from tests.hub.web.conftest import Desk

ATTACK = "<img src=x onerror=alert(1)>"


def csrf(client: TestClient, page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def fill(desk: Desk, days: int = 90) -> None:
    """Attendance of the district that falls a little every day, with a weekly rhythm."""
    today = containing(Span.DAY, utc_now()).start
    with desk.context.database.work() as work:
        work.connection.execute(insert(figures), [
            {"indicator": "education.attendance", "unit": DISTRICT, "grade": "green",
             "period_start": start, "period_end": start + timedelta(days=1), "missing": "",
             "value": 90 + ago * 0.06 + start.weekday() * 0.5 + (ago * 7919 % 13) / 10,
             "terms": [], "computed_at": start}
            for ago in range(days, 0, -1) for start in [today - timedelta(days=ago)]
        ])  # fmt: skip


def test_a_report_made_by_hand_is_read_and_downloaded(desk: Desk) -> None:
    fill(desk)
    client = desk.client()
    answer = client.post("/reports-archive", data={
        "csrf": csrf(client, "/reports-archive"), "who": "Lan", "period": "week",
        "day": utc_now().date().isoformat(),
    })  # fmt: skip
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert "Báo cáo tuần – Địa bàn Đông Giang" in page.text
    assert "Kỳ chưa kết thúc" in page.text
    assert "Lan lập" in client.get("/reports-archive").text
    paper = client.get(f"{answer.headers['location']}/file.pdf")
    assert "Tỷ lệ chuyên cần" in words_of(paper.content)
    assert paper.headers["content-disposition"].startswith('attachment; filename="bao-cao-tuan-')
    assert client.get(f"{answer.headers['location']}/file.xlsx").content.startswith(b"PK")


@pytest.mark.parametrize(
    "wrong",
    [{"period": "year"}, {"day": "31/12"}, {"day": "2199-01-01"}, {"day": "0001-01-01"},
     {"csrf": "x"}, {"who": ""}],
)  # fmt: skip
def test_a_wrong_wish_is_refused_in_words(desk: Desk, wrong: dict[str, str]) -> None:
    client = desk.client()
    form = {"csrf": csrf(client, "/reports-archive"), "who": "Lan", "period": "day",
            "day": "2026-04-01"} | wrong  # fmt: skip
    answer = client.post("/reports-archive", data=form)
    assert answer.status_code == 403
    assert "Không thực hiện được" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/reports-archive/9", "/reports-archive/99999999999999999999", "/reports-archive/9/file.exe",
     "/outlook/no.such", "/outlook/education.attendance?unit=x", "/shift/notes/9"],
)  # fmt: skip
def test_what_is_not_there_is_said_so(desk: Desk, path: str) -> None:
    assert desk.client().get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/reports-archive", "/shift", "/shift/note", "/outlook/education.attendance"]
)
def test_nobody_reads_without_signing_in(make_desk: object, path: str, tmp_path: object) -> None:
    assert callable(make_desk)
    client = make_desk(users_file=f"{tmp_path}/users").client()
    assert client.get(path).headers["location"] == "/login"


def test_a_forecast_is_drawn_with_its_accuracy_in_words(desk: Desk) -> None:
    fill(desk)
    page = desk.client().get("/outlook/education.attendance").text
    assert 'class="band"' in page
    assert "Thử lại 24 lần trên quá khứ: sai trung bình" in page
    assert "nhiều khả năng không đạt" in page
    assert "Việc cần làm:" in page


def test_where_no_forecast_may_be_shown_the_reason_stands(desk: Desk) -> None:
    fill(desk, days=9)
    page = desk.client().get("/outlook/education.attendance").text
    assert "Không dự báo: Mới có 9 kỳ số liệu" in page
    assert 'class="band"' not in page


def test_nothing_known_draws_nothing(desk: Desk) -> None:
    page = desk.client().get("/outlook/education.attendance").text
    assert "Chưa có kỳ số liệu nào trọn vẹn." in page
    assert "<svg class=" not in page


def test_the_officer_writes_and_what_was_written_is_words(desk: Desk) -> None:
    fire = desk.raise_fire(title_vi="Khói – Xã Đông Giang")
    client = desk.client()
    answer = client.post("/shift", data={
        "csrf": csrf(client, "/shift"), "who": "Lan", "text": ATTACK, "incident": fire,
    })  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/shift")
    page = client.get("/shift").text
    assert ATTACK not in page
    assert "&lt;img src=x" in page
    assert "Mở sự việc: Khói – Xã Đông Giang" in page


def test_an_empty_line_is_refused_in_words(desk: Desk) -> None:
    client = desk.client()
    answer = client.post("/shift", data={"csrf": csrf(client, "/shift"), "who": "Lan"})
    assert answer.status_code == 403
    assert "Ghi từ 1 đến 2000 ký tự" in answer.text


def test_a_shift_is_handed_over_with_a_note_to_sign(desk: Desk) -> None:
    desk.raise_fire(title_vi="Khói – Xã Đông Giang")
    client = desk.client()
    assert "Bản xem trước" in client.get("/shift/note").text
    answer = client.post(
        "/shift/hand-over", data={"csrf": csrf(client, "/shift"), "who": "Lan", "taker": "Bình"}
    )
    page = client.get(answer.headers["location"]).text
    for words in ("Lan giao Bình", "Người nhận ca", "Khói – Xã Đông Giang", "chưa có người nhận"):
        assert words in page
    assert "Lan giao Bình" in client.get("/shift").text


def test_the_shift_before_is_a_click_away(desk: Desk) -> None:
    client = desk.client()
    found = re.search(r"/shift\?at=[0-9T:-]+", client.get("/shift").text)
    assert found is not None
    page = client.get(found[0])
    assert "Ca đang trực" in page.text
    assert 'action="/shift"' not in page.text
    assert client.get("/shift?at=yesterday").status_code == 422


def test_a_forecast_without_figures_has_no_drawing() -> None:
    from hub.prospect import Prospect  # noqa: PLC0415

    assert draw(Prospect(indicator="a.b", unit="505", made_at=utc_now(), history=()), 95) is None
