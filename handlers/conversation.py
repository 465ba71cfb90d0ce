"""What is done with a message, as one table read from the top: the first step that has an answer ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers import calling_on, commanding, in_pieces, meaning, notice_talk, one_by_one
from handlers.closing import feedback, finishing, judging, verifying
from handlers.context import Context
from handlers.counting import results, statistics
from handlers.grid_tasks import tasks
from handlers.groups import group_modes, manners, muting, proposing, reviewing, shadowing, teaching, ticking
from handlers.hearing import (
    correcting,
    delicate,
    discretion,
    followup,
    forwarded,
    half_told,
    hotline,
    hotline_passed,
    merging,
    next_house,
    offer_answers,
    on_behalf,
    opening_later,
    overhearing,
    own_finds,
    patrolling,
    pointing,
    quoting,
    report,
    well_again,
)
from handlers.households import arriving, claims, enrolling, household, leaving
from handlers.matter import placing
from handlers.message import Incoming, Kind, Replies
from handlers.notice import (
    calling,
    knocking,
    notice_confirming,
    notice_control,
    notice_dialogue,
    notice_following,
    notice_progress,
    notice_reviewing,
    notice_words,
    notices,
    opting_out,
    organising,
    signing_up,
)
from handlers.rosters import absences, away_list, rostering
from handlers.staff import (
    commenting,
    deciding,
    desk,
    erasing,
    explaining,
    extending,
    handing_off,
    laning,
    nudging,
    objecting,
    overview,
    passing_on,
    passing_over,
    rejecting,
    returning,
    supervising,
    suspending,
    taking_up,
    transfer,
    undoing,
)
from handlers.talk import announced, asking_to_forget, consulting, handover, signing_in, status, waiting
from handlers.talk import help as assistance
from handlers.ticket import acting
from handlers.whistles import responding, task_force, whistle_deciding, whistle_signing, whistling

Step = Callable[[Incoming, Context], Replies | None]

FEATURES = (
    tasks,
    statistics,
    on_behalf,
    own_finds,
    commenting,
    supervising,
    absences,
    away_list,
    passing_over,
    rostering,
    deciding,
    extending,
    returning,
    suspending,
    handing_off,
    nudging,
    rejecting,
    taking_up,
    calling,
    asking_to_forget,
    desk,
    erasing,
    household,
    claims,
    enrolling,
    explaining,
    finishing,
    group_modes,
    judging,
    knocking,
    laning,
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
    responding,
    results,
    reviewing,
    signing_in,
    signing_up,
    task_force,
    teaching,
    transfer,
    undoing,
    verifying,
    whistle_deciding,
    whistle_signing,
    whistling,
    status,
    followup,
    assistance,
)  # importing them declares commands


def ignored(incoming: Incoming, ctx: Context) -> Replies | None:
    """Itself, other bots, the platform: never answered."""
    return [] if incoming.kind is Kind.SYSTEM else None


STEPS: tuple[Step, ...] = (
    ignored,
    hotline.ordered,
    handover.noticed,
    arriving.scanned,
    assistance.welcome,
    proposing.recalled,
    correcting.recalled,
    commanding.pressed,
    notice_dialogue.answered,  # before commands: what is asked for may begin like one
    finishing.answer_really,
    offer_answers.answered,
    household.answer,
    placing.answered,
    followup.which,
    leaving.answer,
    forwarded.passed_on,
    ticking.ticked,
    meaning.numbered,
    reviewing.by_word,
    meaning.confirmed,
    one_by_one.confirmed,
    hotline_passed.confirmed,
    calling_on.called_on,
    notice_talk.said,  # before commands: 撤销 and 通知发错了 begin like some
    pointing.asked,  # before commands: 有人管吗 is one, too
    hotline_passed.handed_on,
    one_by_one.each,
    commanding.commanded,
    commanding.softly,
    meaning.at_once,
    returning.answered,
    suspending.answered,
    delicate.with_care,
    discretion.asked,
    transfer.named,
    rejecting.named,
    objecting.objected,
    whistling.named,
    whistle_signing.named,
    responding.named,
    teaching.named,
    reviewing.named,
    meaning.asked,
    in_pieces.over_and_besides,
    feedback.answer_closing,
    notice_words.confirm_by_word,
    asking_to_forget.in_other_words,
    assistance.asks_who,
    assistance.asks_who_reported,
    assistance.danger,
    well_again.not_yet,
    announced.asked,
    waiting.asked,
    waiting.asked_in_group,
    waiting.of_nothing,
    assistance.asks_for_person,
    assistance.opens,
    assistance.called,
    status.asks,
    merging.another_matter,
    proposing.called_off,
    followup.withdraw_in_talk,
    well_again.told,
    correcting.corrected,
    followup.confirmed,
    waiting.arranges,
    waiting.nodded,
    well_again.relapsed,
    consulting.asked,
    assistance.asks_phone,
    quoting.in_charge,
    patrolling.patrolled,
    offer_answers.acknowledged,
    reviewing.seen_to,
    next_house.too,
    next_house.first_word,
    in_pieces.told_on,
    in_pieces.of_what_was_named,
    in_pieces.graver_with_it,
    in_pieces.told,
    in_pieces.told_in_group,
    report.report,
    report.hold_media,
    half_told.grave,
    half_told.shown,
    notice_talk.hint,
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
        steps = (commanding.commanded, meaning.at_once) if meaning.of_a_group(incoming, ctx) else IN_SHADOW
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
