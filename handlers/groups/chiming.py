"""What neighbours half tell one after another: 是不是停电了, 我家也没电. Alone each is talk; two are a report.

Nothing is kept for it: when somebody agrees, or half tells it too, the last lines of the group are read once more, as
long as they are kept as talk. Whoever says yes or no answers the line right before, not whatever ticket is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import holding, proposing
from handlers.groups.lines_before import Line, lines_before
from handlers.matter import belonging, burst, open_here
from handlers.matter.belonging import Match
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Kind, Replies
from handlers.permissions import Who
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.sameness import Verdict, Why
from handlers.rules.subjects import apart, subjects_of
from handlers.wording import chiming as others
from handlers.wording import joining as wording
from nlp import hunch
from nlp.hunch import Hunch
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import Part, read
from storage import candidates, tickets
from storage.deployment import Question
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Ticket

WITHIN = timedelta(minutes=10)
PASSING = 2  # characters: so short, a line between the two is no other subject
BARE = 8  # characters of an agreement that does not say with what
NO_ANSWER = (wording.JEST, wording.TIME_ASKED, wording.WHERE_ASKED, wording.NOT_HERE, wording.NO_WITNESS)


@dataclass(frozen=True, slots=True)
class Chime:
    """The line that a message answers, and whether it says the same or says no."""

    line: Line
    hunch: Hunch
    agrees: bool
    echoes: bool = False  # by words of its own: 停了


def heard(incoming: Incoming, ctx: Context, part: Part | None) -> Chime | None:
    """What a neighbour half told and this message says too, or denies; None where it answers nothing of the kind."""
    if not _may_chime(incoming, ctx, part):
        return None
    own = part or _half_told(ctx)
    if own is None and len(ctx.words) > hunch.SHORT and not _nods(ctx):
        return None
    found: Chime | None = None
    for line, plainly in _answerable(incoming, ctx, anything=own is not None):
        chime = _answer(ctx, own, line, plainly=plainly)
        if found is None or (chime is not None and _is_one(chime, found)):
            found = chime  # at last whoever told it first
    return found


def _may_chime(incoming: Incoming, ctx: Context, part: Part | None) -> bool:
    if ctx.group is None or ctx.who.is_staff or not belonging.has_words(incoming) or len(ctx.reading.parts) > 1:
        return False
    grave = part is not None and part.urgency == EMERGENCY
    own = part is not None and burst.photo_waits(ctx)  # they say what their photo shows
    return not (grave or own or holding.is_confidential(ctx) or _is_aside(ctx))


def _half_told(ctx: Context) -> Part | None:
    told = hunch.guess(ctx.words)
    return told.part if told is not None else None


def _answerable(incoming: Incoming, ctx: Context, *, anything: bool) -> Iterator[tuple[Line, bool]]:
    """The lines that a message may answer, newest first, and whether somebody has said no since: 是啊 behind a no does
    not mean the question. Behind another subject only what its speaker said before it is meant."""
    denied, speaker = False, None
    for line in lines_before(incoming, ctx, WITHIN):
        if speaker not in (None, line.row.sender_id):
            return
        yield line, denied
        if not anything and line.hunch is None and not _passes(line):
            speaker = line.row.sender_id
        denied = denied or _denies(line.words)


def _is_aside(ctx: Context) -> bool:
    """Thanks, a joke, a question of time or place, talk of elsewhere: no answer."""
    text = fold(ctx.words)
    if ctx.reading.cues & belonging.NEVER_PART or ctx.reading.kind in ("consult", "praise"):
        return True
    return any(belonging.says(one, text) for one in NO_ANSWER)


def _is_one(one: Chime, other: Chime) -> bool:
    """Whether two lines half tell the same trouble, and the message says the same to both."""
    same = one.agrees == other.agrees and one.hunch.part.category == other.hunch.part.category
    return same and not apart(subjects_of(one.hunch.said), subjects_of(other.hunch.said))


def _answer(ctx: Context, own: Part | None, line: Line, *, plainly: bool) -> Chime | None:
    told = line.hunch
    if told is None:
        return None
    text = fold(ctx.words)
    answer = hunch.answers(ctx.words, told)
    if answer == "no":
        return Chime(line, told, agrees=False)
    if apart(subjects_of(text), subjects_of(f"{fold(line.words)} {told.said}")):
        return None
    if told.part.category != "utilities" and whereabouts.conflict(belonging.places(ctx), told.part.place) == "building":
        return None
    if own is not None and own.category == told.part.category:
        where = whereabouts.conflict(own.place, told.part.place)
        return Chime(line, told, agrees=True) if where is None or told.part.category == "utilities" else None
    if own is not None and ctx.reading.parts:
        return None
    yes = answer == "yes" or (not plainly and not told.wonders and _nods(ctx) and hunch.repeats(text, told))
    return Chime(line, told, agrees=True, echoes=answer == "yes") if yes else None


def _nods(ctx: Context) -> bool:
    """+1, 是啊, 我家也是."""
    text = fold(ctx.words)
    if ctx.reading.cues & belonging.NO_AGREEMENT or belonging.says(wording.RESUMED, text):
        return False
    return "agreement" in ctx.reading.cues or any(belonging.says(one, text) for one in (wording.ME_TOO, wording.AGREES))


def _denies(words: str) -> bool:
    """我家正常啊: may say no to what somebody half told."""
    return len(words) <= hunch.LONGEST and belonging.says(wording.DENIES, fold(words))


def _passes(line: Line) -> bool:
    """Whether what is said behind a line may still answer the one before it."""
    if belonging.says(wording.FOR_NEIGHBOURS, fold(line.words)):
        return False
    return len(line.words) <= PASSING or hunch.may_answer(line.words) or _denies(line.words)


# --- what becomes of it


@dataclass(frozen=True, slots=True)
class Chimed:
    """What is said, the ticket that the message belongs to, and whether it went with something that waits."""

    replies: Replies = ()
    ticket: Match | None = None
    waits: bool = False


def chimed(incoming: Incoming, ctx: Context, part: Part | None, found: Match | None) -> Chimed | None:
    """What is opened or joined because a neighbour half told it and this message says it too. None: go on as ever.

    ``found``: the ticket that the message would belong to otherwise.
    """
    if found is not None and (part is not None or found.verdict.why not in (Why.AGREED, Why.TOLD_ON)):
        return None
    chime = heard(incoming, ctx, part)
    if chime is None:
        return Chimed() if found is not None and _meant_another(incoming, ctx, found) else None
    if found is not None and found.mine and belonging.says(others.ASKS_YOU, fold(chime.line.words)):
        return None  # a neighbour asks after the very trouble that they told
    known = _ticket_of(ctx, chime) if found is None or chime.line.row.ticket_id != found.ticket.id else found
    if not chime.agrees:
        same = found is not None and known is not None and known.ticket.id == found.ticket.id
        return None if same or part is not None else Chimed()
    if wait(ctx, chime):
        return Chimed(waits=True)
    if known is not None or chime.line.row.ticket_id is not None:
        return Chimed(ticket=known) if known is not None else None
    if candidates.was_shown(ctx.db, chime.line.row.id):
        return Chimed()
    return _opened(incoming, ctx, chime)


def _meant_another(incoming: Incoming, ctx: Context, found: Match) -> bool:
    """+1 right behind 有没有人拼团, 可不是嘛 behind 菜真贵: it goes to that, and to no ticket."""
    text = fold(ctx.words)
    if found.verdict.why is not Why.AGREED or incoming.quoted is not None or subjects_of(text) or ctx.reading.parts:
        return False
    if len(text) > BARE and open_here.shared(ctx, found.ticket, text):
        return False
    lines = lines_before(incoming, ctx, WITHIN)
    line = next((line for line in lines if line.row.ticket_id is not None or not _only_agrees(line)), None)
    if line is None or line.row.ticket_id is not None:
        return False
    said = fold(line.words)
    told = {member.account_id for member in tickets.members(ctx.db, found.ticket)}  # who told of it goes on about it
    return _is_for_neighbours(said) or (line.row.sender_id not in told and _is_other_talk(line, said))


def _only_agrees(line: Line) -> bool:
    """可不是嘛, 唉: it brings up nothing."""
    return len(line.words) < others.SUBSTANTIAL or "agreement" in read(line.words).cues


def _is_other_talk(line: Line, said: str) -> bool:
    """Whether it brings up something that has nothing to do with any trouble, nor says where."""
    if (
        line.hunch is not None
        or whereabouts.levels(span.text for span in find(said))
        or belonging.says(others.OF_A_TROUBLE, said)
    ):
        return False
    return not subjects_of(said) and read(line.words).band == "low"


def _is_for_neighbours(text: str) -> bool:
    if belonging.says(wording.FOR_NEIGHBOURS, text):
        return True
    return belonging.says(wording.ASKS_NEIGHBOURS, text) and not belonging.says(wording.ABOUT_A_TROUBLE, text)


def _opened(incoming: Incoming, ctx: Context, chime: Chime) -> Chimed:
    """Opens it for whoever half told it first, or shows it to a person where the group is set so."""
    said, then = as_then(ctx, chime)
    _forget_question(ctx, chime.line.row)
    parts = [chime.hunch.part]
    if holding.holds(incoming, then, parts):
        replies = proposing.propose(said, then, parts)
        return Chimed(replies, waits=wait(ctx, chime))
    replies = open_parts(said, then, parts)
    ctx.db.flush()
    return Chimed(replies, ticket=_match(ctx, ctx.db.get_one(Ticket, chime.line.row.ticket_id)))


def wait(ctx: Context, chime: Chime) -> bool:
    """Whether the line is one of those that nobody decided yet; the message then goes with it."""
    if ctx.group is None or ctx.group.mode == candidates.DIRECT:
        return False
    row = chime.line.row
    for candidate in candidates.waiting(ctx.db, [ctx.group.id], ctx.group.mode, ctx.now - WITHIN - WITHIN):
        if row.id in (candidate.inbox_id, *holding.attached(candidate)):
            holding.go_with(ctx, candidate, voice=True)
            return True
    said, then = as_then(ctx, chime)
    held = holding.match(said, then, chime.hunch.part)
    if held is None or held.candidate.reading["category"] != chime.hunch.part.category:
        return False
    holding.go_with(ctx, held.candidate, voice=True)
    return True


def as_then(ctx: Context, chime: Chime) -> tuple[Incoming, Context]:
    """The line as it was said, by whoever said it, read as what it half tells."""
    assert ctx.group is not None
    row = chime.line.row
    account = ctx.db.get_one(Account, row.sender_id)
    name = ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""
    said = Incoming(
        key=row.key,
        door=row.door,
        sender="",
        chat=ctx.group.chat,
        kind=Kind.TEXT,
        said_at=row.said_at,
        received_at=row.received_at,
        text=ctx.vault.open(row.text or "", "inbox.text", row.ref),
        quoted=row.quoted_key,
        shown_name=name,
    )
    return said, replace(ctx, inbox=row, reading=chime.hunch.reading, words=chime.line.words, who=Who(account))


def _ticket_of(ctx: Context, chime: Chime) -> Match | None:
    """The ticket that the line belongs to, or would by what it half tells; whoever agrees is affected, too."""
    row = chime.line.row
    if row.ticket_id is not None:
        near = next((ticket for ticket in open_here.lately(ctx) if ticket.id == row.ticket_id), None)
        by_itself = not chime.echoes and read(chime.line.words).band == "high"  # then it is weighed like all talk
        return _match(ctx, near) if near is not None and not by_itself else None
    said, then = as_then(ctx, chime)
    found = belonging.match(said, then, chime.hunch.part)
    return _match(ctx, found.ticket) if found and found.ticket.category == chime.hunch.part.category else None


def _match(ctx: Context, ticket: Ticket) -> Match | None:
    mine = ticket.reporter_id in ctx.mine
    return Match(ticket, Verdict(Why.AGREED, 6), mine) if mine or not ticket.confidential else None


def _forget_question(ctx: Context, row: Inbox) -> None:
    """Whoever said it need not answer any more whether they report it."""
    mine = select(Question).where(Question.kind == "report", Question.account_id == row.sender_id)
    for question in ctx.db.scalars(mine):
        if question.data.get("inbox") == row.id:
            ctx.db.delete(question)
