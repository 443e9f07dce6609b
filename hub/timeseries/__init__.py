"""Time series: points out of what devices say, in InfluxDB or in an embedded DuckDB."""
