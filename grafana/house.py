"""What every board shares: data source, folders, time, words."""

DATASOURCE_UID = "ioc-series"
"""Fixed, so that boards find their data on every server."""

DATASOURCE_TYPE = "influxdb"
TIMEZONE = "Asia/Ho_Chi_Minh"
NO_DATA = "Chưa có dữ liệu"
CONSOLE = "http://127.0.0.1:8080"
"""Default of the `console` variable: where the hub's pages are."""

MAPS = "public/maps/dong-giang"
"""Folder of our GeoJSON layers, seen from Grafana's home."""

GRADES = ((0, "Không xếp hạng", "gray"), (1, "Tốt", "green"), (2, "Chú ý", "yellow"),
          (3, "Báo động", "red"))  # fmt: skip
