"""What was typed, tapped or spoken as a command: whether it counts, who may give it, and its handler."""

from __future__ import annotations

from dataclasses import replace

from handlers import spoken_orders
from handlers.context import Context
from handlers.groups import group_modes, muting
from handlers.households import household
from handlers.message import Here, Incoming, Kind, Replies, Reply, To
from handlers.notice import knocking
from handlers.orders import MENTION, Order, as_typed, own_words, parse, parse_soft, word_in
from handlers.permissions import TABLE, who_may
from handlers.registry import COMMANDS
from handlers.staff.asking_up import WORDS, is_meant
from handlers.ticket import case, choosing, following
from handlers.whistles import task_force
from handlers.wording import desk as wording
from handlers.wording.commands import COMMANDS as SAID

AS_RESIDENTS_MEAN = {"nudge": "hurry", "look": "status"}  # 催办, 查 1043: of what they told themselves


ABOUT_THE_ONLY_ONE = frozenset({"accept", "progress", "resolve", "assist", "return", "reject", "coordinate"})


def pressed(incoming: Incoming, ctx: Context) -> Replies | None:
    """A button of a card is a command whose ticket is certain."""
    if incoming.kind is not Kind.PRESS or incoming.event not in COMMANDS:
        return None
    number = incoming.data.get("ticket", "")
    numbers = (int(number),) if number.isdigit() else ()
    return run(incoming, ctx, Order(incoming.event, numbers, ctx.words, tapped=True))


def commanded(incoming: Incoming, ctx: Context) -> Replies | None:
    """A command word at the very beginning. Residents' talk that merely begins like a staff command stays talk."""
    if incoming.kind is not Kind.TEXT and not _is_spoken(incoming, ctx):
        return None
    words = own_words(ctx.words, incoming.mentions)
    order = parse(words if incoming.kind is Kind.TEXT else spoken_orders.typed(words))
    if order is not None and order.command == "enrol" and _of_oneself(ctx, order):
        order = replace(order, command="bind")
    if order is not None and not ctx.who.is_staff and (order.command != "look" or order.number is not None):
        order = replace(order, command=AS_RESIDENTS_MEAN.get(order.command, order.command))
    if order is None or not _counts(incoming, ctx, order):
        return [] if order is not None and _is_order_to_somebody(ctx, order) else None
    return run(incoming, ctx, replace(order, rest=as_typed(incoming.text, order.rest)))


def _is_spoken(incoming: Incoming, ctx: Context) -> bool:
    """A voice message of staff that the platform recognised: 接单一零四三."""
    return incoming.kind is Kind.VOICE and bool(incoming.text) and ctx.who.is_staff


def _is_order_to_somebody(ctx: Context, order: Order) -> bool:
    """@居委会 名单 4 by a resident, who does not mean us: for whomever it is, it is no trouble."""
    return MENTION.match(ctx.words) is not None and order.number is not None and not order.rest


def _of_oneself(ctx: Context, order: Order) -> bool:
    """登记 3-2-501 张桂兰 in private, by somebody who registers nobody: they mean themselves."""
    return ctx.group is None and not ctx.who.is_staff and household.is_secret(order)


def _counts(incoming: Incoming, ctx: Context, order: Order) -> bool:
    """Staff words count from staff; everyday words of residents only where they can mean nothing else."""
    if order.command == "enrol" and ctx.group is not None and not household.is_secret(order):
        return False  # 登记一下 is said of anything
    if order.command in muting.MINE:
        return muting.is_meant(incoming)
    if order.command in WORDS:
        return is_meant(ctx, named=order.number is not None or incoming.quoted is not None)
    if order.command == "knocked" and not ctx.who.is_staff:
        return ctx.group is None and knocking.is_said_of_a_door(order)
    if ctx.who.is_staff and _is_talk_in_a_group(incoming, ctx, order):
        return False
    if SAID[order.command].staff:
        plain = order.number is not None and not order.rest
        return ctx.who.is_staff or (incoming.addressed and (plain or group_modes.is_plain(order)))
    if ctx.group is None or incoming.addressed or household.is_secret(order):
        return True
    return not order.rest or order.number is not None


def _is_talk_in_a_group(incoming: Incoming, ctx: Context, order: Order) -> bool:
    """值班的人呢, 延期到周五的快递: staff are neighbours and colleagues too. A word that runs on without a blank or a
    number, where the command could not be given anyhow, or would write on the only ticket that somebody has."""
    if ctx.group is None or (ctx.chat_kind in TABLE[order.command].chats and order.command not in ABOUT_THE_ONLY_ONE):
        return False
    if incoming.addressed or incoming.quoted is not None or order.number is not None:
        return False
    found = word_in(ctx.words)
    return found is not None and found[1][:1].isalpha()


def run(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """Has a command carried out, once for each number where it takes several, or says who may."""
    if not following.may_give(ctx, order):
        return [_refusal(ctx, order)]
    handler = task_force.instead(incoming, ctx, order) or COMMANDS[order.command]
    said = SAID.get(order.command)  # a button may have no words
    if said is None or not said.several or len(order.numbers) < 2:
        return list(handler(incoming, ctx, order))
    one_by_one = (replace(order, numbers=(number,)) for number in dict.fromkeys(order.numbers))
    return in_one(ctx, [reply for one in one_by_one for reply in handler(incoming, ctx, one)])


def in_one(ctx: Context, replies: Replies) -> Replies:
    """Answers to several orders as one message, a line each; what has a card or a name of its own stays apart."""
    alone = case.sender(ctx) if ctx.group is not None else Here()
    answers: dict[To, list[str]] = {Here(): [], alone: []}
    others = []
    for one in replies:
        to = alone if one.to == case.sender(ctx) else one.to
        if to in answers and one == Reply(one.text, to=one.to, ticket_id=one.ticket_id, stamp=one.stamp):
            answers[to].append(one.text)
        else:
            others.append(one)
    if sum(map(len, answers.values())) < 2:
        return replies
    return [*(Reply("\n".join(lines), to=to) for to, lines in answers.items() if lines), *others]


def _refusal(ctx: Context, order: Order) -> Reply:
    """Says who may, or where to say it; privately, so that nobody is shamed in a group."""
    if household.is_secret(order):
        ctx.inbox.text = None
    word = wording.NAMES[order.command]
    if ctx.who.roles & TABLE[order.command].roles:
        return Reply(wording.PRIVATE_PLEASE.format(word=word), to=case.sender(ctx))
    who = choosing.roles_in_words(who_may(order.command))
    return Reply(wording.MAY_NOT.format(word=word, who=who), to=case.sender(ctx))


def softly(incoming: Incoming, ctx: Context) -> Replies | None:
    """收到 and 好了 by staff: only beside a quoted card, or in private where one ticket alone is meant."""
    if incoming.kind is not Kind.TEXT or not ctx.who.is_staff:
        return None
    order = parse_soft(ctx.words)
    if order is None:
        return None
    quoted = choosing.quoted_ticket(incoming, ctx)
    alone = ctx.group is None and len(choosing.candidates(ctx, order.command)) == 1
    if quoted is None and not alone and (ctx.group is not None or task_force.instead(incoming, ctx, order) is None):
        return None
    return run(incoming, ctx, order)
