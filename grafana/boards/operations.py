"""Boards of what boxes and hub themselves tell: wall, fire, cameras, weather, fleet, hub."""

from collections.abc import Sequence

from grafana.board import Board, Choice, Kind, Threshold, View
from grafana.boards.subsystem import communes, grades, trend
from grafana.influxql import InfluxQuery, newest, over_time, total
from hub.catalogue.records import Catalogue

DEVICE = Choice(name="device", label="Thiết bị", tag="device", source="box")
CAMERA = Choice(name="camera", label="Camera", tag="camera", source="camera")
OF_DEVICE = '"device" =~ /^${device:regex}$/'
OF_CAMERA = '"camera" =~ /^${camera:regex}$/'
ALARMING = (Threshold(value=None, colour="green"), Threshold(value=1, colour="red"))


def _view(
    kind: Kind,
    title: str,
    description: str,
    unit: str,
    *queries: InfluxQuery,
    page: str = "/",
    thresholds: tuple[Threshold, ...] = (),
) -> View:
    return View(kind=kind, title=title, description=description, unit=unit, queries=queries,
                page=page, thresholds=thresholds)  # fmt: skip


def overview(catalogue: Catalogue) -> Board:
    """The wall: incidents, what is seen, grades of every subsystem, the map."""
    names = tuple(catalogue.subsystems)
    walled = {each.id: each for each in catalogue.indicators if each.wall}
    return Board(
        uid="ioc-overview",
        title="Toàn cảnh IOC Đông Giang",
        description="Màn hình lớn của trung tâm: sự việc, xếp hạng, bản đồ.",
        folder="Toàn cảnh",
        views=(
            _opened("stat", "Sự việc mới", "", by=""),
            _seen("stat", "Lượt thấy khói, lửa", by=""),
            _view("stat", "Thiết bị có tín hiệu", "Số thiết bị báo về trong thời gian xem.",
                  "none", devices_heard(), page="/devices"),
            _view("stat", "Tin chưa xử lý", "Tin đã nhận mà trung tâm chưa xử lý.", "none",
                  newest("inbox_undone", "hub"), thresholds=ALARMING),
            communes(names),
            grades(names),
            *(trend(each) for each in walled.values()),
        ),
    )  # fmt: skip


def forest_fire(fire: Sequence[View]) -> Board:
    """Sightings and incidents of fire, then the subsystem's indicators."""
    where = "\"subsystem\" = 'forest-fire'"
    return Board(
        uid="ioc-forest-fire",
        title="Cháy rừng",
        description="Khói, lửa thấy từ tháp; sự việc cháy; nguy cơ cháy.",
        folder="Cháy rừng",
        views=(
            _opened("stat", "Sự việc cháy rừng mới", where, by=""),
            _seen("stat", "Lượt mở cảnh báo", by=""),
            _opened("table", "Sự việc theo xã", where, by="commune"),
            _view("graph", "Độ tin cậy khi thấy", "Điểm cao nhất của bộ nhận dạng.", "percentunit",
                  over_time("score", "sighting", by="label", how="max")),
            _view("graph", "Gió tại tháp", "Tốc độ gió trung bình.", "velocitykmh",
                  over_time("wind_kmh", "weather", by="device")),
            _view("graph", "Độ ẩm không khí", "Càng khô càng dễ cháy.", "humidity",
                  over_time("humidity_percent", "weather", by="device")),
            *fire,
        ),
        since="now-7d",
    )  # fmt: skip


def cameras(more: Sequence[View]) -> Board:
    def graph(title: str, description: str, unit: str, field: str) -> View:
        query = over_time(field, "camera", by="camera", where=OF_CAMERA)
        return _view("graph", title, description, unit, query, page="/devices")

    return Board(
        uid="ioc-cameras",
        title="Camera",
        description="Camera có hình không, hình có dùng được không, bộ nhận dạng có kịp không.",
        folder="Camera",
        choices=(CAMERA,),
        views=(
            graph("Số hình mỗi giây", "Hình đọc được từ camera.", "fps", "frames_per_second"),
            graph("Tuổi của hình mới nhất", "Lớn dần là camera đứng hình.", "s", "frame_age_s"),
            graph("Thời gian nhận dạng", "Của một hình.", "ms", "inference_ms"),
            graph("Độ sáng", "0 tối hẳn, 255 trắng xóa.", "none", "luma"),
            graph("Nhiễu", "Phần hình bị nhiễu.", "percent", "noisy_percent"),
            graph("Hình hỏng", "Hình không giải mã được.", "none", "frames_failed"),
            *more,
        ),
        since="now-24h",
    )


def weather(more: Sequence[View]) -> Board:
    def graph(title: str, unit: str, field: str, how: str = "mean") -> View:
        query = over_time(field, "weather", by="device", where=OF_DEVICE, how=how)
        return _view("graph", title, f"{title} theo từng trạm.", unit, query)

    return Board(
        uid="ioc-weather",
        title="Thời tiết và môi trường",
        description="Số đo của các trạm thời tiết và chỉ tiêu môi trường.",
        folder="Môi trường",
        choices=(Choice(name="device", label="Trạm", tag="device", source="weather"),),
        views=(
            graph("Nhiệt độ", "celsius", "temperature_c"),
            graph("Độ ẩm", "humidity", "humidity_percent"),
            graph("Lượng mưa", "lengthmm", "rain_mm", "sum"),
            graph("Tốc độ gió", "velocitykmh", "wind_kmh"),
            graph("Hướng gió", "degree", "wind_from_deg", "last"),
            *more,
        ),
    )


def fleet() -> Board:
    def box(title: str, description: str, unit: str, field: str) -> View:
        query = over_time(field, "box", by="device", where=OF_DEVICE)
        return _view("graph", title, description, unit, query, page="/devices")

    def link(title: str, description: str, unit: str, field: str, how: str) -> View:
        query = over_time(field, "link", by="device", where=OF_DEVICE, how=how)
        return _view("graph", title, description, unit, query, page="/devices")

    return Board(
        uid="ioc-fleet",
        title="Thiết bị ngoài thực địa",
        description="Phủ sóng, khoảng trống dữ liệu, máy khởi động lại, đường truyền.",
        folder="Vận hành",
        choices=(DEVICE,),
        views=(
            _view("table", "Số lần báo về", "Ít hơn các máy khác là có khoảng trống.", "none",
                  times_heard(),
                  page="/devices"),
            box("Thời gian chạy", "Tụt về 0 là mất điện hoặc khởi động lại.", "s", "uptime_s"),
            box("Bộ nhận dạng chạy", "1 là chạy, 0 là hỏng.", "none", "detector_ok"),
            box("Nhiệt độ bộ xử lý", "Trên 80 °C là máy tự giảm tốc.", "celsius",
                "cpu_temperature_c"),
            box("Bộ xử lý", "Phần đang dùng.", "percent", "cpu_percent"),
            box("Đĩa còn trống", "Hết chỗ là bỏ số liệu cũ.", "percent", "disk_free_percent"),
            box("Cảnh báo chờ gửi", "Cảnh báo còn nằm ở máy.", "none", "outbox_alarm"),
            box("Nối lại đường truyền", "Số lần nối lại.", "none", "uplink_reconnects"),
            link("Độ trễ đường truyền", "Từ lúc chụp đến lúc trung tâm nhận.", "s", "delay_s",
                 "max"),
            link("Lệch đồng hồ", "So với trung tâm.", "s", "skew_s", "mean"),
            link("Số tin nhận được", "Trong mỗi khoảng.", "none", "messages", "sum"),
        ),
        since="now-24h",
    )  # fmt: skip


def hub_health() -> Board:
    def graph(title: str, description: str, field: str) -> View:
        query = over_time(field, "hub", by="hub", how="max")
        return _view("graph", title, description, "none", query, page="/healthz")

    return Board(
        uid="ioc-hub",
        title="Sức khỏe trung tâm",
        description="Trung tâm có nhận, có xử lý, có ghi được không.",
        folder="Vận hành",
        views=(
            graph("Tin đã nhận", "Cộng dồn; nằm ngang là không có gì đến.", "received"),
            graph("Tin chưa xử lý", "Tăng mãi là xử lý không kịp.", "inbox_undone"),
            graph("Số liệu chờ ghi", "Chờ cơ sở dữ liệu chuỗi thời gian.", "series_backlog"),
            graph("Thông báo chờ gửi", "Chưa đến được điện thoại.", "notifications_pending"),
            graph("Tin không đọc được", "Đang giữ để xem lại.", "quarantined"),
            graph("Tin đến muộn", "Cộng dồn.", "late"),
            graph("Tin trùng", "Cộng dồn; đã bỏ.", "duplicates"),
        ),
        since="now-24h",
    )


def devices_heard() -> InfluxQuery:
    """How many devices told anything: one row."""
    inner = 'SELECT last("uptime_s") AS "up" FROM "box" WHERE $timeFilter GROUP BY "device"'
    return InfluxQuery(f'SELECT count("up") AS "value" FROM ({inner}) WHERE $timeFilter',  # noqa: S608
                       result_format="table")  # fmt: skip


def times_heard() -> InfluxQuery:
    """How often each chosen device told of itself."""
    return InfluxQuery(f'SELECT count("uptime_s") AS "value" FROM "box" '  # noqa: S608
                       f'WHERE $timeFilter AND {OF_DEVICE} GROUP BY "device"',
                       result_format="table")  # fmt: skip


def _opened(kind: Kind, title: str, where: str, *, by: str) -> View:
    return _view(kind, title, "Sự việc được mở trong thời gian xem.", "none",
                 total("opened", "incident", by=by, where=where), page="/incidents")  # fmt: skip


def _seen(kind: Kind, title: str, *, by: str) -> View:
    return _view(kind, title, "Số lần bộ nhận dạng mở một lượt thấy.", "none",
                 total("opened", "sighting", by=by), page="/incidents")  # fmt: skip
