"""Services that the hub probes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "probe_spans",
        sa.Column("probe", sa.String(length=48), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("reason_vi", sa.Text(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("certificate_days", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("probe", "began_at", name=op.f("pk_probe_spans")),
    )
    op.create_index("ix_probe_spans_until", "probe_spans", ["until"], unique=False)
