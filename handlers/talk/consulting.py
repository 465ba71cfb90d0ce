"""咨询, said to the bot: answered from the deployment's own 办事问答, else whom to ask; never made up.

In a group, a question that is not put to the bot gets silence.
"""

from __future__ import annotations

from datetime import date, timedelta

from handlers.context import Context
from handlers.matter import advising, belonging, burst
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rosters import turning_to
from handlers.rules.deadlines import EMERGENCY, LOCAL
from handlers.ticket import case
from handlers.wording import consulting as wording
from handlers.wording import help as help_wording
from nlp.answers import Hit, index_of
from nlp.kinds import kind_of
from nlp.normalise import fold, tight
from storage import directory, office
from storage.office import Said

CHOOSE_WITHIN = timedelta(minutes=10)
ASKED = "consult"  # a question of the bot: which of them
VERY_SURE = 0.75  # an answer that fits this well goes before a report the model believes in
SHORTEST = 3  # characters


def may_ask(incoming: Incoming) -> bool:
    """Whether what was said to the bot may ask for something or propose it, though the model hears mere talk."""
    if not incoming.addressed or len(incoming.text) < SHORTEST:
        return False
    folded = tight(fold(incoming.text))[0]
    return wording.ASKS.search(folded) is not None or kind_of(folded, None) is not None


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """A choice among answers, a question, a proposal, in this order."""
    chosen = _chosen(incoming, ctx)
    if chosen is not None:
        return chosen
    if not incoming.addressed:
        return advising.aside(incoming, ctx)
    return _answered(incoming, ctx) or advising.takes(incoming, ctx)


def _answered(incoming: Incoming, ctx: Context) -> Replies | None:
    if not belonging.has_words(incoming) or len(ctx.words) < SHORTEST or incoming.quoted is not None:
        return None
    if any(part.urgency == EMERGENCY for part in ctx.reading.parts):
        return None
    rows = _rows(ctx)
    hits = index_of(tuple((row.question, *row.others) for row in rows)).answer(ctx.words) if rows else []
    if hits and _goes_first(ctx, hits[0]):
        return _said(ctx, [rows[hit.place] for hit in hits])
    if ctx.who.is_staff or ctx.reading.parts or kind_of(tight(fold(ctx.words))[0], None) != "consult":
        return None
    lines = [wording.NOT_KNOWN, *turning_to.desk_lines(ctx), help_wording.HUMAN_CITY]
    return [Reply("\n".join(lines))]


def _goes_first(ctx: Context, hit: Hit) -> bool:
    """What the model takes for a trouble is one, unless it asks word for word for something that is answered."""
    if ctx.reading.band == "high" and "still_broken" in ctx.reading.cues:
        return False
    asks = wording.ASKS.search(tight(fold(ctx.words))[0]) is not None
    return hit.score >= VERY_SURE if ctx.reading.band == "high" or not asks else True


def _today(ctx: Context) -> date:
    return ctx.now.astimezone(LOCAL).date()


def _rows(ctx: Context) -> list[Said]:
    levels = directory.ancestors(ctx.db, turning_to.home(ctx))
    return office.answers_for(ctx.db, [level.id for level in levels], _today(ctx))


def _said(ctx: Context, rows: list[Said]) -> Replies:
    if len(rows) == 1:
        return [Reply(_text(rows[0]), as_written=True)]
    ids = [row.id for row in rows]
    account, until = ctx.who.account.id, ctx.now + CHOOSE_WITHIN
    case.ask(ctx, account, ctx.address, ASKED, ticket=None, until=until, data={"answers": ids})
    burst.expect_words(ctx)
    lines = [wording.ONE_OF.format(number=number, question=row.question) for number, row in enumerate(rows, 1)]
    return [Reply("\n".join([wording.WHICH, *lines]))]


def _text(row: Said) -> str:
    day = row.valid_until
    form = wording.ANSWER if day is None else wording.ANSWER_UNTIL
    until = wording.DAY.format(year=day.year, month=day.month, day=day.day) if day is not None else ""
    changed = row.changed_at.astimezone(LOCAL)
    at = wording.DAY.format(year=changed.year, month=changed.month, day=changed.day)
    return form.format(answer=row.answer, source=row.source, at=at, until=until)


def _chosen(incoming: Incoming, ctx: Context) -> Replies | None:
    """1, or 第二个, after "which of these"."""
    if incoming.kind is not Kind.TEXT or not ctx.who.is_attentive(ctx.now):
        return None
    found = wording.CHOICE.match(fold(ctx.words))
    question = case.asked(ctx, ASKED) if found is not None else None
    if found is None or question is None:
        return None
    number = wording.NUMBERS[found[1]]
    ids = question.data["answers"]
    if number > len(ids):
        return [Reply(wording.CHOOSE.format(count=len(ids)))]
    ctx.db.delete(question)
    row = office.answer(ctx.db, ids[number - 1], _today(ctx))
    return [Reply(_text(row) if row is not None else wording.NOT_KNOWN)]
