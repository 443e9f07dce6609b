"""When a citizen's words were removed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citizen_reports", sa.Column("words_gone_at", sa.BigInteger(), nullable=True))
