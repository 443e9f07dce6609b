"""The pages: what they show, what they take, what they refuse."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from contracts.clock import utc_now
from contracts.evidence import Size
from contracts.identity import new_ulid
from hub.incident import IncidentType, Severity
from hub.records import devices, incidents
from hub.web.users import add_user
from tests.hub.web.conftest import Desk

ATTACK = '<script>alert("x")</script>'
GERMS = re.compile(r'name="csrf" value="([^"]+)"')


def token(client: TestClient, path: str) -> str:
    found = GERMS.search(client.get(path).text)
    assert found
    return found.group(1)


def judge(client: TestClient, incident: str, verdict: str = "confirmed", **form: str) -> int:
    data = {"csrf": token(client, f"/incidents/{incident}"), "verdict": verdict, "who": "Alăng Bảy"}
    answer = client.post(f"/incidents/{incident}/verdict", data=data | form)
    return int(answer.status_code)


def test_a_quiet_board_says_so_and_what_to_do_first(desk: Desk) -> None:
    page = desk.client().get("/").text
    assert "Yên tĩnh" in page
    assert "Chưa có thiết bị nào" in page
    assert "không phải ranh giới pháp lý" in page


def test_an_incident_shows_what_where_when_and_its_picture(desk: Desk) -> None:
    name = desk.raise_fire()
    thumbnail = desk.add_picture(name, Size.THUMBNAIL)
    page = desk.client().get("/").text
    for words in ("1 sự việc chờ người trực", "Nghi có khói rừng", "Xã Đông Giang",
                  "125° (Đông Nam)", "khá rõ (60%)", f"/evidence/{thumbnail}.jpg"):  # fmt: skip
        assert words in page


def test_late_and_drill_are_marked(desk: Desk) -> None:
    desk.raise_fire(late=True, drill=True, clock_suspect=True)
    page = desk.client().get("/").text
    for words in ("TIN ĐẾN MUỘN", "DIỄN TẬP", "GIỜ THIẾT BỊ SAI"):
        assert words in page


def test_evidence_is_a_picture_that_browsers_may_keep(desk: Desk) -> None:
    name = desk.add_picture(desk.raise_fire(), Size.PICTURE)
    answer = desk.client().get(f"/evidence/{name}.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content.startswith(b"\xff\xd8")


def test_the_incidents_picture_is_the_large_one_when_it_came(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    assert client.get(f"/incidents/{name}/picture").status_code == 404
    desk.add_picture(name, Size.THUMBNAIL)
    assert client.get(f"/incidents/{name}/picture").status_code == 200


@pytest.mark.parametrize("path", ["/incidents/nothing", "/devices/nobody", "/evidence/none.jpg"])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.client().get(path).status_code == 404


def test_a_verdict_is_recorded_with_who_gave_it(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    assert judge(client, name) == 303
    page = client.get(f"/incidents/{name}").text
    assert "✓ Xác nhận cháy – Alăng Bảy" in page
    assert 'value="Alăng Bảy"' in page, "the name is kept for the next time"
    assert "Không có sự việc nào chờ" in client.get("/").text


def trouble(desk: Desk) -> str:
    return desk.raise_fire(
        type=IncidentType.DEVICE_TROUBLE,
        title_vi="Mất tín hiệu tháp Prao",
        severity=Severity.WARNING,
    )


def test_nobody_is_asked_to_confirm_the_fire_of_a_silent_box(desk: Desk) -> None:
    name, client = trouble(desk), desk.client()
    for path in ("/", f"/incidents/{name}"):
        page = client.get(path).text
        assert "Đã biết" in page
        assert "Xác nhận cháy" not in page
        assert "Báo động giả" not in page
    judge(client, name, reason="đã gọi kỹ thuật")
    page = client.get(f"/incidents/{name}").text
    assert "✓ Đã biết – Alăng Bảy" in page
    assert "Đã biết: đã gọi kỹ thuật" in page


def test_a_fire_stands_above_younger_troubles_of_machines(desk: Desk) -> None:
    fire = desk.raise_fire()
    younger = trouble(desk)
    page = desk.client().get("/").text
    assert page.index(f"i-{fire}") < page.index(f"i-{younger}")


def test_the_history_is_told_in_words(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    judge(client, name, "false-alarm", reason="Mây, sương mù")
    page = client.get(f"/incidents/{name}").text
    assert "Báo động giả: Mây, sương mù" in page
    assert "– hệ thống" in page
    assert "false-alarm:" not in page


def test_a_false_alarm_needs_its_reason(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    judge(client, name, "false-alarm")
    assert "cần ghi lý do" in client.get(f"/incidents/{name}?note=reason").text
    assert "Chờ người trực" in client.get(f"/incidents/{name}").text
    judge(client, name, "false-alarm", reason="Mây, sương mù")
    assert "Đã đóng: Báo động giả" in client.get(f"/incidents/{name}").text


def test_the_second_officer_is_told_who_was_first(desk: Desk) -> None:
    name, first, second = desk.raise_fire(), desk.client(), desk.client()
    late = token(second, f"/incidents/{name}")
    judge(first, name, "controlled-burn")
    answer = second.post(
        f"/incidents/{name}/verdict",
        data={"csrf": late, "verdict": "confirmed", "who": "Bhling Mia"},
    )
    page = second.get(answer.headers["location"]).text
    assert "đã được Alăng Bảy xử lý trước" in page


def test_a_fire_that_is_out_is_closed(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    judge(client, name)
    data = {"csrf": token(client, f"/incidents/{name}"), "who": "Alăng Bảy"}
    assert client.post(f"/incidents/{name}/close", data=data).status_code == 303
    assert "Đã đóng" in client.get(f"/incidents/{name}").text


@pytest.mark.parametrize("csrf", ["", "wrong"])
def test_a_form_from_elsewhere_is_refused(desk: Desk, csrf: str) -> None:
    name, client = desk.raise_fire(), desk.client()
    token(client, "/")
    data = {"csrf": csrf, "verdict": "confirmed", "who": "x"}
    assert client.post(f"/incidents/{name}/verdict", data=data).status_code == 403
    assert "Chờ người trực" in client.get(f"/incidents/{name}").text


@pytest.mark.parametrize("who", ["", "   ", "x" * 61])
def test_nobody_judges_without_a_name(desk: Desk, who: str) -> None:
    assert judge(desk.client(), desk.raise_fire(), who=who) == 403


def test_a_choice_that_is_none_is_refused(desk: Desk) -> None:
    assert judge(desk.client(), desk.raise_fire(), verdict="maybe") == 422


def test_what_devices_say_is_text_and_never_markup(desk: Desk) -> None:
    desk.introduce(title=ATTACK, reason=ATTACK)
    name = desk.raise_fire(title_vi=ATTACK, text_vi=ATTACK)
    client = desk.client()
    for path in ("/", f"/incidents/{name}", "/incidents", "/devices/thap-prao"):
        assert "<script>alert" not in client.get(path).text


def test_a_page_of_another_name_is_refused(desk: Desk) -> None:
    """DNS rebinding: a hostile page points its own name at loopback."""
    assert desk.client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_every_answer_carries_its_guards(desk: Desk) -> None:
    headers = desk.client().get("/").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_the_session_cookie_is_not_for_scripts(desk: Desk) -> None:
    cookie = desk.client().get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_silent_a_late_and_a_lost_device_look_different(desk: Desk) -> None:
    desk.introduce(device="a-on")
    desk.introduce(120, device="b-late")
    desk.introduce(4000, device="c-silent")
    desk.introduce(device="d-off")
    desk.introduce(device="d-off", state="offline", reason="stopped")
    page = desk.client().get("/").text
    for words in (
        "1 hoạt động",
        "1 báo chậm",
        "1 im lặng",
        "1 mất liên lạc",
        "(phần mềm được tắt)",
    ):
        assert words in page


def test_a_thousand_devices_fit_a_slow_link(desk: Desk) -> None:
    now = utc_now()
    row = {"state": "online", "software": "", "model": "", "reason": "", "first_seen_at": now,
           "last_seen_at": now}  # fmt: skip
    with desk.context.database.work() as work:
        work.connection.execute(
            devices.insert(),
            [row | {"device": f"d-{i}", "title": f"Thiết bị số {i}"} for i in range(1000)],
        )
    answer = desk.client().get("/", headers={"accept-encoding": "gzip"})
    assert "Còn 960 thiết bị khác" in answer.text
    assert len(answer.content) < 60_000
    assert answer.headers["content-encoding"] == "gzip"


def test_the_book_turns_its_pages(desk: Desk) -> None:
    now = utc_now()
    for number in range(130):
        desk.raise_fire(originator=f"o-{number}", captured_at=now, title_vi=f"Việc {number:03}")
    client = desk.client()
    first = client.get("/incidents").text
    older = re.search(r'href="(/incidents\?before=[^"]+)"', first)
    assert older
    second = client.get(older.group(1).replace("&amp;", "&")).text
    titles = set(re.findall(r"Việc \d{3}", first)) | set(re.findall(r"Việc \d{3}", second))
    assert len(titles) == 130


def test_health_fails_with_its_reasons(desk: Desk) -> None:
    client = desk.client()
    assert client.get("/healthz").status_code == 200
    desk.troubles.append("Mất kết nối với máy chủ MQTT.")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["troubles"] == ["Mất kết nối với máy chủ MQTT."]
    assert "Mất kết nối với máy chủ MQTT." in client.get("/").text


def test_a_part_is_the_page_without_its_frame(desk: Desk) -> None:
    part = desk.client().get("/?fragment=1").text
    assert "<html" not in part
    assert "Yên tĩnh" in part


@pytest.fixture
def guarded(make_desk: Callable[..., Desk], tmp_path: Path) -> Desk:
    users = tmp_path / "users"
    add_user(users, "Alăng Bảy", "mat-khau-dai")
    return make_desk(users_file=users)


def test_with_users_nobody_sees_anything_unsigned(guarded: Desk) -> None:
    client = guarded.client()
    for path in ("/", "/incidents", f"/incidents/{new_ulid()}", "/devices/a", "/evidence/a.jpg"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login"
    assert client.get("/events").status_code == 401
    assert client.get("/healthz").status_code == 200


def test_who_signed_in_is_who_judges(guarded: Desk) -> None:
    name, client = guarded.raise_fire(), guarded.client()
    data = {"csrf": token(client, "/login"), "name": "Alăng Bảy", "password": "mat-khau-dai"}
    assert client.post("/login", data=data).headers["location"] == "/"
    judge(client, name, who="Somebody Else")
    page = client.get(f"/incidents/{name}").text
    assert "Alăng Bảy" in page
    assert "Somebody Else" not in page
    client.post("/logout", data={"csrf": token(client, "/")})
    assert client.get("/").status_code == 303


def test_guessing_is_stopped(guarded: Desk) -> None:
    client = guarded.client()
    data = {"csrf": token(client, "/login"), "name": "Alăng Bảy", "password": "wrong-password"}
    codes = [client.post("/login", data=data).status_code for _ in range(10)]
    assert codes == [401] * 8 + [403] * 2
    right = data | {"password": "mat-khau-dai"}
    assert client.post("/login", data=right).status_code == 403


def test_a_session_survives_a_restart_of_the_hub(guarded: Desk) -> None:
    client = guarded.client()
    data = {"csrf": token(client, "/login"), "name": "Alăng Bảy", "password": "mat-khau-dai"}
    client.post("/login", data=data)
    after = guarded.client()
    after.cookies.update(client.cookies)
    assert after.get("/").status_code == 200


def test_incidents_of_a_kind_are_found(desk: Desk) -> None:
    desk.raise_fire(title_vi="Rừng")
    desk.raise_fire(type="street-fire", title_vi="Phố")
    page = desk.client().get("/incidents?kind=street-fire").text
    assert "Phố" in page
    assert "Rừng" not in page
    assert incidents.c.type is not None
