"""他又喝酒了, 在砸东西, 打我: what somebody tells the bot alone in pieces, none of which says it all by itself.

Read together with what the same person said just before and nobody took up; what it tells is told by all of it. So it
is in a group (那个灯, 3号楼门口那个, 又不亮了), where the pieces are short, close together, and surely a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from handlers.closing import feedback
from handlers.context import Context
from handlers.groups import holding
from handlers.hearing import delicate, report, well_again
from handlers.matter import belonging, burst, calling_off, gathering, open_here, pieces
from handlers.matter.knocks import would_tell_on
from handlers.message import Incoming, Replies
from handlers.rules import finds, sameness
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import RELATED
from handlers.rules.subjects import subjects_of
from handlers.talk import help as assistance
from handlers.ticket import case
from handlers.wording import joining
from handlers.wording import pieces as wording
from nlp.normalise import fold, normalise
from nlp.reading import Part, ReadingContext, read
from storage.inbox import Inbox
from storage.tickets import Ticket
from storage.workflow import Status

LEAST = 2  # characters that say what somebody is told on for
STEPS = (delicate.with_care, assistance.danger, report.report)
OVER = (feedback.answer_closing, well_again.told)
Whole = tuple[Incoming, Context]


def told(incoming: Incoming, ctx: Context) -> Replies | None:
    """The pieces as if they had been said in one go, where that tells of something and this alone does not."""
    alone = ctx.group is None and not ctx.who.is_staff and belonging.has_words(incoming)
    if not alone or len(ctx.words) > pieces.LONGEST or (ctx.reading.is_report and not _is_telling_on(ctx)):
        return None
    found = belonging.match(incoming, ctx)
    if found is not None and found.ticket.urgency == EMERGENCY:
        return None
    wholes = list(_wholes(incoming, ctx, pieces.said_before(ctx, additions=found is not None)))
    for tells in (_wants_care, _is_grave) if found is not None else (_wants_care, _is_told):
        for rows, whole in wholes:
            if tells(*whole) and (replies := _taken(*whole)) is not None:
                _share(ctx, rows)
                return replies
    return None


def of_what_was_named(incoming: Incoming, ctx: Context) -> Replies | None:
    """我想问下路灯的事, and then 3号楼的坏了三天: what it is they said just before."""
    text = fold(ctx.words)
    alone = ctx.group is None and not ctx.who.is_staff and belonging.has_words(incoming)
    if not alone or len(ctx.words) > pieces.LONGEST or subjects_of(text) or not belonging.says(wording.OF_IT, text):
        return None
    named = (wording.ABOUT.fullmatch(fold(pieces.words_of(ctx, row))) for row in reversed(pieces.said_before(ctx)))
    for found in filter(None, named):
        words = f"{found['what']}{joining.PIECES}{ctx.words}"
        then = replace(ctx, reading=read(words, pieces.ALONE), words=words)
        if then.reading.is_report:
            return report.report(replace(incoming, text=words), then)
    return None


def over_and_besides(incoming: Incoming, ctx: Context) -> Replies | None:
    """好了，还有3号楼的垃圾没人收: one is over, another is told in the same breath, and each is taken by itself."""
    said = wording.OVER_AND.fullmatch(incoming.text.strip()) if belonging.has_words(incoming) else None
    if said is None or ctx.who.is_staff or ctx.alarms:
        return None
    if said["but"] and not subjects_of(fold(said["over"])).isdisjoint(subjects_of(fold(said["more"]))):
        return None
    heard = pieces.ALONE if ctx.group is None else ReadingContext(group_place=ctx.group.place or "")
    over, more = (_by_itself(incoming, ctx, words, heard) for words in (said["over"], said["more"]))
    if not calling_off.is_over(over[1]) or not more[1].reading.is_report:
        return None
    replies = next((replies for step in OVER if (replies := step(*over)) is not None), [])
    return [*replies, *(report.report(*more) or [])]


def _by_itself(incoming: Incoming, ctx: Context, words: str, heard: ReadingContext) -> Whole:
    return replace(incoming, text=words), replace(ctx, reading=read(words, heard), words=normalise(words))


def graver_with_it(incoming: Incoming, ctx: Context) -> Replies | None:
    """电梯坏了, and then 我困在里面, by the same person or by a neighbour: that it is an emergency only both of them
    tell."""
    if ctx.who.is_staff or not belonging.has_words(incoming) or not _may_be_graver(ctx):
        return None
    found = belonging.match(incoming, ctx, None if ctx.alarms else next(iter(ctx.reading.parts), None))
    own = found if found is not None and found.mine else None
    ticket = own.ticket if own is not None else _a_neighbours(ctx)
    if ticket is None or _is_settled(ctx, ticket):
        return None
    heard = pieces.ALONE if ctx.group is None else ReadingContext(group_place=ctx.group.place or "")
    opening = case.said(ctx, ticket)
    for words in (f"{opening}{joining.PIECES}{ctx.words}", f"{opening}{ctx.words}"):
        then, told = replace(ctx, reading=read(words, heard), words=words), replace(incoming, text=words)
        part = then.reading.parts[0] if then.alarms else None
        if part is not None and _is_of(part, ticket, alone=not ctx.alarms):
            return report.report(told, then) if own is None else gathering.gather(told, then, own, part)
    return None


def _a_neighbours(ctx: Context) -> Ticket | None:
    """What was told last in this group, where somebody says that they are in it, or what it does to people."""
    text = fold(ctx.words)
    if ctx.group is None or not (belonging.says(wording.IN_IT, text) or belonging.says(wording.HURTS, text)):
        return None
    return next(iter(open_here.lately(ctx)), None)


def _is_of(part: Part, ticket: Ticket, *, alone: bool) -> bool:
    """Whether it is the very matter that was told; a fall while a lamp is out is another."""
    pair = frozenset((part.category, ticket.category))
    return len(pair) == 1 or (alone and pair in RELATED)


def _may_be_graver(ctx: Context) -> bool:
    supposed = belonging.says(wording.SUPPOSES, fold(ctx.words))
    return len(ctx.words) <= pieces.LONGEST and not (supposed or ctx.reading.cues & belonging.NEVER_PART)


def _is_settled(ctx: Context, ticket: Ticket) -> bool:
    """Whether what is said now is hardly still the same breath, or it cannot become graver."""
    old = ctx.inbox.said_at - ticket.opened_at > ctx.policy.burst * 3
    return old or ticket.urgency == EMERGENCY or ticket.confidential or ticket.status == Status.RESOLVED


def told_in_group(incoming: Incoming, ctx: Context) -> Replies | None:
    """What is surely a report once it is put together, and was none piece by piece."""
    if ctx.group is None or ctx.who.is_staff or not belonging.has_words(incoming) or not _is_short(ctx.words):
        return None
    part = next(iter(ctx.reading.parts), None)
    if ctx.reading.is_report or ctx.reading.cues & belonging.NEVER_PART or belonging.match(incoming, ctx, part):
        return None
    heard = ReadingContext(group_place=ctx.group.place or "")
    for rows, (said, then) in _wholes(incoming, ctx, _close(ctx, heard), heard):
        replies = report.report(said, then) if then.reading.is_report else None
        if replies is not None:
            _share(ctx, rows)
            return replies
    if belonging.says(wording.WRONG, fold(ctx.words)):
        burst.expect_words(ctx)
    return None


def _is_short(words: str) -> bool:
    return len(words) <= wording.LONGEST


def _close(ctx: Context, heard: ReadingContext) -> Sequence[Inbox]:
    """The short pieces right before, each close behind the other; what told it all by itself was answered."""
    kept: list[Inbox] = []
    later = ctx.inbox.said_at
    for row in reversed(pieces.said_before(ctx)):
        words = pieces.words_of(ctx, row)
        if later - row.said_at > sameness.FOLLOWS or not _is_short(words) or read(words, heard).is_report:
            break
        later = row.said_at
        kept.append(row)
    return kept[::-1]


def told_on(incoming: Incoming, ctx: Context) -> Replies | None:
    """他还养鸡: what somebody says next of those they told on goes to whoever hears of that, and to nobody else."""
    if ctx.group is not None or ctx.who.is_staff or ctx.alarms or not ctx.reading.parts:
        return None
    text = fold(ctx.words)
    of_them, more = belonging.says(joining.OF_THEM, text), belonging.says(joining.MORE_OF_THEM, text)
    if not of_them and (not more or belonging.places(ctx)):
        return None
    ticket = burst.spoken_in(ctx, ctx.policy.answer_within if of_them else ctx.policy.burst)
    if ticket is None or ticket.kind not in belonging.CONFIDENTIAL:
        return None
    return gathering.add(incoming, ctx, ticket, why="told_on")


def _is_telling_on(ctx: Context) -> bool:
    """Whether they said just before that they want to: what they tell now stays with those who see to it."""
    return any(would_tell_on(pieces.words_of(ctx, row)) for row in pieces.said_before(ctx))


def _wholes(
    incoming: Incoming, ctx: Context, before: Sequence[Inbox], heard: ReadingContext = pieces.ALONE
) -> Iterator[tuple[Sequence[Inbox], Whole]]:
    """All of it, then ever less, with and without a pause between the pieces: people begin and break off anywhere."""
    for rows in (before[first:] for first in range(len(before))):
        said = [*(pieces.words_of(ctx, row) for row in rows), ctx.words]
        for words in (joining.PIECES.join(said), "".join(said)):
            then = replace(ctx, reading=read(words, heard), words=words)
            yield rows, (replace(incoming, text=words), then)


def _wants_care(said: Incoming, then: Context) -> bool:
    return delicate.heard(said, then) is not None


def _is_grave(said: Incoming, then: Context) -> bool:
    return then.alarms


def _is_told(said: Incoming, then: Context) -> bool:
    """Surely a report of here and now; whoever wants to tell on somebody has told it once they say more than where."""
    parts, tells_on = then.reading.parts, then.reading.kind in belonging.CONFIDENTIAL
    more = tells_on and len(belonging.without(joining.TELLING_ON, finds.unplaced(fold(then.words)))) >= LEAST
    sure = more if tells_on else then.reading.is_report
    return bool(parts) and sure and holding.is_meant(said, then, parts)


def _taken(said: Incoming, then: Context) -> Replies | None:
    steps: Iterator[Callable[[Incoming, Context], Replies | None]] = iter(STEPS)
    replies = next((replies for step in steps if (replies := step(said, then)) is not None), None)
    return [*delicate.beside(said, then), *replies] if replies is not None else None


def _share(ctx: Context, rows: Sequence[Inbox]) -> None:
    """The pieces share what became of the last: they belong to its ticket, or are forgotten with it."""
    for row in rows:
        if ctx.inbox.text is None:
            row.text = None
        if row.ticket_id is None:
            row.ticket_id, row.forget_at = ctx.inbox.ticket_id, ctx.inbox.forget_at
