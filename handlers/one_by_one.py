"""接单1，2转给物业，3已经办好了换了灯泡: several orders in one message of staff, each of another ticket.

What is said plainly is done, each as if it had been said alone; what is only probably meant is asked about in a single
question; what nobody could make anything of is named, with its ticket: nothing is left undone in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handlers import clauses, commanding, meaning
from handlers.clauses import Clause
from handlers.context import Context
from handlers.everyday import Everyday
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import MENTION, Order, parse
from handlers.ticket import case, choosing
from handlers.wording import clauses as wording
from handlers.wording import desk as desk_wording
from handlers.wording import meaning as meaning_wording
from handlers.wording.commands import BLANKS
from handlers.wording.commands import COMMANDS as SAID
from nlp.normalise import normalise
from nlp.reading import ReadingContext, read
from storage import tickets
from storage.inbox import Inbox

MOST = 8  # orders in one message
QUESTION = "meant_each"
OF_TICKETS = frozenset(choosing.ELIGIBLE)
SURE = frozenset({"accept", "resolve", "reassign"})  # of these the everyday words are enough in such a list
TOLD = frozenset({"progress", "resolve"})
_STRONG, _MORE = re.compile(wording.STRONG), re.compile(r"[\d、\s]")
_A_DATE = re.compile(wording.A_DATE)


@dataclass(frozen=True, slots=True)
class Part:
    """One clause, its words and what they come to."""

    clause: Clause
    words: str
    found: Everyday | None

    @property
    def numbers(self) -> tuple[int, ...]:
        own = self.found.order.numbers if self.found is not None else clauses.numbers_of(self.words)
        return own or clauses.numbers_of(self.words)

    @property
    def is_number_first(self) -> bool:
        return clauses.names_number_first(self.words)

    @property
    def is_loose(self) -> bool:
        """Whether it is nothing more than words behind a number."""
        return self.found is None or (not self.found.plainly and self.found.order.command == "progress")


def each(incoming: Incoming, ctx: Context) -> Replies | None:
    """None where it is one order, or none."""
    text = _listed(incoming, ctx)
    parts = _parts(incoming, ctx, text) if text else []
    if not parts or not _are_orders(ctx, parts):
        return None
    aloud = ctx.group is None or incoming.addressed or any(one.found and one.found.plainly for one in parts)
    now = [one for one in parts if _is_sure(one, aloud=aloud)]
    done = _all_done(incoming, ctx, now, text)
    left = [_read(incoming, ctx, one.clause, text) for one in parts if one not in now]
    asked = [*_unclear(ctx, left, text), *_asked(ctx, left)] if aloud else list(_asked(ctx, left))
    return commanding.in_one(ctx, [*done, *asked]) or None


def confirmed(incoming: Incoming, ctx: Context) -> Replies | None:
    """是: all of what was asked about is done; no, and none of it is."""
    word = ctx.words.strip(BLANKS)
    if incoming.kind is not Kind.TEXT or ctx.group is not None or word not in (*desk_wording.YES, *desk_wording.NO):
        return None
    question = case.asked(ctx, QUESTION) if ctx.who.is_staff else None
    if question is None or case.asked_since(ctx, question):
        return None
    ctx.db.delete(question)
    row = ctx.db.get(Inbox, question.data["said"])
    said = ctx.vault.open(row.text, "inbox.text", row.ref) if row is not None and row.text else ""
    if word in desk_wording.NO or not said:
        return [Reply(meaning_wording.LEFT)]
    text = clauses.typed(said)
    left = [Clause(start, end, more=tuple(more)) for start, end, more in question.data["left"]]
    parts = [_read(incoming, ctx, one, text) for one in left]
    done = _all_done(incoming, ctx, [one for one in parts if one.found is not None], text)
    return commanding.in_one(ctx, done) or [Reply(meaning_wording.LEFT)]


# --- what was said


def _listed(incoming: Incoming, ctx: Context) -> str:
    """The message, where it may be several orders: of staff, and to no colleague."""
    heard = incoming.kind in (Kind.TEXT, Kind.VOICE) and ctx.who.is_staff
    to_somebody = MENTION.match(f"{ctx.words} ") is not None and not incoming.addressed
    order = parse(ctx.words)
    of_more = order is not None and (order.command not in OF_TICKETS or _is_to_one(order, ctx.words))  # 并案 2 3 到 1
    return clauses.typed(incoming.text) if heard and not (to_somebody or of_more) else ""


def _is_to_one(order: Order, words: str) -> bool:
    """转派 1 2 3 物业: all of them to whoever stands behind."""
    several = order.command == "reassign" and len(order.numbers) > 1 and bool(order.rest)
    return several and _MORE.search(order.rest) is None and _STRONG.search(words) is None


def _parts(incoming: Incoming, ctx: Context, text: str) -> list[Part]:
    """What it is made of; nothing where it is one order that was typed like one."""
    found: list[Part] = []
    for clause in clauses.cut(text)[: MOST + 1]:
        one = _read(incoming, ctx, clause, text)
        if found and (whole := _with_the_one_before(found[-1], one)) is not None:
            found[-1] = _read(incoming, ctx, whole, text)
        else:
            found.append(one)
    several = 2 <= len(found) <= MOST or any(one.clause.more and one.is_number_first for one in found)
    return found if several else []


def _read(incoming: Incoming, ctx: Context, clause: Clause, text: str) -> Part:
    said = clause.of(text)
    words = _bare(normalise(said))
    if clause.alone:
        return Part(clause, words, None)
    reading = read(words, ReadingContext(addressed=incoming.addressed))
    order = parse(words)
    here = replace(ctx, words=words, reading=reading)
    one = Everyday(order, plainly=True) if order is not None else meaning.meant(incoming, here)
    if one is None or one.order.command not in OF_TICKETS:
        return Part(clause, words, None)
    numbers = dict.fromkeys((*clause.more, *one.order.numbers))
    return Part(clause, words, replace(one, order=replace(one.order, numbers=tuple(numbers))))


def _bare(words: str) -> str:
    return clauses.without_then(words).strip(BLANKS)


def _with_the_one_before(before: Part, one: Part) -> Clause | None:
    """办结1、2 换了灯泡 is one order of two tickets, 进展1 师傅说缺货，2号再来 one of one."""
    if before.found is None or before.is_number_first or one.clause.alone:
        return None
    order = before.found.order
    if not order.rest:
        return _of_both(before, one)
    if one.found is None or (one.is_loose and _A_DATE.match(one.words) is not None):
        return replace(before.clause, end=one.clause.end)
    return None


def _of_both(before: Part, one: Part) -> Clause | None:
    """One order whose numbers are cut apart: 接单1，2我接; or the words behind the last are said of all."""
    assert before.found is not None
    command = before.found.order.command
    if one.found is not None and one.found.order.command == command and SAID[command].several:
        return replace(one.clause, more=(*before.numbers, *one.clause.more))
    closely = command != "accept" and not (command in TOLD and one.clause.apart)
    closely = closely or not clauses.is_glued(one.words)
    return replace(before.clause, end=one.clause.end) if one.is_loose and closely else None


def _are_orders(ctx: Context, parts: Sequence[Part]) -> bool:
    """Whether one of them says what to do, and each speaks of a ticket that there is."""
    if not any(one.found is not None for one in parts):
        return False
    return all(one.found is not None or _is_known(ctx, one.numbers) for one in parts)


def _is_known(ctx: Context, numbers: Sequence[int]) -> bool:
    rows = [tickets.by_number(ctx.db, number) for number in numbers]
    return bool(rows) and all(row is not None and choosing.reaches(ctx, row, "look") for row in rows)


# --- what comes of it


def _is_sure(one: Part, *, aloud: bool) -> bool:
    if one.found is None or not one.found.order.numbers:
        return False
    return one.found.plainly or (aloud and one.found.order.command in SURE)


def _all_done(incoming: Incoming, ctx: Context, parts: Sequence[Part], text: str) -> list[Reply]:
    return [reply for one in parts for reply in _done(incoming, ctx, one, text)]


def _done(incoming: Incoming, ctx: Context, one: Part, text: str) -> Replies:
    assert one.found is not None
    said = one.clause.of(text)
    return meaning.done(replace(incoming, text=said), ctx, one.found.order, said)


def _unclear(ctx: Context, left: Sequence[Part], text: str) -> Iterator[Reply]:
    """What was not done, by its number."""
    for one in left:
        if one.found is None and one.numbers:
            numbers = "、".join(str(number) for number in one.numbers)
            said = wording.UNCLEAR.format(numbers=numbers, said=one.clause.of(text), first=one.numbers[0])
            yield Reply(said, to=case.sender(ctx))


def _asked(ctx: Context, left: Sequence[Part]) -> Iterator[Reply]:
    """What is probably meant, all in one question, to whoever said it alone."""
    likely = [(one.clause, one.found.order) for one in left if one.found is not None]
    if not likely:
        return
    spans = [[clause.start, clause.end, list(clause.more)] for clause, _ in likely]
    data = {"said": ctx.inbox.id, "left": spans}
    until = ctx.now + meaning.ASK_WITHIN
    case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=None, until=until, data=data)
    says = "".join(wording.SAY.format(say=meaning.spelt(order)) for _, order in likely)
    yield Reply(wording.ASKED_OF_EACH.format(says=says), to=case.sender(ctx))
