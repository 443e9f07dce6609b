"""Whether any simulated data went into a figure, answered without reading the real ones."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = {"observations": "measure", "cases": "type", "mentions": "id"}


def upgrade() -> None:
    for table, column in INDEXES.items():
        op.create_index(
            f"ix_{table}_demo", table, [column], unique=False,
            sqlite_where=sa.text("demo = 1"), postgresql_where=sa.text("demo"),
        )  # fmt: skip
