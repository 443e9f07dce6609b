"""The pages: what they show, what they take, what they refuse."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from contracts.clock import utc_now
from contracts.evidence import Size
from contracts.identity import new_ulid
from contracts.rollout import Phase, Standing, UpdateState
from contracts.update import Ring, What
from hub.incident import IncidentType, Place, Severity
from hub.records import devices, incidents, sightings
from hub.rollouts import states
from hub.web import board, wording
from hub.web.app import create_app
from hub.web.users import add_user
from tests.hub.web.conftest import HERE, Desk

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
                  "125° (Đông Nam)", "Độ rõ: khá rõ", f"/evidence/{thumbnail}.jpg"):  # fmt: skip
        assert words in page


def test_a_picture_says_which_camera_took_it_and_when(desk: Desk) -> None:
    desk.introduce()
    name, client = desk.raise_fire(), desk.client()
    desk.add_picture(name, Size.THUMBNAIL)
    at = wording.at(utc_now())[:5]
    caption = re.compile(rf"Tháp Prao · Camera Bắc, {at}:\d\d")
    for path in ("/", f"/incidents/{name}"):
        page = client.get(path).text
        assert len(caption.findall(page)) >= 2, "under the picture and in its alternative text"
        assert 'alt="Ảnh từ Tháp Prao · Camera Bắc' in page
    answer = client.get(f"/incidents/{name}/picture")
    assert caption.fullmatch(unquote(answer.headers["x-caption"]))


def test_a_camera_stands_once_however_often_it_saw_and_a_score_is_no_percentage(desk: Desk) -> None:
    desk.introduce()
    name, client = desk.raise_fire(score=0.0), desk.client()
    for _ in range(3):
        desk.add_picture(name, Size.THUMBNAIL)
    page = client.get(f"/incidents/{name}").text
    looks = page.partition("Camera nhìn thấy")[2].partition("</ul>")[0]
    assert looks.count("<li>") == 1
    assert "Tháp Prao · Camera Bắc</a>: khói, độ rõ: khá rõ" in looks
    assert "<small>điểm 0,60 · thap-prao/bac</small>" in looks
    assert not re.search(r"\d ?%", page)
    assert "Độ rõ" not in page, "a score of nothing is not said"


def test_a_camera_called_after_its_direction_needs_no_second_one(desk: Desk) -> None:
    place = Place(bearing_deg=271.0, camera="a/b", camera_title="Tháp Sông Kôn · hướng tây")
    page = desk.client().get(f"/incidents/{desk.raise_fire(place=place)}").text
    assert "Tháp Sông Kôn · hướng tây, phương vị 271°" in page
    assert "(Tây)" not in page


def test_a_fire_that_two_cameras_see_says_so_with_where_it_is(desk: Desk) -> None:
    place = Place(lat=15.98, lon=107.668, fixed=True, camera="a/b", camera_title="A · B")
    name = desk.raise_fire(place=place)
    desk.add_picture(name, Size.THUMBNAIL)
    desk.add_picture(name, Size.THUMBNAIL, camera="nam")
    page = desk.client().get("/").text
    assert "<b>2 camera cùng thấy</b>" in page
    assert "Vị trí: <code>15.98000, 107.66800</code>" in page


def test_a_closed_incident_says_who_when_and_why_at_its_head(desk: Desk) -> None:
    name, client = desk.raise_fire(severity=Severity.CRITICAL), desk.client()
    judge(client, name, "false-alarm", reason="Mây, sương mù")
    head = client.get(f"/incidents/{name}").text.partition('class="columns')[0]
    now = wording.at(utc_now())[:5]
    assert re.search(rf"Đã đóng: Báo động giả – Alăng Bảy lúc {now}:\d\d ngày ", head)
    assert "Lý do: Mây, sương mù" in head
    assert '<li class="rank-critical">' in client.get("/incidents").text


def test_a_closed_incident_keeps_its_pictures_and_names_what_followed(desk: Desk) -> None:
    sighting = new_ulid()
    name, client = desk.raise_fire(originator=f"thap-prao/bac/{sighting}"), desk.client()
    picture = desk.add_picture(name, Size.PICTURE, sighting=sighting)
    judge(client, name, "false-alarm", reason="Mây")
    follower = desk.raise_fire()
    with desk.context.database.work() as work:
        work.connection.execute(sightings.update().values(incident=follower))
        desk.context.incidents.continued(work, name, follower, utc_now())
    page = client.get(f"/incidents/{name}").text
    assert f"/evidence/{picture}.jpg" in page
    assert f'<b>Vẫn còn thấy</b> <a href="/incidents/{follower}">' in page
    assert f"/evidence/{picture}.jpg" in client.get(f"/incidents/{follower}").text


def test_after_the_verdict_nothing_big_and_red_is_left_to_press(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    page = client.get(f"/incidents/{name}").text
    assert 'class="yes"' in page
    judge(client, name)
    page = client.get(f"/incidents/{name}").text
    assert 'class="yes"' not in page
    assert page.count('name="who"') == 1, "the duty officer is asked once"
    desk.raise_fire()
    desk.raise_fire()
    assert client.get("/").text.count('name="who"') == 1


def test_enter_in_the_field_of_the_name_confirms_no_fire(desk: Desk) -> None:
    name, client = desk.raise_fire(), desk.client()
    for path in ("/", f"/incidents/{name}"):
        form = client.get(path).text.partition('<form class="judge')[2]
        assert form.partition("<button")[2].startswith(" disabled hidden>")


def test_one_name_for_the_way_to_the_other_verdicts(desk: Desk) -> None:
    desk.raise_fire()
    assert "Báo động giả, khác…" in desk.client().get("/").text


def test_a_device_says_what_it_runs_of_updates(desk: Desk) -> None:
    desk.introduce()
    assert "<dt>Cập nhật" not in desk.client().get("/devices/thap-prao").text
    line = Standing(
        what=What.MODEL, running="0a" * 32, name="tiny", version=2, phase=Phase.FAILED, reason="cũ"
    )
    said = UpdateState(device="thap-prao", at=utc_now(), ring=Ring.ALL, lines=(line,))
    with desk.context.database.work() as work:
        states.write(work, said, utc_now())
    page = desk.client().get("/devices/thap-prao").text
    assert "mô hình nhận dạng tiny 2, không dùng được bản mới: cũ" in page


@pytest.mark.parametrize("path", ["/incidents/nothing", "/devices/nobody", "/no/such/page"])
def test_what_is_not_there_is_said_to_people_with_a_way_back(desk: Desk, path: str) -> None:
    answer = desk.client().get(path, headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert re.search("Không có (sự việc|thiết bị|trang) này", answer.text)
    assert '<a class="button" href="/">← Bàn trực</a>' in answer.text
    assert desk.client().get(path).json()["detail"]


def test_names_on_the_map_lie_on_no_mark(desk: Desk) -> None:
    desk.introduce()
    desk.raise_fire()
    page = desk.client().get("/").text
    assert '<text class="tower"' in page
    assert "vòng tròn: chỗ hai camera cùng chỉ vào" in page
    marks = [tuple(map(float, each)) for each in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', page)]
    names = re.findall(r'<text class="\w+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)<', page)
    assert len(names) > 1
    for x, y, text in names:
        for across, down in marks:
            beside = abs(float(x) - across) >= len(text) * 5
            assert beside or abs(float(y) - 7 - down) >= 14, text


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of `#rrggbb` or `#rgb`."""
    digits = colour if len(colour) == 6 else "".join(each * 2 for each in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_bar_of_a_lost_line_can_be_read(desk: Desk) -> None:
    css = desk.client().get("/static/console.css").text
    rule = re.search(r"#lost \{[^}]*background: #(\w+); color: #(\w+)", css)
    assert rule
    dark, light = sorted(map(luminance, rule.groups()))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_in_a_catastrophe_the_counts_are_of_all_and_not_of_what_is_shown(desk: Desk) -> None:
    for _ in range(board.MOST_OPEN + 5):
        desk.raise_fire()
    client = desk.client()
    for path in ("/", "/wall"):
        page = client.get(path).text
        assert f"{board.MOST_OPEN + 5} sự việc chờ người trực" in page
    assert "1 sự việc · khẩn" not in page
    assert f"{board.MOST_OPEN + 5} sự việc · khẩn" in page
    assert "Còn 5 sự việc đang mở khác" in client.get("/").text
    page = client.get("/s/forest-fire").text
    assert f"{board.MOST_OPEN + 5} sự việc đang mở" in page
    assert f"Còn {board.MOST_OPEN} sự việc khác" in page


def test_a_quiet_board_does_not_promise_what_no_camera_watches(desk: Desk) -> None:
    client = desk.client()
    assert "Chưa có camera nào báo về" in client.get("/").text
    desk.introduce()
    assert "Mọi camera đang được theo dõi" in client.get("/").text
    desk.introduce(600, device="thap-song-kon")
    assert "Có camera không nhìn được" in client.get("/").text


def test_what_happened_on_another_day_says_which(desk: Desk) -> None:
    at = utc_now() - timedelta(days=3)
    name = desk.raise_fire(captured_at=at, received_at=at)
    page = desk.client().get(f"/incidents/{name}").text
    assert f"{wording.at(at)} ngày {wording.day(at)}" in page


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


def test_only_what_a_restart_mends_is_called_dead(desk: Desk) -> None:
    client = desk.client()
    desk.troubles.append("Mất kết nối với máy chủ MQTT.")
    assert client.get("/livez").status_code == 200
    desk.dead.append("processor")
    answer = client.get("/livez")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "dead": ["processor"]}


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


def test_who_guesses_elsewhere_does_not_lock_the_officers_out(guarded: Desk) -> None:
    app = create_app(guarded.context)
    attacker, officer = (
        TestClient(app, base_url=HERE, follow_redirects=False, client=(address, 50_000))
        for address in ("10.9.9.9", "10.1.1.1")
    )
    data = {"csrf": token(attacker, "/login"), "name": "Alăng Bảy", "password": "wrong-password"}
    assert [attacker.post("/login", data=data).status_code for _ in range(9)][-1] == 403
    assert signed_in(officer)


def signed_in(client: TestClient, password: str = "mat-khau-dai") -> bool:
    data = {"csrf": token(client, "/login"), "name": "Alăng Bảy", "password": password}
    return client.post("/login", data=data).headers.get("location") == "/"


@pytest.mark.parametrize("change", ["removed", "new password", "file gone"])
def test_who_is_taken_off_the_roll_is_out_at_once(
    guarded: Desk, tmp_path: Path, change: str
) -> None:
    client, users = guarded.client(), tmp_path / "users"
    assert signed_in(client)
    assert client.get("/").status_code == 200
    if change == "removed":
        users.write_text("")
    elif change == "new password":
        add_user(users, "Alăng Bảy", "mat-khau-moi-hon")
    else:
        users.unlink()
    assert client.get("/").status_code == 303


def test_a_session_that_was_planted_before_is_not_the_one_after(guarded: Desk) -> None:
    client = guarded.client()
    planted = token(client, "/login")
    assert signed_in(client)
    assert token(client, "/") != planted


def console_routes(client: TestClient, method: str) -> list[APIRoute]:
    """All that the console answers; not of the API, nor of the citizens' page."""
    assert isinstance(client.app, FastAPI)
    routers = [getattr(each, "original_router", None) for each in client.app.routes]
    found = [
        route for router in routers if router is not None for route in router.routes
        if isinstance(route, APIRoute) and method in (route.methods or ())
        and not route.path.startswith("/bao-tin")
    ]  # fmt: skip
    assert len(found) > 5, "the framework keeps its routes elsewhere: the tests here see none"
    return found


def filled(route: APIRoute, words: str = "1") -> str:
    return re.sub(r"\{[^}]*\}", words, route.path)


OPEN_TO_ALL = {"/login", "/healthz", "/livez"}
SEALED = "/updates/"
"""A box's own path: tests/hub/rollouts/test_whole.py opens it with the right seal."""


def test_no_page_forgets_the_door(guarded: Desk) -> None:
    client = guarded.client()
    for path in map(filled, console_routes(client, "GET")):
        answer = client.get(path)
        if path in OPEN_TO_ALL:
            assert answer.status_code == 200
        elif path.startswith(SEALED):
            assert answer.status_code == 404
        else:
            assert (answer.status_code, answer.headers.get("location")) in (
                (303, "/login"), (401, None),
            ), path  # fmt: skip


def test_no_form_forgets_the_door(guarded: Desk) -> None:
    client = guarded.client()
    for path in map(filled, console_routes(client, "POST")):
        answer = client.post(path, data=EVERYTHING | {"csrf": token(client, "/login")})
        expected = {401, 403} if path == "/login" else {303, 403}
        assert answer.status_code in expected, path
        assert answer.headers.get("location", "/login") == "/login", path


EVERYTHING = {
    "csrf": "forged", "verdict": "confirmed", "reason": "x", "who": "An", "text": "x", "taker": "x",
    "name": "x", "password": "wrong-password", "answer": "x", "state": "x", "span": "day",
    "report": "1", "incident": "x",
}  # fmt: skip


def test_no_form_is_taken_without_the_secret_of_its_session(desk: Desk) -> None:
    client = desk.client()
    client.get("/")
    for path in map(filled, console_routes(client, "POST")):
        assert client.post(path, data=EVERYTHING).status_code == 403, path


@pytest.mark.parametrize(
    "nasty",
    ["%00", "..%2f..%2fetc%2fpasswd", "%0d%0aSet-Cookie:%20a=b", "%22%3E%3Cscript%3E", "-1",
     "9" * 40, "%F0%9F%94%A5", "a" * 5_000],
)  # fmt: skip
def test_no_address_breaks_a_page_or_writes_a_header(desk: Desk, nasty: str) -> None:
    """Each part of each address in turn."""
    client = desk.client()
    for route in console_routes(client, "GET"):
        if route.path != "/events":
            query = "&".join(f"{each.name}={nasty}" for each in route.dependant.query_params)
            answer = client.get(f"{filled(route, nasty)}?{query}")
            assert answer.status_code < 500, route.path
            assert "set-cookie: a=b" not in str(answer.headers).lower()
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert "<script>" not in answer.text, route.path


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
