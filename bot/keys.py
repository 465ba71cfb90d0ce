"""``menkou keys rotate``: everything written with older keys of MENKOU_SECRET_KEY is written again with the first.

Runs beside the running deployment, in steps of their own transactions; interrupted, it goes on where it was. Links
that people hold stay readable (they are found by a hash that no key makes). Browsers must sign in again, and unused
binding codes expire.
"""

from __future__ import annotations

from sqlalchemy import Engine

from bot.maintenance import maintained, refuse
from bot.settings import Settings
from bot.transactions import snapshot_connection, write_connection
from storage import sealed
from storage.vault import Vault

SHOWN = 5  # rows named in a complaint


def rotate(settings: Settings) -> int:
    """Answers 1 when values are left that no key opens."""
    vault = Vault(settings.secret_keys)
    with maintained(settings) as engine:
        unreadable = [row for table in sealed.SEALED for row in _rotate_table(engine, vault, table)]
        with snapshot_connection(engine) as connection:
            left = sealed.left(connection, vault)
    if unreadable:
        return refuse(
            f"{len(unreadable)} rows open with none of the keys given: {', '.join(unreadable[:SHOWN])}. "
            "Add the key that wrote them at the end of MENKOU_SECRET_KEY and run this again."
        )
    if left:
        return refuse(f"Rows were written with an older key meanwhile ({left}): restart all processes, then run again.")
    print("Nothing is written with an older key any more.")
    print("Keep the old keys until notices that are under way are done, then remove them from MENKOU_SECRET_KEY.")
    return 0


def _rotate_table(engine: Engine, vault: Vault, table: sealed.SealedTable) -> list[str]:
    done, unreadable = 0, []
    cursor: object | None = None
    while True:
        with write_connection(engine) as connection:
            step = sealed.step(connection, vault, table, cursor)
        done += step.sealed_again
        unreadable += step.unreadable
        if step.cursor is None:
            break
        cursor = step.cursor
    print(f"{table.name}: {done} rows")
    return unreadable
