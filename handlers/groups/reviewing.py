"""先审后说: 立单, 不是 and 改类, by the one person who was asked, or anybody else of the place who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import confirming, holding, learning, reviewers
from handlers.matter import belonging
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import MENTION, Order
from handlers.permissions import may, may_in
from handlers.registry import on
from handlers.rules.naming import called
from handlers.ticket import case
from handlers.wording import desk as desk_wording
from handlers.wording import joining
from handlers.wording import reviewing as wording
from handlers.wording.commands import COMMANDS
from handlers.wording.taxonomy import CATEGORY
from nlp.normalise import fold
from storage import candidates, directory
from storage.candidates import REVIEW
from storage.inbox import Inbox
from storage.listening import Candidate
from storage.outbox import Outbox
from storage.people import Account, Group
from storage.tickets import Ticket

CARD = re.compile(r"candidate:(\d+):")  # how the messages about one are named
UNDO = timedelta(minutes=30)
ASK_WITHIN = timedelta(minutes=30)
RECAST = re.compile(wording.RECAST)
_NO_NUMBER = re.compile(wording.NO_NUMBER)
LONGEST_NUMBER = 12


@on("candidate_open")
def open_it(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """立单 12, 立单 12 排水: opened for whoever said it, and only now the group hears of it."""
    candidate = _choose(incoming, ctx, order)
    if isinstance(candidate, Reply):
        return [candidate]
    category = None
    if order.rest:
        category = called(order.rest).category
        if category is None:
            return [_unknown(candidate, order.rest)]
    return _open(ctx, candidate, category)


@on("candidate_refuse")
def refuse(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不是 12: nothing was said in the group, and nothing is. The bot learns from it."""
    candidate = _choose(incoming, ctx, order)
    if isinstance(candidate, Reply):
        return [candidate]
    if candidate.state == "wrong" or not candidates.settle(ctx.db, candidate, "wrong", ctx.now, _staff(ctx)):
        return [_settled(ctx, candidate)]
    original = ctx.db.get_one(Inbox, candidate.inbox_id)
    if original.text:
        learning.of_message(ctx, original, holding.told(ctx, candidate, original), None, "reviewed")
    holding.let_go(ctx.db, candidate, ctx.now + UNDO)
    return [Reply(wording.REFUSED.format(number=candidate.number), stamp=wording.STAMP_REFUSED)]


@on("candidate_recast")
def recast(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """改类: asks which category, and opens it as that."""
    candidate = _choose(incoming, ctx, order)
    if isinstance(candidate, Reply):
        return [candidate]
    until = ctx.now + ASK_WITHIN
    case.ask(ctx, ctx.who.account.id, ctx.address, "recast", ticket=None, until=until, data={"is": candidate.id})
    return [Reply(wording.RECAST_TO.format(number=candidate.number, names=_names()))]


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """The bare name of a category, right after 改类 was pressed."""
    question = case.asked(ctx, "recast") if _may_decide(incoming, ctx) else None
    if question is None:
        return None
    candidate, word = ctx.db.get_one(Candidate, question.data["is"]), ctx.words.strip(wording.AROUND)
    if word in desk_wording.NO:
        ctx.db.delete(question)
        return [Reply(wording.KEPT.format(number=candidate.number))]
    category = called(word).category
    if category is None:
        return [_unknown(candidate, word)] if called(word).maybe else None
    ctx.db.delete(question)
    return open_it(incoming, ctx, Order("candidate_open", (candidate.number,), word))


def by_word(incoming: Incoming, ctx: Context) -> Replies | None:
    """立单 or 不是 alone, where a card is quoted or one alone waits; 都立单; 改类 12 排水 of what is no ticket yet. A
    bare 是 is meant for it where that was the last thing this person was told."""
    if not _may_decide(incoming, ctx):
        return None
    text = ctx.words.strip(wording.AROUND)
    if (found := RECAST.fullmatch(text)) is not None:
        known = candidates.by_number(ctx.db, int(found[1]))
        return open_it(incoming, ctx, Order("candidate_open", (int(found[1]),), found[2])) if known else None
    if text in wording.ALL_YES or text in wording.ALL_NO:
        return _all_of_them(incoming, ctx, open_it if text in wording.ALL_YES else refuse)
    act = _meant(ctx, text)
    if act is None:
        return None
    quoted = _quoted(incoming, ctx)
    if quoted is not None:
        return act(incoming, ctx, Order("candidate", (quoted,)))
    numbers = [row.number for row in _waiting(ctx)] if incoming.quoted is None else []
    numbers = numbers or [number for number in [_last_told(ctx)] if number is not None]
    if len(numbers) == 1:
        return act(incoming, ctx, Order("candidate", (numbers[0],)))
    return [_which(_waiting(ctx))] if numbers and ctx.group is None else None


def _meant(ctx: Context, text: str) -> Callable[[Incoming, Context, Order], Replies] | None:
    """What a bare word wants done."""
    if text in wording.YES_WORDS + wording.NO_WORDS:
        return open_it if text in wording.YES_WORDS else refuse
    if text in desk_wording.YES + desk_wording.NO and _last_told(ctx) is not None:
        return open_it if text in desk_wording.YES else refuse
    return None


def _last_told(ctx: Context) -> int | None:
    """Whatever was to be decided, where that is the last thing this person was told in private, lately."""
    if ctx.group is not None:
        return None
    told = select(Outbox.name).where(Outbox.account_id.in_(ctx.mine), Outbox.created_at >= ctx.now - ASK_WITHIN)
    found = CARD.match(ctx.db.scalar(told.order_by(Outbox.id.desc()).limit(1)) or "")
    return int(found[1]) if found is not None else None


def _all_of_them(incoming: Incoming, ctx: Context, act: Callable[[Incoming, Context, Order], Replies]) -> Replies:
    """都立单, 都不是: of whatever waits for this person."""
    mine = _waiting(ctx)
    if not mine:
        return [Reply(wording.NONE_WAITING)]
    return [reply for row in mine for reply in act(incoming, ctx, Order("candidate", (row.number,)))]


def seen_to(incoming: Incoming, ctx: Context) -> Replies | None:
    """收到，马上去, by staff in the group, to the very person whose words wait: that is a yes, and not a silent one."""
    words = MENTION.sub("", fold(ctx.words))
    here = ctx.group is not None and ctx.group.mode == REVIEW and ctx.who.is_staff
    if not here or ctx.group is None or not belonging.says(joining.SEEN_TO, words):
        return None
    for candidate in reversed(candidates.waiting(ctx.db, [ctx.group.id], REVIEW)):
        original = ctx.db.get_one(Inbox, candidate.inbox_id)
        account = ctx.db.get_one(Account, original.sender_id)
        name = ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""
        meant = incoming.quoted == original.key or name in incoming.mentions or (name and f"@{name}" in incoming.text)
        if meant and _is_mine(ctx, candidate):
            first, *others = _open(ctx, candidate, None)
            return [replace(first, to=case.sender(ctx)), *others]
    return None


def _may_decide(incoming: Incoming, ctx: Context) -> bool:
    return incoming.kind is Kind.TEXT and may(ctx.who, "candidate_open", ctx.chat_kind)


def _open(ctx: Context, candidate: Candidate, category: str | None) -> Replies:
    known = "wrong" if candidate.state == "wrong" else "waiting"  # thought better of within the half hour
    if known == "waiting" and not confirming.is_there(ctx, candidate):
        candidates.settle(ctx.db, candidate, "lapsed", ctx.now, None)
        return [Reply(wording.LAPSED.format(number=candidate.number))]
    if not candidates.settle(ctx.db, candidate, "opened", ctx.now, _staff(ctx), known=known):
        return [_settled(ctx, candidate)]
    said = confirming.open_candidate(ctx, candidate, category)
    confirming.teach(ctx, candidate, str(candidate.reading["category"]))
    opened = confirming.opened(ctx, candidate)
    numbers = "、".join(str(ticket.number) for ticket in opened)
    aloud = any(not ticket.confidential for ticket in opened)
    form = wording.OPENED if aloud else wording.OPENED_QUIETLY
    text = form.format(tickets=numbers, first=opened[0].number)
    return [Reply(text, ticket_id=opened[0].id, stamp=wording.STAMP_OPENED), *said]


def _unknown(candidate: Candidate, word: str) -> Reply:
    return Reply(wording.RECAST_UNKNOWN.format(word=word[:20], number=candidate.number, names=_names()))


def _names() -> str:
    return "、".join(CATEGORY.values())


def _staff(ctx: Context) -> int | None:
    return ctx.who.staff.id if ctx.who.staff is not None else None


# --- which one


def _choose(incoming: Incoming, ctx: Context, order: Order) -> Candidate | Reply:
    """The candidate, if it is the speaker's to decide; for everybody else it does not exist."""
    number = order.number if order.number is not None else _quoted(incoming, ctx)
    if number is None and _NO_NUMBER.fullmatch(order.rest) is not None:
        return Reply(wording.UNKNOWN.format(number=order.rest[:LONGEST_NUMBER]))
    if number is None:
        return _only(ctx, order)
    candidate = candidates.by_number(ctx.db, number)
    if candidate is None or not _is_mine(ctx, candidate):
        return Reply(wording.UNKNOWN.format(number=number))
    if candidate.mode != REVIEW:
        return Reply(wording.IN_SHADOW.format(number=number))
    if confirming.opened_elsewhere(ctx.db, candidate, ctx.now):
        return _settled(ctx, candidate)
    open_again = candidate.state == "wrong" and confirming.is_there(ctx, candidate)
    return candidate if candidate.state == "waiting" or open_again else _settled(ctx, candidate)


def _settled(ctx: Context, candidate: Candidate) -> Reply:
    ticket = ctx.db.get(Ticket, candidate.ticket_id) if candidate.ticket_id is not None else None
    if ticket is not None:
        text = wording.OPENED_BEFORE.format(number=candidate.number, ticket=ticket.number)
        return Reply(text, ticket_id=ticket.id, stamp=wording.STAMP_OPENED)
    if candidate.mode != REVIEW:
        return Reply(wording.IN_SHADOW.format(number=candidate.number))
    form = {"wrong": wording.REFUSED_BEFORE, "recalled": wording.TAKEN_BACK}.get(candidate.state, wording.LAPSED)
    return Reply(form.format(number=candidate.number), stamp=wording.STAMP_REFUSED)


def _is_mine(ctx: Context, candidate: Candidate) -> bool:
    group = ctx.db.get_one(Group, candidate.group_id)
    unit = directory.unit_of(ctx.db, group.unit_id)
    if unit is None:
        return any(staff.id == _staff(ctx) for staff in reviewers.deciding(ctx.db, group))
    return may_in(ctx.who, "candidate_open", unit.path, unit.grid_id)


def _waiting(ctx: Context) -> Sequence[Candidate]:
    groups = [group.id for group in ctx.db.scalars(select(Group).where(Group.kind == "residents"))]
    return [row for row in candidates.waiting(ctx.db, groups, REVIEW) if _is_mine(ctx, row)]


def _only(ctx: Context, order: Order) -> Candidate | Reply:
    rows = _waiting(ctx)
    if len(rows) == 1:
        return rows[0]
    if not rows:
        return Reply(wording.NONE_WAITING)
    return _which(rows)


def _which(rows: Sequence[Candidate]) -> Reply:
    numbers = "、".join(f"{row.number}（{CATEGORY[str(row.reading['category'])]}）" for row in rows[:6])
    word = COMMANDS["candidate_open"].words[0]
    return Reply(wording.WHICH.format(numbers=numbers, word=word, first=rows[0].number))


def _quoted(incoming: Incoming, ctx: Context) -> int | None:
    """The candidate whose card was quoted."""
    if incoming.quoted is None:
        return None
    sent = ctx.db.scalars(select(Outbox.name).where(Outbox.platform_id == incoming.quoted)).first()
    found = CARD.match(sent) if sent is not None else None
    return int(found[1]) if found is not None else None
