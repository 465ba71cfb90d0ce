"""Help, greetings, whom to turn to, and the gentle word when nothing was understood."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.matter import belonging, burst
from handlers.matter.knocks import is_knock, would_tell_on
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import turning_to
from handlers.talk import helping
from handlers.ticket import cards, case
from handlers.wording import consulting as consulting_wording
from handlers.wording import help as wording
from handlers.wording import waiting as waiting_wording
from handlers.wording.desk import YES
from handlers.wording.feedback import BAD
from handlers.wording.joining import NODS
from nlp.delicate import takes_back
from nlp.normalise import fold, tight
from storage import signing_in
from storage.tickets import Member as Concerned
from storage.tickets import Ticket
from storage.workflow import OPEN

PICTURES = frozenset({Kind.IMAGE, Kind.VIDEO})
LONGEST_QUESTION = 20  # characters
HEARD = "heavy"  # a mark that their heavy heart was answered
HINT_EVERY = timedelta(hours=1)
IDLE_WORDS = frozenset({"greeting", "agreement", "thanks"})


@on("help")
def show_help(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """帮助, 帮助 全部, 帮助 吹哨, 帮助 接单: to the person, never into the group."""
    return [Reply("\n".join(helping.lines(order.rest, ctx.who)), to=case.sender(ctx))]


@on("human")
def human(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """人工, 找网格员: a person, a phone and hours, and 12345 as the last resort."""
    return [_whom_to_ring(ctx), Reply(wording.HUMAN_COMES, way="handover")]


def asks_for_person(incoming: Incoming, ctx: Context) -> Replies | None:
    """The same in everyday words, when it is said to the bot."""
    if not incoming.addressed:
        return None
    text = fold(ctx.words)
    plain = not ctx.reading.parts and (belonging.says(wording.PERSON_ASKED, text) or _names_one(ctx, text))
    if not plain and "human" not in ctx.reading.cues:
        return None
    return human(incoming, ctx, Order("human"))


def _names_one(ctx: Context, text: str) -> bool:
    """找小赵: one of those who would be named anyhow."""
    called = belonging.each(wording.CALLED_FOR, text) if len(text) <= LONGEST_QUESTION else []
    return bool(called) and any(name in text for name in turning_to.names(ctx))


def asks_phone(incoming: Incoming, ctx: Context) -> Replies | None:
    """社区电话多少: whom to ring and when. Nobody is called to the chat for it."""
    text = fold(ctx.words)
    if not incoming.addressed or ctx.who.is_staff or _complains(ctx) or not belonging.says(wording.PHONE_ASKED, text):
        return None
    known = next((line for asked, line in wording.NATIONAL if belonging.says(asked, text)), None)
    if known is not None:
        return [Reply(f"{known}\n{wording.HUMAN_CITY}", to=case.sender(ctx))]
    return [_whom_to_ring(ctx)]


def _complains(ctx: Context) -> bool:
    """有没有物业电话 is hardly a complaint of it, nor is 燃气公司电话 one of gas."""
    if not ctx.alarms and belonging.says(wording.ONLY_PHONE, fold(ctx.words)):
        return False
    surely = ctx.reading.band == "high" and bool(ctx.reading.parts)
    return surely or any(part.category != "property_service" for part in ctx.reading.parts)


def _whom_to_ring(ctx: Context) -> Reply:
    lines = [wording.HUMAN_HEAD, *turning_to.desk_lines(ctx), wording.HUMAN_CITY]
    return Reply("\n".join(lines), to=case.sender(ctx))


def asks_who(incoming: Incoming, ctx: Context) -> Replies | None:
    """It says that it is a bot when it is asked."""
    asked = ctx.words.strip(wording.AROUND) in wording.WHO_ARE_YOU
    if not incoming.addressed or len(ctx.words) > LONGEST_QUESTION:
        return None
    return [Reply(wording.ROBOT)] if asked or belonging.says(wording.IS_IT_A_BOT, fold(ctx.words)) else None


def asks_who_reported(incoming: Incoming, ctx: Context) -> Replies | None:
    """谁报的: told to nobody here. Whoever may know reads it where the ticket stands."""
    asked = incoming.addressed and len(ctx.words) <= LONGEST_QUESTION
    if not asked or not belonging.says(wording.WHO_REPORTED, fold(ctx.words)):
        return None
    return [Reply(wording.NOT_TOLD_WHO, to=case.sender(ctx))]


def opens(incoming: Incoming, ctx: Context) -> Replies | None:
    """在吗, 我要报修: somebody knocks and waits to be asked in."""
    if not incoming.addressed:
        return None
    if would_tell_on(ctx.words):
        burst.expect_words(ctx)
        return [Reply(wording.COME_IN_TELLING, to=case.sender(ctx))]
    if not is_knock(ctx.words):
        return None
    return [Reply(wording.COME_IN, to=case.sender(ctx))]


def called(incoming: Incoming, ctx: Context) -> Replies | None:
    """@小助手 and nothing else in a group is like a knock; a nod or a smile wants no answer."""
    if incoming.kind is not Kind.TEXT or not incoming.addressed or ctx.group is None or incoming.quoted is not None:
        return None
    said = ctx.words.strip(wording.AROUND)
    if not said:
        return [Reply(wording.COME_IN, to=case.sender(ctx))]
    return [] if said in NODS or not any(map(str.isalnum, said)) else None


def welcome(incoming: Incoming, ctx: Context) -> Replies | None:
    """A new follower, a scanned code, an event that needs no answer."""
    if incoming.kind is not Kind.EVENT:
        return None
    if incoming.event == "unsubscribe":
        ctx.who.account.follows = False
        if "change" in incoming.data:  # deleted or renamed on the platform: somebody else may be given the name
            signing_in.unbind(ctx.db, ctx.who.account)
        return []
    if incoming.event in ("subscribe", "scan"):
        ctx.who.account.follows = True
        ctx.who.account.hinted_at = ctx.now
        return [Reply(wording.WELCOME)]
    if incoming.event == "enter" and incoming.data.get("welcome"):  # the platform lets us greet, once in two days
        ctx.who.account.hinted_at = ctx.now
        return [Reply(wording.WELCOME, way="welcome", code=incoming.data["welcome"])]
    return []


def danger(incoming: Incoming, ctx: Context) -> Replies | None:
    """Somebody is lost, in the water or armed: whoever is on duty hears of it at once, in private; the group nothing.

    Words that ``nlp.delicate`` knows and took back (a film, a joke, a sale) ring for nobody.
    """
    if ctx.who.is_staff or ctx.reading.parts or not _rings(incoming, ctx):
        return None
    home = turning_to.home(ctx)
    place = (ctx.group.place or ctx.group.name) if ctx.group is not None else (home.name if home is not None else "")
    alarms = [
        Reply(wording.DANGER_STAFF.format(place=place), to=Member(staff.id), urgent=True)
        for staff in turning_to.on_duty(ctx)
    ]
    return [Reply(wording.DANGER, to=case.sender(ctx), urgent=True), *alarms]


def _rings(incoming: Incoming, ctx: Context) -> bool:
    if not belonging.has_words(incoming):
        return False
    if belonging.private_trouble(ctx) is not None:
        return True
    return "danger_word" in ctx.reading.cues and not takes_back(tight(fold(ctx.words))[0])


def _of_work(incoming: Incoming, ctx: Context) -> str | None:
    """Each word of staff to the bot is meant to do something: none may be lost unnoticed. Empty: a nod."""
    if incoming.kind is Kind.VOICE and not incoming.text:
        return wording.STAFF_VOICE
    word = ctx.words.strip(wording.AROUND)
    if ctx.reading.cues & IDLE_WORDS and not word.isdigit():  # 1 agrees among neighbours, and is a ticket's number here
        return None
    if word in YES:
        return "" if word in NODS else wording.STAFF_NOT_ASKED
    return wording.STAFF_HINT


def _waiting(ctx: Context, *, broken: bool) -> Ticket | None:
    """The newest open ticket of whoever is not understood: most likely they ask about that. ``broken``: they say so."""
    if ctx.who.is_staff or not (broken or ctx.who.is_attentive(ctx.now)):
        return None
    joined = select(Concerned.ticket_id).where(Concerned.account_id.in_(ctx.mine))
    mine = select(Ticket).where(Ticket.id.in_(joined), Ticket.status.in_(OPEN))
    return ctx.db.scalars(mine.order_by(Ticket.id.desc()).limit(1)).first()


def _standing(ctx: Context) -> Reply | None:
    """Where the newest open ticket stands, to somebody who most likely asks about it: each time in private."""
    broken = "still_broken" in ctx.reading.cues or ctx.words.strip(wording.AROUND).startswith(BAD)
    waiting = _waiting(ctx, broken=broken)
    idle = bool(ctx.reading.cues & IDLE_WORDS)
    lately = ctx.who.account.hinted_at is not None and ctx.now - ctx.who.account.hinted_at < HINT_EVERY
    if waiting is None or "greeting" in ctx.reading.cues or (lately and (ctx.group is not None or idle)):
        return None
    ctx.who.account.hinted_at = ctx.now
    head = wording.STILL_BROKEN if broken else wording.STILL_ON
    return Reply(f"{head}{cards.status_line(ctx, waiting)}", to=case.sender(ctx), ticket_id=waiting.id)


def _not_known(ctx: Context) -> Reply | None:
    """什么时候供暖, asked in private, is understood, though nobody wrote down an answer: whom to ask."""
    asks = ctx.group is None and not ctx.who.is_staff and belonging.says(waiting_wording.ASKS, fold(ctx.words))
    lines = [consulting_wording.NOT_KNOWN, *turning_to.desk_lines(ctx), wording.HUMAN_CITY] if asks else []
    return Reply("\n".join(lines)) if lines else None


def hint(incoming: Incoming, ctx: Context) -> Replies | None:
    """Said to the bot and not understood: one friendly line, at most once an hour, never a scolding."""
    if not incoming.addressed or incoming.kind is Kind.SYSTEM:
        return None
    if ctx.who.is_staff and incoming.kind in PICTURES:
        return [Reply(wording.STAFF_PHOTO, to=case.sender(ctx))]
    if incoming.kind not in (Kind.TEXT, Kind.VOICE, Kind.PRESS):
        return [Reply(wording.UNKNOWN_KIND, to=case.sender(ctx))]
    if "thanks" in ctx.reading.cues:
        return [Reply(wording.NOT_AT_ALL, to=case.sender(ctx))]
    if ctx.who.is_staff and (said := _of_work(incoming, ctx)) is not None:
        return [Reply(said, to=case.sender(ctx))] if said else []
    _listen(ctx)
    if (understood := _understood(ctx)) is not None:
        return understood
    last = ctx.who.account.hinted_at
    if last is not None and ctx.now - last < HINT_EVERY:
        return _once_more(ctx, last)
    ctx.who.account.hinted_at = ctx.now
    slowly = wording.SLOWLY if belonging.says(wording.NEEDS_TIME, fold(ctx.words)) else wording.HINT
    return [Reply(wording.WELCOME if "greeting" in ctx.reading.cues else slowly, to=case.sender(ctx))]


def _understood(ctx: Context) -> Replies | None:
    """What is no report, and asks or says something all the same."""
    standing = _not_known(ctx) or _standing(ctx)
    return [standing] if standing is not None else _heavy(ctx)


def _heavy(ctx: Context) -> Replies | None:
    """孩子都不管我, 我头晕, to the bot alone: who listens or helps, and that somebody may come; once a while."""
    alone = ctx.group is None and not ctx.who.is_staff and not ctx.reading.parts
    if not alone:
        return None
    text = fold(ctx.words)
    answer = wording.CARES if belonging.says(wording.UNWELL, text) else wording.LISTENS
    if answer == wording.LISTENS and not belonging.says(wording.HEAVY, text):
        return None
    if case.asked(ctx, HEARD) is not None:
        return []
    case.ask(ctx, ctx.who.account.id, ctx.address, HEARD, ticket=None, until=ctx.now + ctx.policy.burst)
    return [Reply(answer)]


def _listen(ctx: Context) -> None:
    """To the bot alone it may have been the first piece of something: what follows is read with it."""
    if ctx.group is None and not ctx.who.is_staff:
        burst.expect_words(ctx)


def _once_more(ctx: Context, last: datetime) -> Replies:
    """In private nobody speaks into the void: another word gets another answer, but those of one breath get one."""
    if ctx.group is not None:
        return []
    if "greeting" in ctx.reading.cues:
        return [Reply(wording.HELLO)]
    if ctx.now - last < burst.BREATH or ctx.reading.cues & IDLE_WORDS or not any(map(str.isalnum, ctx.words)):
        return []
    ctx.who.account.hinted_at = ctx.now
    return [Reply(wording.AGAIN)]
