"""A report says what the records say: figures, incidents, what is late, odd, or silent."""

from datetime import timedelta

from hub.catalogue.grade import Grade
from hub.catalogue.periods import Span, containing
from hub.database import Database
from hub.reporting.content import Report, Section
from hub.reporting.rows import lines
from tests.hub.reporting import day

GOLDEN = """\
Báo cáo ngày – Địa bàn Đông Giang – ngày 31/03/2026
2 sự việc mới; 2 chỉ số không đạt; 1 hồ sơ, văn bản quá hạn; 1 loại số liệu còn đơn vị chưa báo.

DỊCH VỤ CÔNG
Quá hạn:
- Hồ sơ thủ tục hành chính; Xã Đông Giang; 1; 00:00 12/03/2026

GIÁO DỤC
Chỉ số chính:
- Tỷ lệ chuyên cần; ngày 31/03/2026; 88,5 %; ≥ 95; không đạt; −7,5 (kém hơn); 00:00 01/04/2026
Bất thường và dự báo:
- Tỷ lệ chuyên cần; 88,5 (31/03/2026) thấp bất thường: thường từ 93,0 đến 98,0.
- Tỷ lệ chuyên cần; Chỉ tiêu ≥ 95,0: nhiều khả năng không đạt (90 %), kỳ đáng lo nhất \
01/04/2026.; Nhà trường cùng thôn đến nhà vận động; báo UBND xã.

CAMERA AN NINH, GIAO THÔNG
Sự việc:
- =HYPERLINK("http://x.vn","Xã Đông Giang"); 14:00 31/03/2026; 15:00 31/03/2026; đã đóng

CẢNH BÁO CHÁY RỪNG
Chỉ số chính:
- Cấp dự báo cháy rừng (xã cao nhất); ngày 31/03/2026; 4 cấp; không đạt; chưa so được; \
00:00 01/04/2026
Sự việc:
- Cháy rừng – Xã Đông Giang; 14:00 31/03/2026; chưa đóng; chờ người trực
Ai chưa báo:
- Cấp dự báo cháy rừng; ngày 31/03/2026; 1/4; Xã Sông Kôn, Xã Sông Vàng, Xã Bến Hiên; \
Hệ thống tự tính từ chỉ tiêu P
4 loại số liệu chưa từng có ai gửi: nguồn chưa kết nối.

Không có gì để báo cáo hoặc chưa có số liệu: Y tế, Thông tin mạng, Văn bản điều hành, Phản ánh \
của người dân, Kinh tế – xã hội, Đất đai, Du lịch, Môi trường, An ninh trật tự, Thương mại số, \
Hạ tầng số."""


def section(report: Report, name: str) -> Section:
    return next(one for one in report.sections if one.subsystem == name)


def test_a_small_day_reads_like_this(report: Report) -> None:
    assert "\n".join(lines(report)) == GOLDEN


def test_every_subsystem_has_its_section_even_where_nothing_is_known(report: Report) -> None:
    assert len(report.sections) == 15


def test_what_is_kept_reads_back_as_it_was(report: Report) -> None:
    assert Report.model_validate(report.model_dump(mode="json")) == report


def test_a_figure_stands_beside_the_one_of_the_day_before(report: Report) -> None:
    [one] = section(report, "education").figures
    assert (one.value, one.before, one.grade, one.better) == (88.5, 96.0, Grade.RED, False)


def test_an_incident_of_the_day_after_is_not_in_it(database: Database) -> None:
    day.write(database)
    before = day.report(database, day.YESTERDAY.previous())
    assert not section(before, "forest-fire").incidents


def test_a_fire_that_still_burns_is_in_the_next_days_report_but_is_not_new(
    database: Database,
) -> None:
    day.write(database)
    found = section(day.report(database, day.YESTERDAY.next()), "forest-fire")
    assert (found.opened, len(found.incidents)) == (0, 1)


def test_a_week_counts_its_red_days(database: Database) -> None:
    day.write(database)
    week = day.report(database, containing(Span.WEEK, day.YESTERDAY.start))
    [one] = section(week, "education").figures
    assert (one.periods, one.red) == (2, 1)
    assert one.grade_vi == "không đạt; 1/2 kỳ không đạt"
    assert week.title_vi == "Báo cáo tuần – Địa bàn Đông Giang – tuần 30/03–05/04/2026"
    assert week.is_early


def test_a_month_is_named_by_its_number(database: Database) -> None:
    day.write(database)
    month = day.report(database, containing(Span.MONTH, day.YESTERDAY.start))
    assert month.period_vi == "tháng 03/2026"
    assert not month.is_early
    assert month.file_name == "bao-cao-thang-2026-03-01"


def test_a_forecast_older_than_the_period_is_not_told(database: Database) -> None:
    day.write(database)
    later = day.report(database, day.YESTERDAY.next(), day.SEVEN + timedelta(days=1))
    assert not section(later, "education").remarks


def test_a_source_that_reported_everywhere_is_not_listed(report: Report) -> None:
    silent = section(report, "forest-fire").silent
    assert [(one.told, one.of) for one in silent] == [(1, 4)]
    assert section(report, "forest-fire").never == 4
