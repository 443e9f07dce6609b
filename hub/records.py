"""The tables of the records database; one set for SQLite and PostgreSQL.

Instants are whole microseconds since 1970 UTC: they sort, compare and survive both databases.
The inbox holds what still has effects to come; the spool holds lines that the time-series store
has not taken yet; all other tables are what the console reads.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from hub import tallies
from hub.columns import METADATA, Instant, row_id
from hub.rollouts import records as rollout_records

metadata = METADATA
probe_spans = tallies.probe_spans
workings = tallies.workings
rollouts = rollout_records.rollouts

inbox = Table(
    "inbox",
    metadata,
    row_id(),
    Column("device", String(48), nullable=False),
    Column("lane", String(8), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("ulid", String(26), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("body", LargeBinary),
    Column("late", Boolean, nullable=False),
    Column("clock_suspect", Boolean, nullable=False),
    Column("conflict", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("retry_at", Instant),
    Column("error", Text),
    Index("ix_inbox_place", "device", "lane", "epoch", "seq", "ulid", unique=True),
    Index(
        "ix_inbox_undone",
        "lane",
        "id",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
    sqlite_autoincrement=True,
)
"""`state`: new, done (body emptied, place kept for a while), held (a kind no one reads yet).
`captured_at` is corrected where the device's clock ran ahead (`clock_suspect`)."""

ledger = Table(
    "ledger",
    metadata,
    Column("device", String(48), primary_key=True),
    Column("lane", String(8), primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Closed spans of sequence numbers that are durable here; what lies between them is missing."""

spool = Table(
    "spool",
    metadata,
    row_id(),
    Column("line", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Line protocol, one point a row, oldest first, until the time-series store has it."""

quarantine = Table(
    "quarantine",
    metadata,
    row_id(),
    Column("received_at", Instant, nullable=False, index=True),
    Column("topic", Text, nullable=False),
    Column("device", String(48)),
    Column("lane", String(8)),
    Column("epoch", BigInteger),
    Column("seq", BigInteger),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("bytes", Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""What could not be read or used, raw, with its reason."""

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counts that survive a restart (see hub.counters for the names)."""

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What this installation made up once, such as its MQTT client id."""

devices = Table(
    "devices",
    metadata,
    Column("device", String(48), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("status_at", Instant),
    Column("title", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("skew_s", Float),
)
"""`state`: online or offline, as the device or its will said; `skew_s` > 0: its clock is ahead."""

cameras = Table(
    "cameras",
    metadata,
    Column("device", String(48), primary_key=True),
    Column("camera", String(48), primary_key=True),
    Column("title", Text, nullable=False),
    Column("scene", String(24), nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("azimuth_deg", Float),
    Column("fov_deg", Float),
    Column("reported_at", Instant),
    Column("last_frame_at", Instant),
    Column("frames_per_second", Float),
    Column("changing", Boolean),
)
"""`last_frame_at` = capture time of the last telemetry less the frame age that it stated."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("originator", Text, nullable=False),
    Column("type", String(32), nullable=False),
    Column("subsystem", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("title_vi", Text, nullable=False),
    Column("text_vi", Text, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("bearing_deg", Float),
    Column("sigma_deg", Float),
    Column("camera", Text),
    Column("camera_title", Text),
    Column("commune_code", String(16)),
    Column("commune", Text),
    Column("fixed", Boolean, nullable=False),
    Column("score", Float),
    Column("drill", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("clock_suspect", Boolean, nullable=False),
    Column("refreshes", Integer, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("cleared_at", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("verdict", String(16)),
    Column("verdict_reason", Text),
    Column("closed_at", Instant),
    Index(
        "ix_incidents_unclosed",
        "originator",
        "type",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_incidents_opened_at", "opened_at"),
)
"""`camera` is `<device>/<camera>`; `lat`, `lon` are of the thing if `fixed`, else of the camera.
Life: open; cleared (its cause went away, no person judged it yet); closed."""

incident_history = Table(
    "incident_history",
    metadata,
    row_id(),
    Column("incident", String(26), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

sightings = Table(
    "sightings",
    metadata,
    Column("sighting", String(26), primary_key=True),
    Column("incident", String(26), nullable=False, index=True),
    Column("device", String(48), nullable=False),
    Column("camera", String(48), nullable=False),
    Column("label", String(16), nullable=False),
    Column("state", String(8), nullable=False),
    Column("score", Float, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("bearing_deg", Float),
    Column("sigma_deg", Float),
    Column("width_deg", Float),
    Column("lat", Float),
    Column("lon", Float),
    Column("findings", JSON, nullable=False),
    Column("model", Text, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Index("ix_sightings_camera", "device", "camera", "captured_at"),
)
"""The newest state of each sighting; `captured_at` is when its newest frame was taken."""

evidence = Table(
    "evidence",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("sighting", String(26), nullable=False, index=True),
    Column("device", String(48), nullable=False),
    Column("camera", String(48), nullable=False),
    Column("label", String(16), nullable=False),
    Column("size", String(16), nullable=False),
    Column("captured_at", Instant, nullable=False, index=True),
    Column("received_at", Instant, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("jpeg", LargeBinary, nullable=False),
)
"""JPEGs that were opened and found whole; `size` is thumbnail or picture."""

notifications = Table(
    "notifications",
    metadata,
    row_id(),
    Column("key", String(96), nullable=False, unique=True),
    Column("endpoint", String(48), nullable=False),
    Column("incident", String(26), nullable=False, index=True),
    Column("event", String(24), nullable=False),
    Column("body", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("answer", Text, nullable=False),
    Index(
        "ix_notifications_pending",
        "endpoint",
        "next_try_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    sqlite_autoincrement=True,
)
"""The outbox of the phones.  `state`: pending, accepted, refused, expired."""

observations = Table(
    "observations",
    metadata,
    row_id(),
    Column("measure", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("period_start", Instant, nullable=False),
    Column("period_end", Instant, nullable=False),
    Column("value", Float, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("superseded_at", Instant),
    Column("source", String(64), nullable=False),
    Column("actor", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Index(
        "ix_observations_current",
        "measure",
        "unit",
        "period_start",
        "period_end",
        unique=True,
        sqlite_where=text("superseded_at IS NULL"),
        postgresql_where=text("superseded_at IS NULL"),
    ),
    Index("ix_observations_period", "measure", "period_start", "unit"),
    Index(
        "ix_observations_demo",
        "measure",
        sqlite_where=text("demo = 1"),
        postgresql_where=text("demo"),
    ),
    sqlite_autoincrement=True,
)
"""One row a figure as it was told; a correction supersedes it and leaves it in place."""

case_events = Table(
    "case_events",
    metadata,
    row_id(),
    Column("type", String(64), nullable=False),
    Column("case", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("attributes", JSON, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_case_events_digest", "type", "case", "digest", unique=True),
    sqlite_autoincrement=True,
)
"""What was told of a case, in the order of coming; `digest` knows a repetition."""

cases = Table(
    "cases",
    metadata,
    Column("type", String(64), primary_key=True),
    Column("case", String(64), primary_key=True),
    Column("subsystem", String(32), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("phase", String(8), nullable=False),
    Column("outcome", String(12)),
    Column("received_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("finished_at", Instant),
    Column("first_handled_at", Instant),
    Column("reopened", Integer, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("irregular", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Index("ix_cases_received", "type", "received_at", "unit"),
    Index("ix_cases_finished", "type", "finished_at", "unit"),
    Index(
        "ix_cases_unfinished",
        "type",
        "due_at",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
    Index("ix_cases_demo", "type", sqlite_where=text("demo = 1"), postgresql_where=text("demo")),
)
"""Each case as its events make it now; `finished_at` is set in its final states only."""

mentions = Table(
    "mentions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("digest", LargeBinary(16), nullable=False, unique=True),
    Column("source", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published_at", Instant, nullable=False, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("interactions", BigInteger, nullable=False),
    Column("cluster", String(26), nullable=False, index=True),
    Column("signature", LargeBinary, nullable=False),
    Column("tone", String(8), nullable=False),
    Column("tone_score", Float, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("communes", JSON, nullable=False),
    Column("keywords", JSON, nullable=False),
    Column("demo", Boolean, nullable=False),
    Index("ix_mentions_demo", "id", sqlite_where=text("demo = 1"), postgresql_where=text("demo")),
)
"""Online texts as they were read; `cluster` is the first of its near copies."""

audit = Table(
    "audit",
    metadata,
    row_id(),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("entrance", String(16), nullable=False),
    Column("action", String(24), nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Who changed what: corrections with the value before, files, tokens, hand-overs."""

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("rights", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
)
"""Who may hand in what over HTTP; the token itself is nowhere."""

answers = Table(
    "answers",
    metadata,
    Column("token", String(48), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("body", JSON, nullable=False),
)
"""What was answered to an idempotency key; a repetition gets the same answer."""

feeds = Table(
    "feeds",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("entrance", String(16), nullable=False),
    Column("subsystem", String(32), nullable=False),
    Column("last_try_at", Instant),
    Column("last_ok_at", Instant),
    Column("last_item_at", Instant),
    Column("items", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("state", JSON, nullable=False),
)
"""Each source of data: when it last spoke, what was wrong, and a connector's own state."""

imports = Table(
    "imports",
    metadata,
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("mapping", String(64), primary_key=True),
    Column("file", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
)
"""Files that were taken in, whole."""

stale = Table(
    "stale",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("period_start", Instant, primary_key=True),
    Column("since", Instant, nullable=False, index=True),
)
"""Figures to compute anew: what changed (measure, case type, `mention`), where, on which local
day.  Marked in the transaction of the change, so no figure stays old after a kill -9."""

figures = Table(
    "figures",
    metadata,
    Column("indicator", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("period_start", Instant, primary_key=True),
    Column("period_end", Instant, nullable=False),
    Column("value", Float),
    Column("grade", String(8), nullable=False),
    Column("missing", Text, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("computed_at", Instant, nullable=False),
    Index("ix_figures_period", "period_start", "indicator"),
)
"""Indicators as the boards show them, with the terms that made them."""

citizen_reports = Table(
    "citizen_reports",
    metadata,
    Column("case", String(64), primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("form", String(32), nullable=False, unique=True),
    Column("received_at", Instant, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("photo", LargeBinary),
    Column("digests", JSON, nullable=False),
    Column("copy_of", String(64)),
    Column("incident", String(26), index=True),
    Column("looked_at", Instant),
    Column("looked_by", Text),
    Column("answer", Text, nullable=False),
    Column("answered_at", Instant),
    Column("answered_by", Text),
    Column("rating", String(16)),
    Column("words_gone_at", Instant),
)
"""What citizens told, beside the case: nothing of who they are.  `code` is the receipt, `form` the
number of the form that was used up, `copy_of` the case of a look-alike, for a person to judge;
nobody saw the photo until `looked_at`."""

outlooks = Table(
    "outlooks",
    metadata,
    Column("indicator", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
)
"""The newest forecast of each figure, good for the local day of `made_at`."""

reports = Table(
    "reports",
    metadata,
    row_id(),
    Column("slot", String(32), unique=True),
    Column("span", String(8), nullable=False),
    Column("period_start", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("title_vi", Text, nullable=False),
    Column("body", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""What was reported, as it was known then.  `slot` (`day 2026-04-01`) is of the schedule: made
once, whatever dies; None for a report made by hand."""

letters = Table(
    "letters",
    metadata,
    Column("report", BigInteger, primary_key=True, autoincrement=False),
    Column("subscriber", String(48), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("answer", Text, nullable=False),
)
"""Reports on their way by e-mail.  `state`: pending, accepted, refused, expired."""

shift_entries = Table(
    "shift_entries",
    metadata,
    row_id(),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("incident", String(26)),
    sqlite_autoincrement=True,
)
"""What the officers on duty wrote; only ever added to."""

hand_overs = Table(
    "hand_overs",
    metadata,
    row_id(),
    Column("shift_start", Instant, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("giver", Text, nullable=False),
    Column("taker", Text, nullable=False),
    Column("body", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Hand-over notes as they were when the shift was handed over; only ever added to."""
