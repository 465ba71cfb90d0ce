"""收到 and its like: a word in the chat that says that a notice was read.

In private it is for the newest notice that the person was sent, or the one whose number they say. In a group it is for
the notice whose line was quoted, or for the last line of the last hours; nobody is answered there, since a whole group
may say it.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.wording import notice_reading as wording
from storage import notice_groups, notice_reading
from storage.notice_links import Link
from storage.notice_people import GroupPost
from storage.notice_reading import Looks
from storage.people import Account
from storage.vault import Vault

WORD_HOLDS = timedelta(days=3)  # how long a bare 收到 is taken for an answer to a notice
ALOUD_HOLDS = timedelta(hours=6)  # and in a group, where people say it to each other, too
AROUND_A_WORD = " \t\n,，.。!！~～"


def confirm_by_word(incoming: Incoming, ctx: Context) -> Replies | None:
    """None when there is nothing that the word could be for: then it is talk."""
    if incoming.kind is not Kind.TEXT:
        return None
    word = ctx.words.strip(AROUND_A_WORD)
    number = wording.RECEIVED_NUMBER.fullmatch(word)
    if number is None and word not in wording.RECEIVED and wording.RECEIVED_TOO.fullmatch(word) is None:
        return None
    if incoming.private:
        return _in_private(ctx, int(number[1]) if number is not None else None)
    return _in_group(incoming, ctx) if number is None else None


def _in_private(ctx: Context, number: int | None) -> Replies | None:
    heard = notice_reading.confirm_latest(ctx.db, ctx.who.account, ctx.now - WORD_HOLDS, ctx.now, number)
    if heard is None:
        return None
    if heard.cancelled:
        return [Reply(wording.THANKS_CANCELLED.format(number=heard.number))]
    return [Reply((wording.THANKS_AGAIN if heard.again else wording.THANKS).format(number=heard.number))]


def _in_group(incoming: Incoming, ctx: Context) -> Replies | None:
    post = _meant(incoming, ctx)
    if post is None:
        return None
    looks = Looks(ctx.who.account, marks_of(ctx.vault, ctx.who.account))
    notice_reading.note(ctx.db, Link(post.notice_id, group_id=post.group_id), ctx.now, looks, confirmed=True)
    return []


def _meant(incoming: Incoming, ctx: Context) -> GroupPost | None:
    """The line that a word in a group answers. Beside another quotation or somebody's name it answers them."""
    if ctx.group is None:
        return None
    if incoming.quoted is not None:
        return notice_groups.answered(ctx.db, ctx.group.id, incoming.quoted)
    if incoming.mentions and not incoming.addressed:
        return None
    return notice_groups.newest(ctx.db, ctx.group.id, ctx.now - ALOUD_HOLDS)


def marks_of(vault: Vault, account: Account) -> tuple[str, ...]:
    """What tells a person from others who read a notice, by whatever account; keyed, so that it says nothing else."""
    if account.resident_id is not None:
        return tuple(vault.lookups(f"reader:resident:{account.resident_id}"))
    if account.staff_id is not None:
        return tuple(vault.lookups(f"reader:staff:{account.staff_id}"))
    return tuple(vault.lookups(f"reader:account:{account.ref}"))
