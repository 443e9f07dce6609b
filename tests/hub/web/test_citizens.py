"""The public page and the desk's side: what gets through, what is turned away, who sees what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from hub.config import Citizens
from hub.incident import IncidentType, Place
from hub.records import case_events, cases, incident_history, incidents
from hub.records import citizen_reports as reports
from hub.web.app import create_app
from hub.web.users import add_user
from tests.hub.citizens.test_photo import claiming, picture
from tests.hub.web.conftest import HERE, Desk

TOKEN = re.compile(r'name="token" value="([^"]+)"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
ATTACK = '<script>alert("x")</script><img src=x onerror=1>'
COMMUNE = "20467"
OPEN = Citizens(enabled=True, fill_s=0)


@pytest.fixture
def village(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(citizens=OPEN)


def token(client: TestClient) -> str:
    found = TOKEN.search(client.get("/bao-tin").text)
    assert found
    return found.group(1)


def send(client: TestClient, photo: bytes | None = None, **changes: Any) -> Any:
    form = {"token": "", "category": "rac", "commune": COMMUNE, "text": "Rác đổ bên suối"} | changes
    form["token"] = form["token"] or token(client)
    files = {"photo": ("anh.jpg", photo or b"", "image/jpeg")}
    return client.post("/bao-tin", data=form, files=files)


def sent(client: TestClient, photo: bytes | None = None, **changes: Any) -> str:
    answer = send(client, photo, **changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


def count(desk: Desk, table: Any = reports) -> int:
    with desk.context.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def case_of(desk: Desk, code: str) -> str:
    with desk.context.database.read() as connection:
        return str(connection.scalar(select(reports.c.case).where(reports.c.code == code)))


def act(client: TestClient, case: str, what: str, **form: str) -> Any:
    found = CSRF.search(client.get(f"/reports/{case}").text)
    assert found
    data = {"csrf": found.group(1), "who": "Alăng Bảy"} | form
    return client.post(f"/reports/{case}/{what}", data=data)


def test_there_is_no_public_page_unless_it_is_enabled(desk: Desk) -> None:
    assert desk.client().get("/bao-tin").status_code == 404


def test_a_report_becomes_a_case_and_the_receipt_tells_its_state(village: Desk) -> None:
    client = village.client()
    code = sent(client, picture(), place="gần cầu")
    page = client.get(f"/bao-tin/{code}").text
    assert "Mới" in page
    with village.context.database.read() as connection:
        case = connection.execute(select(cases)).one()
    assert (case.type, case.unit, case.state) == ("report", COMMUNE, "moi")
    assert case.attributes == {"category": "rac", "urgency": "thuong"}
    assert case.due_at is not None
    typed = client.get(f"/bao-tin/tra-cuu?code={code[:4].lower()}-{code[4:8]} {code[8:]}")
    assert "Mới" in client.get(typed.headers["location"]).text


def test_the_page_says_the_number_of_the_fire_brigade_first(village: Desk) -> None:
    page = village.client().get("/bao-tin").text
    assert page.index("Cháy lớn: gọi") < page.index("<form")


def test_a_form_sent_twice_is_one_report_with_one_receipt(village: Desk) -> None:
    client = village.client()
    once = token(client)
    assert sent(client, token=once) == sent(client, token=once, text="khác hẳn")
    assert count(village) == 1


@pytest.mark.parametrize("bad", ["forged", "WyJhIiwxXQ.AAAA"])
def test_a_forged_form_is_turned_away_and_keeps_the_words(village: Desk, bad: str) -> None:
    answer = send(village.client(), token=bad, text="Lời đã viết")
    assert answer.status_code == 403
    assert "Lời đã viết" in answer.text
    assert count(village) == 0


def test_a_form_filled_in_by_a_machine_is_turned_away(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(citizens=Citizens(enabled=True, fill_s=60))
    assert send(desk.client()).status_code == 422
    assert count(desk) == 0


def test_the_trap_swallows_and_says_nothing(village: Desk) -> None:
    assert send(village.client(), website="http://spam").status_code == 303
    assert count(village) == 0
    assert count(village, case_events) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 1001},
        {"text": ""},
        {"category": "ma-tuy"},
        {"commune": "99999"},
        {"place": "x" * 121},
        {"text": "[MẬT] nội dung"},
    ],
)
def test_a_form_that_is_wrong_keeps_nothing(village: Desk, changes: dict[str, Any]) -> None:
    answer = send(village.client(), **changes)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert count(village) == count(village, case_events) == 0


@pytest.mark.parametrize(
    "bad", [claiming(60_000, 60_000), picture()[:-300], b"<svg/>"], ids=["bomb", "cut", "svg"]
)
def test_a_hostile_photo_keeps_nothing(village: Desk, bad: bytes) -> None:
    assert send(village.client(), bad).status_code == 422
    assert count(village) == 0


def test_a_body_too_large_is_refused_by_its_length(village: Desk) -> None:
    client = village.client()
    assert send(client, b"\0" * 8_100_000).status_code == 413
    endless = client.post("/bao-tin", content=iter([b"x"]), headers={"content-type": "text/plain"})
    assert endless.status_code == 411


def test_an_address_that_sends_too_often_is_sent_to_the_telephone(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(citizens=Citizens(enabled=True, fill_s=0, tries_per_address=2))
    client = desk.client()
    answers = [send(client, text=f"Rác số {number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "114" in answers[-1].text


@pytest.mark.parametrize(("trusted", "last"), [((), 429), (("192.0.2.1",), 303)])
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    make_desk: Callable[..., Desk], trusted: tuple[str, ...], last: int
) -> None:
    desk = make_desk(citizens=Citizens(
        enabled=True, fill_s=0, tries_per_address=1, trusted_proxies=trusted
    ))  # fmt: skip
    client = TestClient(
        create_app(desk.context), base_url=HERE, follow_redirects=False, client=("192.0.2.1", 9)
    )
    answers = []
    for address in ("203.0.113.7", "203.0.113.8"):
        client.headers["x-forwarded-for"] = address
        answers.append(send(client).status_code)
    assert answers == [303, last]


def test_words_are_shown_as_words_and_numbers_of_persons_are_blacked_out(village: Desk) -> None:
    client = village.client()
    code = sent(client, text=f"{ATTACK} gọi 0905 123 456")
    page = client.get(f"/reports/{case_of(village, code)}").text
    assert "<script>alert" not in page + client.get("/reports").text
    assert "&lt;script&gt;" in page
    assert "0905" not in page
    assert "[điện thoại]" in page


def test_a_position_out_of_the_district_is_left(village: Desk) -> None:
    client = village.client()
    sent(client, lat="21.03", lon="105.85")
    sent(client, lat="nan", lon="1e999")
    with village.context.database.read() as connection:
        kept = [row.attributes for row in connection.execute(select(cases))]
    assert all("lat" not in attributes for attributes in kept)


def test_a_look_alike_is_marked_for_a_person_and_not_dropped(village: Desk) -> None:
    client = village.client()
    first = sent(client, picture(), text="Có đống rác lớn cạnh trường học")
    second = sent(client, picture(), text="Có  đống rác lớn cạnh TRƯỜNG học")
    with village.context.database.read() as connection:
        row = connection.execute(select(reports).where(reports.c.code == second)).one()
    assert row.copy_of == case_of(village, first)
    assert row.photo is None
    assert "giống tin khác" in client.get("/reports").text


def test_a_fire_opens_an_unverified_incident_once(village: Desk) -> None:
    client = village.client()
    for words in ("Cháy đồi", "Khói to", "Lửa lớn"):
        sent(client, category="chay", text=words)
    with village.context.database.read() as connection:
        [row] = connection.execute(select(incidents)).all()
        told = connection.execute(select(incident_history.c.action)).scalars().all()
        linked = connection.execute(select(reports.c.incident)).scalars().all()
    assert row.type == IncidentType.REPORTED_FIRE
    assert "chưa xác minh" in row.title_vi
    assert set(linked) == {row.id}
    assert told == ["opened", "joined"]


def test_a_fire_that_a_camera_sees_is_joined_and_keeps_its_title(village: Desk) -> None:
    seen = village.raise_fire(title_vi="Nghi có khói rừng – hướng 125°")
    sent(village.client(), category="chay", text="Khói to")
    with village.context.database.read() as connection:
        [row] = connection.execute(select(incidents)).all()
    assert row.id == seen
    assert row.title_vi == "Nghi có khói rừng – hướng 125°"
    assert (row.bearing_deg, row.camera) == (125.0, "thap-prao/bac")
    assert "Người dân cũng báo tin (chưa xác minh)" in row.text_vi


def test_the_district_says_how_many_witnesses_phones_hear_of(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(citizens=OPEN.model_copy(update={"witnesses_told": 0}))
    desk.raise_fire()
    sent(desk.client(), category="chay", text="Cháy rừng")
    with desk.context.database.read() as connection:
        actions = set(connection.scalars(select(incident_history.c.action)))
    assert "joined" not in actions
    assert count(desk, incidents) == 1


@pytest.mark.parametrize(("near_m", "incidents_open"), [(5_000, 1), (100, 2)])
def test_the_district_says_how_near_a_report_belongs_to_a_known_fire(
    make_desk: Callable[..., Desk], near_m: float, incidents_open: int
) -> None:
    desk = make_desk(citizens=OPEN.model_copy(update={"near_m": near_m}))
    desk.raise_fire(place=Place(lat=15.93, lon=107.64, fixed=True))
    sent(desk.client(), category="chay", lat="15.94", lon="107.64", commune="")
    assert count(desk, incidents) == incidents_open


@pytest.mark.parametrize("hotline", [None, "0511 222 333"])
def test_a_power_line_has_the_number_that_the_district_confirmed_or_none(
    make_desk: Callable[..., Desk], hotline: str | None
) -> None:
    desk = make_desk(citizens=OPEN.model_copy(update={"power_hotline": hotline}))
    page = desk.client().get("/bao-tin").text
    assert "đứng xa, không chạm vào" in page
    assert "1900" not in page
    assert ('href="tel:0511 222 333"' in page) is (hotline is not None)


def test_a_drill_is_not_joined(village: Desk) -> None:
    village.raise_fire(drill=True)
    sent(village.client(), category="chay", text="Khói to")
    assert count(village, incidents) == 2


def test_one_address_opens_one_incident_an_hour_but_all_its_reports_are_kept(
    village: Desk,
) -> None:
    client = village.client()
    sent(client, category="chay", text="Cháy ở đây")
    sent(client, category="sat-lo", text="Sạt lở ở đây")
    assert count(village, incidents) == 1
    assert count(village) == 2


def test_rubbish_opens_no_incident(village: Desk) -> None:
    sent(village.client())
    assert count(village, incidents) == 0


def test_a_photo_is_seen_only_after_an_officer_looked(village: Desk) -> None:
    client = village.client()
    case = case_of(village, sent(client, picture()))
    assert client.get(f"/reports/{case}/photo").status_code == 404
    act(client, case, "look")
    shown = client.get(f"/reports/{case}/photo")
    assert shown.headers["content-type"] == "image/jpeg"
    assert "Alăng Bảy xem trước" in client.get(f"/reports/{case}").text
    act(client, case, "hide")
    assert client.get(f"/reports/{case}/photo").status_code == 404


def test_a_report_goes_all_the_way_and_the_citizen_is_asked(village: Desk) -> None:
    client = village.client()
    code = sent(client)
    case = case_of(village, code)
    assert client.post(f"/bao-tin/{code}", data={"rating": "khong"}).status_code == 409
    for state in ("tiep-nhan", "chuyen", "dang-xu-ly", "da-xu-ly"):
        assert act(client, case, "step", state=state).headers["location"] == f"/reports/{case}"
    act(client, case, "answer", answer="Đã dọn sạch.")
    page = client.get(f"/bao-tin/{code}").text
    assert "Đã dọn sạch." in page
    assert "hài lòng" in page
    assert client.post(f"/bao-tin/{code}", data={"rating": "khong"}).status_code == 303
    assert client.post(f"/bao-tin/{code}", data={"rating": "hai-long"}).status_code == 409
    assert "Không hài lòng" in client.get(f"/reports/{case}").text
    act(client, case, "step", state="mo-lai")
    with village.context.database.read() as connection:
        row = connection.execute(select(cases)).one()
    assert (row.state, row.reopened, row.attributes["satisfied"]) == ("mo-lai", 1, False)
    assert "Alăng Bảy" in client.get(f"/reports/{case}").text


def test_the_desk_does_not_rate_itself_and_skips_no_step(village: Desk) -> None:
    client = village.client()
    case = case_of(village, sent(client))
    assert "note=faster" in act(client, case, "step", state="da-xu-ly").headers["location"]
    for state in ("tiep-nhan", "chuyen", "dang-xu-ly", "da-xu-ly"):
        act(client, case, "step", state=state)
    assert "note=faster" in act(client, case, "step", state="danh-gia").headers["location"]


def test_of_spam_no_photo_is_kept(village: Desk) -> None:
    client = village.client()
    case = case_of(village, sent(client, picture()))
    act(client, case, "step", state="rac")
    with village.context.database.read() as connection:
        assert connection.scalar(select(reports.c.photo)) is None


def test_the_desk_wants_its_own_form_and_a_name(village: Desk) -> None:
    client = village.client()
    case = case_of(village, sent(client))
    wrong = client.post(f"/reports/{case}/step", data={"state": "rac", "who": "A", "csrf": "x"})
    assert wrong.status_code == 403
    assert act(client, case, "step", state="rac", who=" ").status_code == 403


def test_strangers_reach_the_form_and_not_the_desk(
    make_desk: Callable[..., Desk], tmp_path: Any
) -> None:
    users = tmp_path / "users"
    add_user(users, "bay", "mat-khau-dai-lam")
    client = make_desk(citizens=OPEN, users_file=users).client()
    code = sent(client, picture())
    assert client.get(f"/bao-tin/{code}").status_code == 200
    assert client.get("/reports").headers["location"] == "/login"


def test_a_code_that_is_nobodys_says_so(village: Desk) -> None:
    answer = village.client().get("/bao-tin/ABCDEFGHJKMN")
    assert answer.status_code == 404
    assert "Không có mã này" in answer.text
