"""Tables of what the hub watches by itself, beside those of what it is told (hub.records)."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text

from hub.columns import METADATA, Instant

probe_spans = Table(
    "probe_spans",
    METADATA,
    Column("probe", String(48), primary_key=True),
    Column("began_at", Instant, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("unit", String(64), nullable=False),
    Column("up", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
    Column("reason_vi", Text, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("certificate_days", Float),
    Index("ix_probe_spans_until", "until"),
)
"""Looks in a row that saw the same, of one hour at most: [began_at, until) of `unit`.
`since`: when it first was so, maybe days ago; `latency_ms`: the sum over the looks;
`certificate_days`: what was left at the newest look."""

workings = Table(
    "workings",
    METADATA,
    Column("measure", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("period_start", Instant, primary_key=True),
    Column("value", Float),
    Column("why_vi", Text, nullable=False),
    Column("trace", JSON),
    Column("at", Instant, nullable=False, index=True),
)
"""How the hub came to a figure of its own (`trace`), or why it came to none (`why_vi`)."""
