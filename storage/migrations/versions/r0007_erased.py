"""When the words of a ticket were erased, and an end for what was said to the bot and answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Changes the schema. There is no way back but a backup."""
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_tickets_closed_at"),
            ["closed_at"],
            unique=False,
            sqlite_where=sa.text("erased_at IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL"),
        )
    later = {
        "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', received_at, '+30 days')",
        "postgresql": "received_at + interval '30 days'",
    }[op.get_bind().dialect.name]
    answered = "ticket_id IS NULL AND text IS NOT NULL AND state = 'handled' AND forget_at IS NULL"
    op.execute(sa.text(f"UPDATE inbox SET forget_at = {later} WHERE {answered}"))
