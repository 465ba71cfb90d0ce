"""One message inside the transaction of its batch: who speaks, what is answered, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot import later, notice_doors, sign_in_links
from bot.channels.base import Channel
from bot.ladder import CANNOT_SPEAK
from bot.owe import CATCH_UP, Desk, Origin, owe
from bot.settling import CODE_LIVES
from bot.wiring import App
from handlers import conversation
from handlers.context import Context
from handlers.groups import shadowing
from handlers.matter.burst import BREATH
from handlers.mere_talk import concerns_nobody
from handlers.message import Here, Incoming, Kind, Person, Reply
from handlers.orders import called
from handlers.permissions import Who
from handlers.talk.help import HINT_EVERY
from handlers.ticket import promising
from nlp.normalise import normalise
from nlp.reading import Reading
from storage import persons, presence
from storage.base import new_ref
from storage.forgetting import SAID_KEPT
from storage.inbox import Inbox
from storage.inserts import insert_one
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Group, Staff
from storage.vault import VaultError

LEFT = "unsubscribe"
BELLS = "bells"  # of a session: the queues to ring once it is committed


@dataclass(frozen=True, slots=True)
class Moment:
    """The two clocks at the time of a batch."""

    now: datetime
    wall: datetime


@dataclass(frozen=True, slots=True)
class Speech:
    """A message with everything that is known of it. ``within_request``: the person reads the answer at once."""

    incoming: Incoming
    reading: Reading
    account: Account
    group: Group | None
    row: Inbox
    within_request: bool = True


def is_mere_talk(incoming: Incoming, reading: Reading, account: Account, now: datetime, awake: bool = False) -> bool:
    """Talk that no handler has anything to do with: most of what is heard. Costs no savepoint.

    ``account`` is attentive while it has an open report, an unanswered question or a photo that waits for words;
    a group is ``awake`` while it may still be talking about what was just told there.
    """
    if awake or account.staff_id is not None or not account.follows or _attentive(account, now):
        return False
    if incoming.addressed and _is_hinted_at(incoming, account, now):
        return False  # a first word gets a hint
    return concerns_nobody(incoming, reading)


def _is_hinted_at(incoming: Incoming, account: Account, now: datetime) -> bool:
    """In a group one hint is enough for a while; in private only for the same breath."""
    lately = BREATH if incoming.private else HINT_EVERY
    return account.hinted_at is None or now - account.hinted_at >= lately


def _attentive(account: Account, now: datetime) -> bool:
    return account.attentive_until is not None and account.attentive_until > now


def handle(app: App, db: Session, speech: Speech, moment: Moment) -> tuple[str | None, int]:
    """Runs the conversation for one message. Returns the inline answer, if any, and how many rows wait to be sent."""
    incoming, account, group, row = speech.incoming, speech.account, speech.group, speech.row
    who = who_is(db, account, moment.now)
    ctx = Context(
        db=db,
        now=moment.now,
        vault=app.vault,
        policy=promising.policy_at(db, app.policy, group.unit_id if group is not None else account.unit_id),
        public_url=app.settings.public_url,
        who=who,
        inbox=row,
        reading=speech.reading,
        group=group,
        words=_spoken(incoming),
        doors=app.speaking_doors(),
        notice_doors=lambda: notice_doors.doors_of(app),
        sign_in=lambda staff: sign_in_links.address_for(app, db, staff),
    )
    if later.heard(app, db, incoming, account):
        return None, 1  # what failed may go by another way at once
    if not account.follows and incoming.event != LEFT and incoming.kind is not Kind.SYSTEM:
        account.follows = True  # somebody who was gone speaks again
    desk = Desk(db, app.vault, app.channels, moment.now, moment.wall, app.doors_down())
    _keep_code(desk, incoming)
    replies = list(conversation.answer(incoming, ctx))
    db.info.setdefault(BELLS, set()).update(ctx.bells)
    if incoming.addressed and replies and not shadowing.listens(ctx):
        row.forget_at = _kept_until(row, moment)
    origin = Origin(incoming.key, row.id, account, group)
    channel = app.channels.get(incoming.door)
    inline: str | None = None
    waiting = 0
    heard = speech.within_request and incoming.event != LEFT  # whoever has left reads no answer
    if channel is not None and channel.abilities.inline and group is None and heard:
        if incoming.kind is Kind.PRESS and channel.abilities.buttons:
            inline = _stamp(desk, origin, replies)
        else:
            inline, replies = _inline(desk, channel, origin, replies)
    elif channel is not None and channel.abilities.windows and group is None and desk.ladder.plain(account):
        waiting = _say_missed(desk, channel, account)
    db.flush()
    return inline, waiting + owe(desk, replies, origin)


def _spoken(incoming: Incoming) -> str:
    """What was said; where we were called by name, what was said behind it."""
    words = normalise(incoming.text)
    return called(words) if incoming.addressed and not incoming.private else words


def who_is(db: Session, account: Account, now: datetime) -> Who:
    """The person behind an account, with what is theirs to do for now."""
    staff = db.get(Staff, account.staff_id) if account.staff_id is not None else None
    if staff is None:
        return Who(account)
    away = presence.presence_of(db, now).stands_in_for(staff.id, now)
    return Who(account, staff, presence.acting(db, staff.id, now), frozenset(away))


def _kept_until(row: Inbox, moment: Moment) -> datetime | None:
    """What was meant for the bot and answered is kept as long as the answer, and what belongs to a ticket as long as
    that; what a handler wants forgotten at once still is."""
    if row.forget_at is not None and row.forget_at <= moment.now:
        return row.forget_at
    return moment.now + SAID_KEPT if row.ticket_id is None else None


_SAME_CALL = select(Outbox.id).where(Outbox.together == bindparam("mark"), Outbox.way == "message")


def _keep_code(desk: Desk, incoming: Incoming) -> None:
    """Whoever presses a button brings the platform's word that the card of all the others may be changed."""
    code, mark = incoming.data.get("code"), incoming.data.get("task")
    if incoming.kind is not Kind.PRESS or not code or not mark:
        return
    first = desk.db.scalars(_SAME_CALL.order_by(Outbox.id).limit(1), {"mark": mark}).one_or_none()
    if first is None:
        return
    row = desk.db.get_one(Outbox, first)
    row.code, row.code_until = desk.vault.seal(code, "outbox.code", row.ref), desk.wall + CODE_LIVES
    desk.db.flush()


def _stamp(desk: Desk, origin: Origin, replies: Sequence[Reply]) -> str | None:
    """What the pressed button says from now on; everything else is said besides."""
    words = next((reply.stamp for reply in replies if reply.stamp and _for_sender(reply, origin)), None)
    if words is not None:
        write_inline(desk, origin, words, None)
    return words


def _say_missed(desk: Desk, channel: Channel, account: Account) -> int:
    """News that had no way until now goes out as one message: what a person's word allows is soon used up.

    What has a card or a picture goes by itself, and so does an answer to talk: it is forgotten with that talk.
    """
    rows = _missed(desk, account, channel.abilities.text_bytes, channel.abilities.text_bytes)
    joined = [(row, text) for row, text in rows if _is_plain(row)]
    first = joined[0][0] if joined else None
    for row, _ in rows:
        if row is first or not _is_plain(row):
            _goes_out(desk, row, account)
        else:
            row.state, row.reason, row.sent_at = OutboxState.ANSWERED_INLINE, "said with older news", desk.now
    if first is not None:
        first.text = desk.vault.seal("\n\n".join(text for _, text in joined), "outbox.text", first.ref)
    return len(rows)


def _is_plain(row: Outbox) -> bool:
    return row.card is None and row.media_id is None and (row.ticket_id is not None or row.inbox_id is None)


def _goes_out(desk: Desk, row: Outbox, account: Account) -> None:
    """As if it had just been owed, by the account that speaks; also what could not be said as a form."""
    row.state, row.reason, row.next_try_at = OutboxState.WAITING, None, desk.wall
    row.tries, row.sent_at, row.platform_id = 0, None, None
    row.account_id, row.address, row.way, row.together = account.id, f"a:{account.id}", "message", None


def _inline(desk: Desk, channel: Channel, origin: Origin, replies: list[Reply]) -> tuple[str | None, list[Reply]]:
    """What can be said within the request: the answers to this person, and news that had no way until now."""
    mine = [reply for reply in replies if _for_sender(reply, origin)]
    rest = [reply for reply in replies if not _for_sender(reply, origin)]
    room = channel.abilities.text_bytes
    texts = [reply.text for reply in mine]
    older = _missed(desk, origin.account, room - sum(len(text.encode()) + 2 for text in texts), room)
    if not texts and not older:
        return None, rest
    for row, _ in older:
        row.state, row.sent_at = OutboxState.ANSWERED_INLINE, desk.now
    text = "\n\n".join([*(said for _, said in older), *texts])
    write_inline(desk, origin, text, mine[0].ticket_id if mine else older[0][0].ticket_id)
    return text, rest


def _for_sender(reply: Reply, origin: Origin) -> bool:
    if reply.way != "message":
        return False
    return isinstance(reply.to, Here) or (isinstance(reply.to, Person) and reply.to.account_id == origin.account.id)


# Locked: the same person may speak by two accounts at once.
_MISSED = (
    select(Outbox.id)
    .where(
        Outbox.address.in_(bindparam("addresses", expanding=True)),
        Outbox.state == OutboxState.NO_WAY,
        Outbox.reason == CANNOT_SPEAK,
        Outbox.created_at >= bindparam("since"),
    )
    .order_by(Outbox.id)
    .limit(10)
    .with_for_update(skip_locked=True)
)


def _missed(desk: Desk, account: Account, room: int, whole: int) -> Sequence[tuple[Outbox, str]]:
    """The oldest untold news of this person that fit into ``room``, with their words. What would not even fit alone
    (into ``whole``, the channel then cuts it) goes alone."""
    addresses = [f"a:{number}" for number in sorted(persons.ids_of(desk.db, account))]
    untold = {"addresses": addresses, "since": desk.now - CATCH_UP}
    chosen: list[tuple[Outbox, str]] = []
    left = room
    for row_id in desk.db.connection().scalars(_MISSED, untold).all():
        row = desk.db.get_one(Outbox, row_id)
        text = _words(desk, row)
        if text is None:
            continue
        size = len(text.encode()) + 2
        if size > whole:
            if not chosen and room == whole:
                return [(row, text)]
            continue  # there is other news, or an answer: next time
        left -= size
        if left < 0:
            break
        chosen.append((row, text))
    return chosen


def _words(desk: Desk, row: Outbox) -> str | None:
    """None for a row that nobody can read: it must not keep this person from being heard."""
    try:
        return desk.vault.open(row.text or "", "outbox.text", row.ref)
    except (VaultError, ValueError):
        row.state, row.reason = OutboxState.DEAD, "unreadable"
        return None


def write_inline(desk: Desk, origin: Origin, text: str, ticket_id: int | None) -> None:
    """Final in the message's own transaction; a repeat of the message finds it here."""
    ref = new_ref()
    row = {
        "ref": ref,
        "name": f"re:{origin.key}"[:160],
        "account_id": origin.account.id,
        "address": f"a:{origin.account.id}",
        "inbox_id": origin.inbox_id,
        "ticket_id": ticket_id,
        "text": desk.vault.seal(text, "outbox.text", ref),
        "state": OutboxState.ANSWERED_INLINE,
        "created_at": desk.now,
        "next_try_at": desk.wall,
        "sent_at": desk.now,
    }
    inbox = desk.db.get_one(Inbox, origin.inbox_id)
    inbox.answer_id = insert_one(desk.db, Outbox, row)
