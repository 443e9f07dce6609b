"""Tables of updates and their roll-outs."""

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table, Text

from hub.columns import METADATA, Instant, row_id

offers = Table(
    "update_offers",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("what", String(16), nullable=False),
    Column("name", String(48), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ring", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("offer", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
)
"""Signed manifests as they are sent to boxes; the files lie in the folder of updates."""

wishes = Table(
    "update_wishes",
    METADATA,
    Column("device", String(48), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("digest", String(64)),
    Column("at", Instant, nullable=False),
    Column("sent_at", Instant),
)
"""What each box is to run; no digest: its own settings.  Not `sent_at`: the box is to be told."""

states = Table(
    "update_states",
    METADATA,
    Column("device", String(48), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("ring", String(8), nullable=False),
    Column("running", String(64)),
    Column("name", String(48), nullable=False),
    Column("version", Integer, nullable=False),
    Column("floor", Integer, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("wanted", String(64)),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What each box said last (contracts.rollout.Standing)."""

rollouts = Table(
    "rollouts",
    METADATA,
    row_id(),
    Column("digest", String(64), nullable=False),
    Column("what", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("rings", JSON, nullable=False),
    Column("ring", Integer, nullable=False),
    Column("ring_since", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""`state`: running, halted, rolled-back, done.  `ring`: number of the one that is at it."""

boxes = Table(
    "rollout_boxes",
    METADATA,
    Column("rollout", BigInteger, primary_key=True, autoincrement=False),
    Column("device", String(48), primary_key=True),
    Column("ring", Integer, nullable=False),
    Column("before", String(64)),
    Column("offered_at", Instant, nullable=False),
    Column("settled_at", Instant),
)
"""Who was offered it when, and what it was to run `before`."""
