"""What residents say to the bot alone while they wait: who comes and when, 怎么还没人来, 明天我不在家, 好的, 不用.

A question is answered with how it stands; impatience is passed on besides, and promises nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.context import Context
from handlers.matter import belonging, burst, own_open
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import ABOUT_ANYTHING, RELATED
from handlers.rules.subjects import subjects_of
from handlers.ticket import cards, case
from handlers.wording import delicate, joining
from handlers.wording import help as help_wording
from handlers.wording import report as report_wording
from handlers.wording import waiting as wording
from nlp.normalise import fold
from nlp.reading import Part
from storage import facts, tickets
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Status

LONGEST = 40  # characters; whoever says more tells something, too
LEFT = 1  # characters beside the question that may mean anything
CHOICE = "consult"  # the question which answer is meant; a number answers it
NOBODY_COMES = "property_service"  # what it is taken for, where nothing else is said
TELLS = 4  # so many tell something besides
SHOWN = 3  # tickets


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """什么时候来人, 能不能快点, 你们到底管不管: by somebody whose report is open."""
    text = fold(ctx.words)
    if not _is_alone(incoming, ctx) or not 0 < len(text) <= LONGEST or ctx.reading.doubtful:
        return None
    if "human" in ctx.reading.cues or belonging.says(wording.ARRANGES, text):
        return None
    if text.isdigit() and case.asked(ctx, CHOICE) is None and (told := _by_number(ctx, text)) is not None:
        return told
    angry, urges = belonging.says(wording.ANGRY, text), _urges(text)
    if not (angry or urges or belonging.says(wording.ASKS, text)):
        return None
    meant = _meant(ctx, text, angry=angry)
    if not meant or not _is_nothing_new(ctx, meant) or (belonging.places(ctx) and not meant[0].place):
        return None
    if angry or urges:
        return _urged(incoming, ctx, meant[0], angry=angry)
    if _beside(text, wording.ASKS) > TELLS:
        return _added(incoming, ctx, meant[0], more=True)
    lines = "\n".join(_standing(ctx, ticket) for ticket in meant[:SHOWN])
    return [Reply(lines, ticket_id=meant[0].id)]


def asked_in_group(incoming: Incoming, ctx: Context) -> Replies | None:
    """路灯啥时候修, 三天了还没动静, in the group where it was told, by whoever told it: they hear in private."""
    text = fold(ctx.words)
    if not _is_told_here(incoming, ctx) or not 0 < len(text) <= LONGEST or belonging.says(wording.HOWEVER, text):
        return None
    angry, urges = belonging.says(wording.ANGRY, text), _urges(text)
    meant = _meant_here(ctx, text) if angry or urges or belonging.says(wording.ASKS, text) else []
    if not meant or not _is_nothing_new(ctx, meant):
        return None
    if angry or urges:
        return _urged(incoming, ctx, meant[0], angry=angry)
    return [Reply(_standing(ctx, meant[0]), to=case.sender(ctx), ticket_id=meant[0].id)]


def of_nothing(incoming: Incoming, ctx: Context) -> Replies | None:
    """怎么还没人来, by somebody of whom nothing is open: nobody could go anywhere. What it is, is asked in private."""
    if ctx.who.is_staff or not belonging.has_words(incoming) or incoming.quoted is not None:
        return None
    if not _is_bare(ctx, fold(ctx.words)) or own_open.concerned(ctx) or burst.earlier(ctx):
        return None
    known = ctx.who.is_attentive(ctx.now)
    burst.expect_words(ctx)
    return [] if ctx.group is not None and known else [Reply(wording.NOTHING_TOLD, to=case.sender(ctx))]


def _is_bare(ctx: Context, text: str) -> bool:
    """Whether it sounds like a report, and tells no more than that nobody comes."""
    told = {(part.category, part.urgency) for part in ctx.reading.parts}
    if told != {(NOBODY_COMES, "ordinary")} or ctx.reading.doubtful or len(text) > LONGEST:
        return False
    if subjects_of(text) or belonging.places(ctx):
        return False
    left = _beside(text, wording.ASKS, wording.URGES, joining.URGES, wording.ANGRY, wording.SPAN)
    return left <= LEFT and (_urges(text) or belonging.says(wording.ANGRY, text))


def _is_told_here(incoming: Incoming, ctx: Context) -> bool:
    """Said to nobody else, in a group of residents, and asked in no words that a command answers."""
    in_group = ctx.group is not None and not ctx.who.is_staff and belonging.has_words(incoming)
    by_command = "status_question" in ctx.reading.cues and not ctx.reading.parts
    plainly = not (ctx.reading.doubtful or by_command) and incoming.quoted is None
    return in_group and plainly and (ctx.who.is_attentive(ctx.now) or _is_bare(ctx, fold(ctx.words)))


def _meant_here(ctx: Context, text: str) -> list[Ticket]:
    """What the words name of what was told here; where they name nothing, what nobody would say of anything else."""
    told = [row for row in own_open.reported(ctx) if not row.confidential and row.urgency != EMERGENCY]
    here = [row for row in told if row.group_id == ctx.inbox.group_id]
    if _is_bare(ctx, text):
        return here or told
    if subjects_of(text) or belonging.places(ctx):
        return own_open.named(ctx, here, text)
    left = _beside(text, wording.ASKS, wording.URGES, joining.URGES, wording.ANGRY, wording.SPAN)
    return here if left <= LEFT and belonging.says(wording.OF_A_REPORT, text) else []


def _standing(ctx: Context, ticket: Ticket) -> str:
    """Where it stands; to somebody in trouble of their own, until somebody comes, that they were heard."""
    warmly = case.is_private_trouble(ticket) and ticket.status == Status.REPORTED
    return delicate.STILL_HERE if warmly else cards.status_line(ctx, ticket)


def _by_number(ctx: Context, text: str) -> Replies | None:
    """Its number alone asks how it stands."""
    found = (ticket for ticket in own_open.concerned(ctx) if str(ticket.number) == text)
    ticket = next(found, None)
    return [Reply(cards.status_line(ctx, ticket), ticket_id=ticket.id)] if ticket is not None else None


def _is_alone(incoming: Incoming, ctx: Context) -> bool:
    """Said to the bot in private by somebody who may have told something."""
    in_private = ctx.group is None and not ctx.who.is_staff and belonging.has_words(incoming)
    return in_private and ctx.who.is_attentive(ctx.now)


def _urges(text: str) -> bool:
    return belonging.says(wording.URGES, text) or belonging.says(joining.URGES, text)


def _meant(ctx: Context, text: str, *, angry: bool) -> list[Ticket]:
    """What the words name; all, where they name nothing at all; none, where they ask of something else."""
    found = own_open.concerned(ctx)
    if named := own_open.named(ctx, found, text):
        return named
    left = _beside(text, wording.ASKS, wording.URGES, joining.URGES, wording.ANGRY)
    return found if left <= LEFT or (angry and not _names(ctx, text)) else []


def _beside(text: str, *patterns: str) -> int:
    """How many characters there are that neither ask nor say what everybody says around a question."""
    for pattern in patterns:
        text = belonging.cut(pattern, text)
    return sum(char.isalnum() for char in wording.AROUND_IT.sub("", text))


def _names(ctx: Context, text: str) -> bool:
    """Whether it says what is wrong, or where: 老百姓的事就没人管 only grumbles."""
    return bool(subjects_of(text)) or any(_is_plain(part, text) for part in ctx.reading.parts)


def _is_plain(part: Part, text: str) -> bool:
    named = part.named and (part.category != "welfare" or belonging.says(wording.FRAIL, text))
    return named or bool(part.place)


def _is_nothing_new(ctx: Context, meant: Sequence[Ticket]) -> bool:
    """What sounds like a report is the one that was told, or a grumble at those who should see to it."""
    parts = ctx.reading.parts
    grave = any(part.urgency == EMERGENCY for part in parts)
    return not grave and (all(_is_of(part, meant) for part in parts) or not _names(ctx, fold(ctx.words)))


def _is_of(part: Part, meant: Sequence[Ticket]) -> bool:
    pairs = [frozenset((part.category, ticket.category)) for ticket in meant]
    return part.category in ABOUT_ANYTHING or any(len(pair) == 1 or pair in RELATED for pair in pairs)


def _urged(incoming: Incoming, ctx: Context, ticket: Ticket, *, angry: bool) -> Replies:
    """Whoever works on it hears it in the words it was said in, once in a while; the person each time, ever shorter."""
    again, twice, breath = (
        _urged_within(ctx, ticket, span) for span in (ctx.policy.additions, ctx.policy.burst, burst.BREATH)
    )
    case.belongs(ctx, ticket)
    data = {"urged": True, "kind": incoming.kind}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    if breath or twice > 1:
        return []
    head = wording.URGED_AGAIN if again else wording.ANGERED if angry else report_wording.URGED
    answer = Reply(f"{head}{_standing(ctx, ticket)}", to=case.sender(ctx), ticket_id=ticket.id)
    return [answer] if again else [answer, *case.tell_workers(ctx, ticket, fact, _form(ctx, ticket), incoming.text)]


def _form(ctx: Context, ticket: Ticket) -> str:
    return report_wording.ADDED_STAFF if ticket.reporter_id in ctx.mine else report_wording.NEIGHBOUR_STAFF


def _urged_within(ctx: Context, ticket: Ticket, within: timedelta) -> int:
    """How often they said that of it lately."""
    since = ctx.now - within
    said = (fact for fact in facts.of_ticket(ctx.db, ticket.id) if fact.data.get("urged"))
    return sum(fact.at > since and fact.account_id in ctx.mine for fact in said)


def arranges(incoming: Incoming, ctx: Context) -> Replies | None:
    """明天我不在家，来之前打电话: whoever comes has to know, however long ago it was reported."""
    text = fold(ctx.words)
    besides = "thanks" in ctx.reading.cues and belonging.says(wording.HOWEVER, text)
    if not _is_alone(incoming, ctx) or ctx.reading.parts or not (besides or belonging.says(wording.ARRANGES, text)):
        return None
    found = own_open.reported(ctx)
    meant = next(iter([*own_open.named(ctx, found, text), *found]), None)
    if meant is None:
        return None
    return _added(incoming, ctx, meant, more=besides or belonging.says(wording.ASKS, text) or _urges(text))


def _added(incoming: Incoming, ctx: Context, ticket: Ticket, *, more: bool) -> Replies:
    """Passed on to whoever works on it; ``more``: with how it stands."""
    case.belongs(ctx, ticket)
    data = {"kind": incoming.kind, "because": "told_on"}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    heard = report_wording.ADDED.format(number=tickets.lead(ctx.db, ticket).number)
    heard = f"{heard}\n{cards.status_line(ctx, ticket)}" if more else heard
    staff = case.tell_workers(ctx, ticket, fact, _form(ctx, ticket), incoming.text)
    return [Reply(heard, ticket_id=ticket.id), *staff]


def nodded(incoming: Incoming, ctx: Context) -> Replies | None:
    """好的, 那我等着, 👍, in private, when nothing was asked: nothing for whoever works on it, and no answer to that.
    Kind words get one; a bare no is asked back, where something is open that it may mean."""
    if ctx.group is not None or ctx.who.is_staff or not belonging.has_words(incoming) or ctx.reading.parts:
        return None
    text = "".join(char for char in fold(ctx.words).lower() if char.isalnum())
    if wording.BYE.fullmatch(text):
        return [Reply(wording.GOODBYE)]
    if (
        wording.NOD.fullmatch(text)
        or wording.OF_ONESELF.fullmatch(text)
        or ctx.words.strip(help_wording.AROUND) in joining.NODS
    ):
        return []
    if (line := _idle(ctx, text)) is not None:
        return [Reply(line)]
    if not text and incoming.kind is Kind.TEXT:
        return [] if ctx.who.is_attentive(ctx.now) else None
    if belonging.says(wording.WARM, fold(ctx.words)) and not _says_more(fold(ctx.words)):
        return [Reply(help_wording.NOT_AT_ALL)]
    return _says_no(ctx) if wording.NO.fullmatch(text) else None


def _idle(ctx: Context, bare: str) -> str | None:
    """One warm line to what is said of nothing, or of one's own day; where to turn with what all should hear."""
    text = fold(ctx.words)
    known = ctx.who.is_attentive(ctx.now) or "greeting" not in ctx.reading.cues  # whoever is new is welcomed
    if known and wording.SMALL_TALK.fullmatch(bare):
        return help_wording.HELLO
    if subjects_of(text) or belonging.places(ctx):
        return None
    if belonging.says(wording.FOR_ALL, text):
        return help_wording.FOR_ALL
    return help_wording.CHATS if belonging.says(wording.OF_THE_DAY, text) else None


def _says_more(text: str) -> bool:
    return belonging.says(joining.ASKS, text) or belonging.says(wording.HOWEVER, text)


def _says_no(ctx: Context) -> Replies | None:
    found = own_open.reported(ctx) if ctx.who.is_attentive(ctx.now) else []
    if not found:
        return None
    form = wording.STAYS if len(found) == 1 else wording.STAYS_ALL
    return [Reply(form.format(number=tickets.lead(ctx.db, found[0]).number), ticket_id=found[0].id)]
