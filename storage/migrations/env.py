"""Runs revisions on the connection it is given, inside the transaction that ``bot/migrate.py`` began.

Batch mode: SQLite cannot alter a table in place, so a revision there copies it. Constraints are found by the names of
the convention in ``storage/base.py``.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from storage.base import UtcTime
from storage.tables import metadata


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Revisions do not import the program: a type of ours is written as what it is stored as."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Runs what was asked for."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
