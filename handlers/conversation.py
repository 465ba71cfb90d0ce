"""What is done with a message, as one table read from the top: the first step that has an answer ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers import (
    acting,
    arriving,
    calling,
    case,
    choosing,
    claims,
    consulting,
    correcting,
    delicate,
    desk,
    enrolling,
    explaining,
    feedback,
    finishing,
    followup,
    forwarded,
    group_modes,
    handover,
    household,
    knocking,
    leaving,
    manners,
    merging,
    muting,
    notice_confirming,
    notice_control,
    notice_dialogue,
    notice_following,
    notice_progress,
    notice_reviewing,
    notice_words,
    notices,
    offering,
    opening_later,
    opting_out,
    organising,
    overhearing,
    overview,
    passing_on,
    placing,
    proposing,
    quoting,
    report,
    results,
    reviewing,
    shadowing,
    signing_in,
    signing_up,
    status,
    teaching,
    ticking,
    transfer,
    verifying,
)
from handlers import help as assistance
from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import Order, as_typed, parse, parse_soft
from handlers.permissions import TABLE, may, who_may
from handlers.registry import COMMANDS
from handlers.wording import desk as wording
from handlers.wording.commands import COMMANDS as SAID

Step = Callable[[Incoming, Context], Replies | None]

# Commands that mean each of several numbers: 接单 1043 1044.
SEVERAL = frozenset({
    "accept", "progress", "reassign", "resolve", "return", "assist", "verify", "look", "passed_on", "not_report",
    "split", "candidate_open", "candidate_refuse",
})  # fmt: skip
FEATURES = (
    calling,
    desk,
    household,
    claims,
    enrolling,
    explaining,
    finishing,
    group_modes,
    knocking,
    leaving,
    merging,
    muting,
    notice_confirming,
    notice_control,
    notice_following,
    notice_progress,
    notice_reviewing,
    notices,
    opening_later,
    opting_out,
    organising,
    overview,
    passing_on,
    results,
    reviewing,
    signing_in,
    signing_up,
    teaching,
    transfer,
    verifying,
    status,
    followup,
    assistance,
)  # importing them declares commands


def ignored(incoming: Incoming, ctx: Context) -> Replies | None:
    """Itself, other bots, the platform: never answered."""
    return [] if incoming.kind is Kind.SYSTEM else None


def pressed(incoming: Incoming, ctx: Context) -> Replies | None:
    """A button of a card is a command whose ticket is certain."""
    if incoming.kind is not Kind.PRESS or incoming.event not in COMMANDS:
        return None
    number = incoming.data.get("ticket", "")
    numbers = (int(number),) if number.isdigit() else ()
    return _run(incoming, ctx, Order(incoming.event, numbers, ctx.words, tapped=True))


def commanded(incoming: Incoming, ctx: Context) -> Replies | None:
    """A command word at the very beginning. Residents' talk that merely begins like a staff command stays talk."""
    if incoming.kind is not Kind.TEXT:
        return None
    order = parse(ctx.words)
    if order is not None and order.command == "enrol" and _of_oneself(ctx, order):
        order = replace(order, command="bind")
    if order is None or not _counts(incoming, ctx, order):
        return None
    return _run(incoming, ctx, replace(order, rest=as_typed(incoming.text, order.rest)))


def _of_oneself(ctx: Context, order: Order) -> bool:
    """登记 3-2-501 张桂兰 in private, by somebody who registers nobody: they mean themselves."""
    return ctx.group is None and not ctx.who.is_staff and household.is_secret(order)


def _counts(incoming: Incoming, ctx: Context, order: Order) -> bool:
    """Staff words count from staff; everyday words of residents only where they can mean nothing else."""
    if order.command == "enrol" and ctx.group is not None and not household.is_secret(order):
        return False  # 登记一下 is said of anything
    if order.command in muting.MINE:
        return muting.is_meant(incoming)
    if SAID[order.command].staff:
        plain = order.number is not None and not order.rest
        return ctx.who.is_staff or (incoming.addressed and (plain or group_modes.is_plain(order)))
    if ctx.group is None or incoming.addressed or household.is_secret(order):
        return True
    return not order.rest or order.number is not None


def _run(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    if not may(ctx.who, order.command, ctx.chat_kind):
        return [_refusal(ctx, order)]
    handler = COMMANDS[order.command]
    if order.command not in SEVERAL or len(order.numbers) < 2:
        return list(handler(incoming, ctx, order))
    one_by_one = (replace(order, numbers=(number,)) for number in dict.fromkeys(order.numbers))
    return [reply for one in one_by_one for reply in handler(incoming, ctx, one)]


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
    if quoted is None and (ctx.group is not None or len(choosing.candidates(ctx, order.command)) != 1):
        return None
    return _run(incoming, ctx, order)


STEPS: tuple[Step, ...] = (
    ignored,
    handover.noticed,
    arriving.scanned,
    assistance.welcome,
    proposing.recalled,
    correcting.recalled,
    pressed,
    notice_dialogue.answered,  # before commands: what is asked for may begin like one
    finishing.answer_really,
    offering.answer_offer,
    household.answer,
    placing.answered,
    leaving.answer,
    forwarded.passed_on,
    ticking.ticked,
    reviewing.by_word,
    commanded,
    softly,
    delicate.with_care,
    transfer.named,
    teaching.named,
    reviewing.named,
    feedback.answer_closing,
    notice_words.confirm_by_word,
    assistance.asks_who,
    assistance.danger,
    assistance.asks_for_person,
    assistance.opens,
    status.asks,
    merging.another_matter,
    proposing.called_off,
    followup.withdraw_in_talk,
    correcting.corrected,
    followup.confirmed,
    followup.nodded,
    consulting.asked,
    assistance.asks_phone,
    quoting.in_charge,
    report.patrolled,
    offering.acknowledged,
    reviewing.seen_to,
    report.report,
    report.hold_media,
    assistance.hint,
)

# A group in shadow: staff may say what it is to be; all else is only heard, and only staff are ever told.
IN_SHADOW: tuple[Step, ...] = (
    ignored,
    proposing.recalled,
    correcting.recalled,
    proposing.called_off,
    overhearing.with_care,
    assistance.danger,
    shadowing.overheard,
)

# What was said of something while it waited for a person, heard again once it is open.
HEARD_AGAIN: tuple[Step, ...] = (followup.withdraw_in_talk, correcting.corrected, report.report, report.hold_media)

# While a person talks to somebody, only what must not be lost; the rest is between the two of them.
BESIDE_A_PERSON: tuple[Step, ...] = (
    ignored,
    handover.noticed,
    arriving.scanned,
    correcting.recalled,
    forwarded.passed_on,
    delicate.with_care,
    assistance.danger,
    assistance.asks_who,  # these say something, which is left out, and keep small talk out of a ticket
    assistance.asks_for_person,
    assistance.opens,
    status.asks,
    report.report,
    report.hold_media,
)


def answer(incoming: Incoming, ctx: Context) -> Replies:
    """What the bot says to a message; nothing, for talk that is none of its business."""
    ctx.hear = _heard_again
    if shadowing.listens(ctx):
        steps = (commanded,) if ctx.who.is_staff and group_modes.is_mine(parse(ctx.words)) else IN_SHADOW
        return shadowing.quietly(_first_answer(steps, incoming, ctx), ctx)
    if handover.is_with_person(incoming, ctx):
        steps = STEPS if incoming.kind is Kind.PRESS else BESIDE_A_PERSON  # a tap is meant for the bot
        return handover.hushed(_first_answer(steps, incoming, ctx), ctx)
    replies = [*delicate.beside(incoming, ctx), *_first_answer(STEPS, incoming, ctx)]
    return manners.well_behaved(incoming, ctx, replies)


def _heard_again(incoming: Incoming, ctx: Context) -> Replies:
    return _first_answer(HEARD_AGAIN, incoming, ctx)


def _first_answer(steps: Sequence[Step], incoming: Incoming, ctx: Context) -> Replies:
    for step in steps:
        replies = step(incoming, ctx)
        if replies is not None:
            return acting.kept(ctx, replies)
    return []
