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

GRADE_COLOURS = {0: "gray", 1: "green", 2: "yellow", 3: "red"}
"""By `hub.catalogue.grade.Grade.number`."""
