"""Citizens' reports."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen_reports",
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("copy_of", sa.String(length=64), nullable=True),
        sa.Column("incident", sa.String(length=26), nullable=True),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("looked_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("rating", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_citizen_reports")),
        sa.UniqueConstraint("code", name=op.f("uq_citizen_reports_code")),
        sa.UniqueConstraint("form", name=op.f("uq_citizen_reports_form")),
    )
    op.create_index(
        op.f("ix_citizen_reports_incident"), "citizen_reports", ["incident"], unique=False
    )
    op.create_index(
        op.f("ix_citizen_reports_received_at"), "citizen_reports", ["received_at"], unique=False
    )
