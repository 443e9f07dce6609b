"""The handbooks say what console, log and shell really say."""

import re
from pathlib import Path

import pytest

from contracts.trust import Concern
from edge_agent.agent import EXIT_BLIND
from hub.catalogue.grade import Grade
from hub.config import Keep, Rules
from hub.trust import TITLE
from hub.web import board, figure_wording, wording
from hub.wording import REASONS_AWAY
from ioc.exits import Exit

ROOT = Path(__file__).parents[2]
DUTY = (ROOT / "docs" / "truc-ban.md").read_text(encoding="utf-8")
FIELD = (ROOT / "docs" / "field-engineer.md").read_text(encoding="utf-8")
SHOWN = (
    "Yên tĩnh: không có sự việc nào đang mở", "Chuông: tắt", "● Chờ người trực",
    "Người trực", "Lý do, ghi chú", "Đổi kết luận", "Đã kết thúc, đóng sự việc",
    "DIỄN TẬP", "TIN ĐẾN MUỘN", "GIỜ THIẾT BỊ SAI", "không còn thấy", "đứng hình", "Chưa có ảnh",
    "Vị trí camera", "Sổ sự việc", "Hệ thống có trục trặc", "Đã đóng", "tín hiệu cuối", "Thoát",
    "Mất kết nối – số liệu có thể đã cũ.", "không phải ranh giới pháp lý",
    "Toàn cảnh", "Phân hệ", "Theo đơn vị", "Xem lại ngày", "Hiện nay", "Có hạn:", "Tin mới",
    "báo cáo quá hạn", "Việc cần làm", "Cách tính", "Số liệu gốc", "Tải CSV", "Ngưỡng", "Căn cứ",
    "Phụ trách", "Tính lúc", "← Kỳ trước", "Kỳ sau →", "Không dự báo", "Một ngày của kỳ",
    "Lập báo cáo", "Về sự việc", "← Ca trước", "Xem trước biên bản", "Giao ca và lập biên bản",
)  # fmt: skip
"""Words of the templates that the handbook explains."""


def templates() -> str:
    folder = ROOT / "hub" / "web" / "templates"
    return "".join(page.read_text(encoding="utf-8") for page in sorted(folder.glob("*.html")))


@pytest.mark.parametrize("words", SHOWN)
def test_what_the_handbook_quotes_is_on_the_pages(words: str) -> None:
    assert words in templates()
    assert words in DUTY


def test_the_handbook_explains_every_state_verdict_and_reason() -> None:
    said = {*wording.STATES.values(), *wording.VERDICTS.values(), wording.KNOWN}
    for words in said:
        assert f"**{words}**" in DUTY
    for reason in wording.REASONS:
        assert f"*{reason}*" in DUTY


def test_the_handbook_s_titles_are_those_of_the_hub() -> None:
    source = (ROOT / "hub" / "watch.py").read_text(encoding="utf-8")
    for title in ("Mất tín hiệu ", "Camera không quan sát được – "):
        assert f'"{title}' in source
        assert f"**{title}…**" in DUTY
    server = (ROOT / "hub" / "server.py").read_text(encoding="utf-8")
    assert "Mất kết nối với máy chủ MQTT" in server
    assert "*Mất kết nối với máy chủ MQTT*" in DUTY


def test_the_handbook_s_titles_of_services_are_those_of_the_hub() -> None:
    source = (ROOT / "hub" / "services.py").read_text(encoding="utf-8")
    for title in ("Mất dịch vụ – ", "Chứng thư sắp hết hạn – ", "Không dò được – "):
        assert f'"{title}' in source
        assert f"**{title}…**" in DUTY


def test_the_handbook_says_how_long_a_citizens_report_is_kept() -> None:
    keep = Keep()
    years = {365.0: "một năm", 1_830.0: "năm năm"}
    assert f"Xử lý xong {keep.citizen_photos_days:.0f} ngày thì ảnh tự xóa" in DUTY
    assert f"xong {years[keep.citizen_words_days]} thì lời" in DUTY
    assert f"xong {years[keep.citizen_reports_days]} thì cả tin" in DUTY


def test_the_handbook_explains_the_words_of_the_boards() -> None:
    said = {*(grade.words_vi for grade in Grade), figure_wording.NOT_JUDGED,
            figure_wording.SIMULATED}  # fmt: skip
    for words in said:
        assert f"**{words}**" in DUTY
    subject = (ROOT / "hub" / "web" / "subject.py").read_text(encoding="utf-8")
    for words in ("Xem chỉ số này", "Xem các hồ sơ quá hạn"):
        assert words in subject
        assert f"**{words}**" in DUTY
    for words in ("(kỳ này chưa hết)", "(chưa đủ báo cáo)"):
        source = (ROOT / "hub" / "web" / "figure_wording.py").read_text(encoding="utf-8")
        assert words in source
        assert words in DUTY


def test_the_pictures_are_few_enough_to_carry() -> None:
    """They are taken anew by scripts/photograph.py, and each stands on a page."""
    images = [*(ROOT / "docs" / "images").glob("*.webp")]
    assert sum(each.stat().st_size for each in images) < 3_000_000
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    pages += (ROOT / "README.md").read_text(encoding="utf-8")
    assert [each.name for each in images if f"images/{each.name}" not in pages] == []


def test_the_handbook_s_times_are_the_defaults() -> None:
    rules = Rules()
    assert f"quá {rules.late_after_s / 60:.0f} phút), mạng đứt" in DUTY
    assert f"hơn {rules.offline_after_s / 60:.0f} phút không có tin" in DUTY
    assert f"quá {rules.blind_after_s / 60:.0f} phút không có hình" in DUTY
    assert f"quá {rules.again_after_s / 60:.0f} phút (đốt có kiểm soát: quá " in DUTY
    assert f"có kiểm soát: quá {rules.burn_again_after_s / 3600:.0f} giờ)" in " ".join(DUTY.split())
    assert f"hơn {board.LATE_S:.0f} giây" in DUTY


def test_the_field_page_quotes_the_titles_of_certificates() -> None:
    for concern in (Concern.REVOKED, Concern.CLONE_SUSPECTED, Concern.CERTIFICATE_REFUSED):
        title = TITLE[concern].partition(" – ")[0]
        assert f"**{title}**" in FIELD
        assert title in " ".join(DUTY.split())


def test_the_card_s_words_are_those_that_the_commands_print() -> None:
    card = FIELD.partition("## Thẻ một trang")[2].partition("\n## ")[0]
    assert len(card.strip().splitlines()) <= 20, "one sheet"
    printed = {
        "is enrolled until": "ioc/commands/agent_enrol.py", "frames come": "edge_agent/capture.py",
        "connected to": "edge_agent/uplink.py", "good": "ioc/commands/check_config.py",
    }  # fmt: skip
    for words, source in printed.items():
        assert words in card
        assert words in (ROOT / source).read_text(encoding="utf-8")


def test_the_emergency_number_comes_first() -> None:
    assert "**gọi 114**" in DUTY.partition("\n## ")[0]


def test_every_exit_code_of_a_box_is_explained() -> None:
    table = FIELD.partition("## Exit codes")[2].partition("\n## ")[0]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    of_servers = {Exit.UNAVAILABLE, Exit.PROTOCOL, Exit.NO_PERMISSION}  # at the centre
    assert codes == {*map(int, Exit), EXIT_BLIND} - of_servers


def test_every_line_of_the_log_is_one_that_a_box_writes() -> None:
    rooms = (ROOT / "edge_agent").rglob("*.py")
    source = re.sub(
        r"%[sd.\df]*[sdf]|\{[^{}]*\}", "…", "".join(p.read_text("utf-8") for p in rooms)
    )
    table = FIELD.partition("## Reading the log")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert lines
    for line in lines:
        for part in line.split("…"):
            assert part.strip(": ,") in source, f"{part!r} of {line!r}"


def test_the_field_page_quotes_the_console() -> None:
    for words in (*wording.STATES.values(), "DIỄN TẬP", "TIN ĐẾN MUỘN", "GIỜ THIẾT BỊ SAI"):
        if words != wording.STATES[board.DeviceState.LATE]:
            assert f"**{words}**" in FIELD
    for reason in REASONS_AWAY.values():
        assert f"({reason})" in FIELD
