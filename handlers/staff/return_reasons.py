"""What somebody has said so far of why a ticket is not theirs, and what is still to be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from handlers.context import Context
from handlers.message import Reply
from handlers.staff import owners
from handlers.ticket import choosing_reasons
from handlers.wording import reasons
from handlers.wording import returning as wording
from handlers.wording.commands import BLANKS
from nlp.normalise import normalise
from storage import directory, tickets
from storage.people import Unit
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF

ARTICLE, OWNER, SAME = re.compile(wording.ARTICLE), re.compile(wording.OWNER), re.compile(wording.SAME)
FEATURE = "return"
NEEDS_OWNER = frozenset({reasons.NOT_OURS})  # of the rest, the level above may know better


@dataclass(frozen=True, slots=True)
class Draft:
    """What was said so far. ``said``: the message with the reason in words; it holds nobody's words itself."""

    said: int
    code: str | None = None
    article: str | None = None
    same_as: int | None = None
    owner: int | None = None
    up_to_them: bool = False


class Missing(NamedTuple):
    """A part that is still to be said, and how it is asked for."""

    part: str
    question: str


def read(ctx: Context, ticket: Ticket, draft: Draft, words: str) -> Draft:
    """Whatever the words tell of what is still missing."""
    text = normalise(words)
    asker = directory.unit_of(ctx.db, ticket.desk_id)
    cited = ARTICLE.search(words) or ARTICLE.search(text)
    plain = text.replace(normalise(cited[0]), " ") if cited is not None else text
    code = draft.code or choosing_reasons.said(plain.strip(), FEATURE)
    draft = replace(draft, code=code, article=draft.article or (cited[0] if cited is not None else None))
    if draft.code == reasons.DUPLICATE:
        number = SAME.search(plain)
        return replace(draft, same_as=draft.same_as or (int(number["number"]) if number is not None else None))
    if draft.owner is None and asker is not None:
        draft = replace(draft, owner=_owner_in(ctx, ticket, plain, asker))
    theirs = draft.up_to_them or (draft.code not in NEEDS_OWNER and any(word in plain for word in wording.UP_TO_THEM))
    return replace(draft, up_to_them=theirs)


def _owner_in(ctx: Context, ticket: Ticket, text: str, asker: Unit) -> int | None:
    found = owners.mentioned(ctx, ticket, text, asker)
    if found is not None:
        return found.id
    for match in OWNER.finditer(text):
        unit = owners.named(ctx, ticket, match["name"], asker)
        if isinstance(unit, Unit):
            return unit.id
    return None


def missing(ctx: Context, ticket: Ticket, draft: Draft, asker: Unit) -> Missing | None:
    """What is to be asked next; None where all is said."""
    if draft.code is None:
        return Missing("code", wording.ASK_CODE.format(number=ticket.number))
    if draft.code == reasons.DUPLICATE:
        return Missing("same", wording.ASK_SAME) if draft.same_as is None else None
    if draft.code == reasons.NOT_OURS and draft.article is None:
        return Missing("article", wording.ASK_ARTICLE)
    if draft.owner is None and not draft.up_to_them:
        form = wording.ASK_OWNER if draft.code in NEEDS_OWNER else wording.ASK_OWNER_OR_NOT
        return Missing("owner", form.format(names=owners.likely(ctx, ticket, asker)))
    return None


def with_owner(ctx: Context, ticket: Ticket, draft: Draft, name: str) -> Draft | Reply:
    """Whose it is, from a field of its own: it counts before the words, and what it names must be somebody."""
    words = name.strip(BLANKS)
    if not words or draft.code == reasons.DUPLICATE:
        return draft
    if words in wording.NOT_KNOWN and draft.code not in NEEDS_OWNER:
        return replace(draft, owner=None, up_to_them=True)
    said = OWNER.fullmatch(words)
    called = said["name"] if said is not None else words.strip(wording.FILLERS)
    found = owners.named(ctx, ticket, called, ctx.db.get_one(Unit, ticket.desk_id))
    return replace(draft, owner=found.id) if isinstance(found, Unit) else replace(found, part="owner")


def wrong_same(ctx: Context, ticket: Ticket, number: int) -> str | None:
    other = tickets.by_number(ctx.db, number)
    lead = tickets.lead(ctx.db, other) if other is not None else None
    if lead is not None and lead.id == ticket.id:
        return wording.SAME_ITSELF.format(number=ticket.number)
    if lead is None or lead.confidential or lead.status not in WAITING_FOR_STAFF:
        return wording.NO_SAME.format(other=number)
    return None


def answer(ctx: Context, ticket: Ticket, draft: Draft, said: str) -> Draft | Reply:
    """What was said, read as what was asked for; a unit that cannot be the one is said to be so."""
    words = said.strip(BLANKS)
    asks_owner = draft.code is not None and draft.code != reasons.DUPLICATE
    asks_owner = asks_owner and (draft.code != reasons.NOT_OURS or draft.article is not None)
    if asks_owner and words in wording.NOT_KNOWN and draft.code not in NEEDS_OWNER:
        return replace(draft, up_to_them=True)
    told = read(ctx, ticket, draft, words)
    if not asks_owner or told.owner is not None:
        return told
    found = owners.named(ctx, ticket, words.strip(wording.FILLERS), ctx.db.get_one(Unit, ticket.desk_id))
    return replace(told, owner=found.id) if isinstance(found, Unit) else found
