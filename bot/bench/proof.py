"""Looks afterwards, in the database itself, whether what was answered was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select

from bot.bench.menkou_web import settings_for
from bot.bench.workload import Message
from bot.transactions import open_database, read_session
from storage.inbox import Inbox, InboxState
from storage.tickets import Member, Ticket


def faults(data: Path, url: str, messages: Sequence[Message], answered: Iterable[int]) -> list[str]:
    """One sentence for each kind of thing that is wrong; nothing when every promise was kept."""
    engine = open_database(settings_for(data, url, 1))
    with read_session(engine) as db:
        rows = db.execute(select(Inbox.key, Inbox.state, Inbox.ticket_id, Inbox.sender_id)).all()
        tickets = Counter(db.scalars(select(Ticket.reporter_id)))
        members = Counter(db.scalars(select(Member.account_id)))
    engine.dispose()
    kept = {row.key: row for row in rows}
    told = [messages[number] for number in answered]
    missing = sum(message.key not in kept for message in told)
    failed = sum(row.state != InboxState.HANDLED for row in rows)
    reports = [kept[message.key] for message in messages if message.is_report and message.key in kept]
    wrong = sum(row.ticket_id is None or tickets[row.sender_id] != 1 or members[row.sender_id] != 1 for row in reports)
    talk = sum(
        kept[message.key].ticket_id is not None for message in messages if message.key in kept and not message.is_report
    )
    said = {
        "{} answered messages are not in the inbox": missing,
        "{} messages failed": failed,
        "{} reports have not exactly one ticket": wrong,
        "{} messages of talk have a ticket": talk,
    }
    return [sentence.format(count) for sentence, count in said.items() if count]
