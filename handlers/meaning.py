"""您是不是要「接单 123」？: asked of staff whose words sound like a command, or come to one in everyday words.

What comes to a command plainly, or only asks how things stand, is done at once; a tap or 是 gives the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from handlers import commanding, everyday, fitting_words, sounding
from handlers.context import Context
from handlers.everyday import Everyday
from handlers.groups import group_modes
from handlers.message import Button, Card, Incoming, Kind, Replies, Reply
from handlers.orders import MENTION, Order, as_typed, parse, parse_soft
from handlers.permissions import may
from handlers.rosters import absences
from handlers.staff import bare_words
from handlers.ticket import case, choosing
from handlers.wording import desk as desk_wording
from handlers.wording import meaning as wording
from handlers.wording.commands import BLANKS, COMMANDS, NUMBER_BEFORE
from nlp.normalise import normalise
from storage.inbox import Inbox

ASK_WITHIN = timedelta(minutes=10)
QUESTION = "meant"
SHOWN = 24  # characters of what stands behind the number
_NUMBERED, _NUMBER_LAST = re.compile(NUMBER_BEFORE), re.compile(wording.NUMBER_LAST)


def at_once(incoming: Incoming, ctx: Context) -> Replies | None:
    """3号啥情况, 今晚谁值班: what is said plainly, also while something else was asked, which stays open."""
    if incoming.kind is not Kind.TEXT or not ctx.who.is_staff:
        return None
    found = meant(incoming, ctx)
    if found is not None:
        return done(incoming, ctx, found.order, incoming.text) if found.plainly else None
    bare = bare_words.looked_up(ctx) if incoming.addressed else None
    return done(incoming, ctx, bare, incoming.text) if bare is not None else None


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """接但 123: in private, or in a staff group with a number; to the person, never into the group."""
    if incoming.kind is not Kind.TEXT or not ctx.who.is_staff:
        return None
    found = meant(incoming, ctx)
    if found is None:
        return None
    if found.order.command in fitting_words.OF_A_TICKET and not found.order.numbers:  # of several: which
        return done(incoming, ctx, found.order, incoming.text)
    when = absences.dates(found.order.rest, ctx.now) if found.order.command == "leave" else ""
    if when is None:  # no day, or none that can be read: said at once
        return done(incoming, ctx, found.order, incoming.text)
    until = ctx.now + ASK_WITHIN
    case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=None, until=until, data={"said": ctx.inbox.id})
    say = spelt(found.order)
    text = wording.MEANT_WHEN if when else wording.MEANT
    return [Reply(text.format(say=say, when=when), to=case.sender(ctx), card=_card(found.order, say))]


def spelt(order: Order) -> str:
    """An order in the words of its command, what stands behind it cut short."""
    rest = order.rest if len(order.rest) <= SHOWN else order.rest[:SHOWN] + wording.CUT
    return " ".join(filter(None, [COMMANDS[order.command].words[0], *map(str, order.numbers), rest]))


def meant(incoming: Incoming, ctx: Context) -> Everyday | None:
    """The likeliest of what was said that could be done."""
    if (order := _sounding(ctx.words)) is not None:
        here = ctx.group is None or order.number is not None
        own = order.command == "accept" and sounding.meant(ctx.words) is None  # 1号我来: in their own words
        goes = own and (ctx.group is None or _NUMBERED.match(ctx.words) is not None)
        return Everyday(order, plainly=goes) if here and may(ctx.who, order.command, ctx.chat_kind) else None
    if ctx.group is not None and not incoming.addressed and MENTION.match(f"{ctx.words} ") is not None:
        return None  # said to a colleague
    likely = everyday.readings(ctx.words, to_the_bot=incoming.addressed)
    return next((found for one in likely if (found := fitting_words.fitted(incoming, ctx, one)) is not None), None)


def _sounding(words: str) -> Order | None:
    """What sounds like a command, or says it in its everyday words behind a number: 1号处理好了."""
    if (corrected := sounding.meant(words)) is not None:
        return parse(corrected)
    for number, said in _numbered(words):
        if (order := parse_soft(said)) is not None:
            return replace(order, numbers=(number,), soft=False)
    return None


def _numbered(words: str) -> Iterator[tuple[int, str]]:
    """1号收到, 收到1号: the number, and the words beside it."""
    if (found := _NUMBERED.match(words)) is not None:
        yield int(found[1]), words[found.end() :]
    if (found := _NUMBER_LAST.fullmatch(words.strip(BLANKS))) is not None:
        yield int(found["number"]), found["said"]


def of_a_group(incoming: Incoming, ctx: Context) -> bool:
    """本群 直接, 本群改成直接: said by staff of the group itself, which counts in a group in shadow too."""
    said = everyday.readings(ctx.words, to_the_bot=incoming.addressed)
    orders = (parse(ctx.words), *(one.order for one in said)) if ctx.who.is_staff else ()
    return any(group_modes.is_mine(order) for order in orders)


def done(incoming: Incoming, ctx: Context, order: Order, said: str) -> Replies:
    """As if it had been said in the words of the command."""
    word = COMMANDS[order.command].words[0]
    words = " ".join(filter(None, [word, *(str(number) for number in order.numbers), order.rest]))
    given = replace(order, rest=as_typed(said, order.rest))
    return commanding.run(incoming, replace(ctx, words=words), given)


def numbered(incoming: Incoming, ctx: Context) -> Replies | None:
    """2, 第二个, 都是: the answer to which ticket was meant; what was said then is done with it."""
    if incoming.kind is not Kind.TEXT or ctx.group is not None or not ctx.who.is_staff:
        return None
    picked = everyday.picked(ctx.words)
    question = case.asked(ctx, choosing.WHICH) if picked is not None else None
    if question is None or picked is None or case.asked_since(ctx, question):
        return None
    numbers = picked.of(question.data["numbers"], several=COMMANDS[question.data["command"]].several)
    if not numbers and not picked.place:
        return [_one_by_one(question.data["command"], question.data["numbers"])]
    said = _said_then(ctx, question.data["said"])
    order = _ordered(incoming, replace(ctx, words=normalise(said)))
    if not numbers or order is None or order.command != question.data["command"]:
        return None
    if set(numbers) <= set(question.data["numbers"]):  # of a slip of the finger it is told, and asked as before
        ctx.db.delete(question)
    bare = order.command == "resolve" and not order.rest  # what was done is asked for, as of 修好了
    return done(incoming, ctx, replace(order, numbers=numbers, soft=order.soft or bare), said)


def _one_by_one(command: str, numbers: Sequence[int]) -> Reply:
    shown = wording.APART.join(map(str, numbers))
    return Reply(wording.ONE_BY_ONE.format(word=COMMANDS[command].words[0], numbers=shown))


def _said_then(ctx: Context, inbox_id: int) -> str:
    row = ctx.db.get(Inbox, inbox_id)
    return ctx.vault.open(row.text, "inbox.text", row.ref) if row is not None and row.text else ""


def _ordered(incoming: Incoming, ctx: Context) -> Order | None:
    """What was said as the order it came to, typed or in everyday words."""
    order = parse(ctx.words) or parse_soft(ctx.words)
    if order is not None:
        return order
    found = meant(incoming, ctx)
    return found.order if found is not None else None


def _card(order: Order, say: str) -> Card | None:
    """A button for what one tap can say whole: nothing stands behind the number."""
    if order.number is None or len(order.numbers) > 1 or order.rest:
        return None
    word = COMMANDS[order.command].words[0]
    return Card(title=say, buttons=(Button(word, order.command),), ticket=order.number)


def confirmed(incoming: Incoming, ctx: Context) -> Replies | None:
    """是: what was meant is done, with whatever stood behind it."""
    if incoming.kind is not Kind.TEXT or ctx.group is not None or not ctx.who.is_staff:
        return None
    word = ctx.words.strip(BLANKS)
    question = case.asked(ctx, QUESTION) if word in (*desk_wording.YES, *desk_wording.NO) else None
    if question is None or case.asked_since(ctx, question):
        return None
    ctx.db.delete(question)
    said = _said_then(ctx, question.data["said"])
    found = meant(incoming, replace(ctx, words=normalise(said))) if word not in desk_wording.NO else None
    if found is None:
        return [Reply(wording.LEFT)]
    return done(incoming, ctx, found.order, said)
