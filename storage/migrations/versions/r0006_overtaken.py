"""Reports of failure that come in before the answer to the very call they are about are laid beside its message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Changes the schema. There is no way back but a backup."""
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("overtaken", sa.JSON(), nullable=True))
