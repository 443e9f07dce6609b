"""Boards as code: typed Grafana dashboards over InfluxQL, written to JSON by `make boards`."""
