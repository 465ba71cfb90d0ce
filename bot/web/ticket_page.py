"""The console's page of a ticket: where it stands, what was promised and why, who works on it, what was done, and what
whoever looks may do now.

Who may look is who may say 查 of it. The reporter's name stands nowhere on it; who is not told who complained reads the
words without whatever leads there, and inspectors of all that was written 督办意见 only.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import console, deeds, next_page, pages, refusals, ticket_forms
from bot.web.refusals import Refused
from bot.web.within import Program
from bot.wiring import App
from handlers.context import Context
from handlers.matter import root_causes
from handlers.permissions import NEIGHBOURS, told_who
from handlers.rules.deadlines import EMERGENCY
from handlers.staff import awaiting, explaining
from handlers.ticket import beside, case, lights, traces
from handlers.ticket.choosing import reaches
from handlers.ticket.extent import extent_of
from handlers.whistles import beside_shown
from handlers.wording import console_desk as wording
from handlers.wording import deciding, taxonomy
from handlers.wording import desk as desk_wording
from handlers.wording import lanes as lane_words
from handlers.wording.times import days, when
from storage import decisions, directory, facts, hotline, incidents, media, tickets
from storage.decisions import Wanted
from storage.facts import Fact, FactKind
from storage.people import Role, Staff, Unit
from storage.tickets import Ticket
from storage.workflow import OPEN, Status

router = APIRouter()

PAGE = "/console/tickets"
HIGHEST = 2**53  # a number above it is none of ours, and no database takes it
ONLY_OPINIONS = NEIGHBOURS | {Role.INSPECTOR, Role.RESIDENT}  # whoever is nothing but these reads no other words
WAITED_FOR = OPEN - {Status.RESOLVED}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history."""

    at: datetime
    name: str
    by: str
    words: str
    file: str | None  # by its name
    sort: str  # of the file: image, audio, video


@router.get(PAGE + "/{number:int}")
def show(number: int, request: Request, app: Program) -> Response:
    """All of it, as this person may read it."""
    return page(app, request, number)


def page(app: App, request: Request, number: int, refused: Refused | None = None) -> Response:
    """The page, with a form that was refused open on it. Raises 401, 403, 404."""
    with app.reading() as db:
        ctx = deeds.reader(app, db, request)
        ticket = _find(ctx, number)
        forms = _forms(ctx, ticket)
        values = {
            "head": console.head(app, db, request),
            "said": _said(app, request, ctx) if refused is None else "",
            "refused": refusals.put_back(forms, refused),
            "ticket": ticket,
            "now": ctx.now,
            **_standing(ctx, ticket),
            **_around(ctx, ticket),
            "words": _words(ctx, ticket),
            "steps": list(_history(ctx, ticket)),
            "forms": forms,
            "once": secrets.token_urlsafe(12),
        }
        return next_page.show("console_ticket.html", values, status=refusals.status_of(refused))


@router.get(PAGE + "/{number:int}/photo/{ref}")
def photo(number: int, ref: str, request: Request, app: Program) -> Response:
    """A photo of its history, for whoever may look at it."""
    with app.reading() as db:
        ctx = deeds.reader(app, db, request)
        ticket = _find(ctx, number)
        found = media.by_ref(db, ref)
        if found is None or found.id not in {fact.media_id for fact in facts.of_ticket(db, ticket.id)}:
            raise HTTPException(404)
        return Response(found.bytes, media_type=found.mime, headers=pages.PRIVATE)


def _said(app: App, request: Request, ctx: Context) -> str:
    """What came of the last deed; to somebody whom no chat knows, why there is nothing to press."""
    if ctx.who.account.id is None:
        return wording.NO_ACCOUNT
    return next_page.said_before(app, request, ctx.who.staff) if ctx.who.staff is not None else ""


def _find(ctx: Context, number: int) -> Ticket:
    """Raises 404, also of what was said in confidence to others; 403 of what is beyond one's reach."""
    ticket = tickets.by_number(ctx.db, number) if 0 < number < HIGHEST else None
    if ticket is None:
        raise HTTPException(404)
    if not reaches(ctx, ticket, "look") and not beside.works_beside(ctx, ticket, "look"):
        raise HTTPException(404 if ticket.confidential else 403)
    return ticket


def _standing(ctx: Context, ticket: Ticket) -> dict[str, Any]:
    """Where it stands: state, light, days, promises."""
    lead = tickets.lead(ctx.db, ticket)
    asked = decisions.waiting(ctx.db, ticket.id)
    return {
        "what": case.what(ticket),
        "place": case.where_for(ctx.db, ticket, ctx.who.staff),
        "status": taxonomy.status_staff(ticket.status, ticket.desk_id is not None),
        "light": lights.light(ctx.db, ticket, ctx.policy, ctx.now) if ticket.status in WAITED_FOR else "",
        "urgent": ticket.urgency == EMERGENCY,
        "lane": lane_words.NAMES.get(ticket.lane or "", "") if not ticket.confidential else "",
        "flag": desk_wording.FLAGS.get(ticket.flagged or "", ""),
        "waited": days(ticket.opened_at, ctx.now) if ticket.status in WAITED_FOR else 0,
        "promises": [*explaining.reasons(ctx.db, ticket, ctx.now), *explaining.known_by(ctx.db, ticket)],
        "lead": lead.number if lead.id != ticket.id else None,
        "asked": _asked(ctx, asked) if asked is not None else "",
    }


def _asked(ctx: Context, asked: decisions.Decision) -> str:
    judge = ctx.db.get_one(Unit, asked.judge_id).name
    return deciding.PAGE_ASKED.format(what=deciding.WANTED[asked.kind], judge=judge, due=when(asked.due_at, ctx.now))


def _around(ctx: Context, ticket: Ticket) -> dict[str, Any]:
    """Who has it, who works beside, and what belongs together with it."""
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    holder = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    order = hotline.of_ticket(ctx.db, ticket.id)
    earlier = ctx.db.get(Ticket, order.earlier_id) if order is not None and order.earlier_id is not None else None
    return {
        "desk": desk.name if desk is not None else "",
        "holder": directory.name_of(ctx.vault, holder),
        "beside": beside_shown.of_ticket(ctx, ticket),
        "related": root_causes.related(ctx.db, ticket),
        "extent": extent_of(ctx.db, ticket).short() if extent_of(ctx.db, ticket).wide else "",
        "parts_of": [part.number for part in incidents.parts(ctx.db, ticket)],
        "order": order,
        "earlier": earlier,
    }


def _words(ctx: Context, ticket: Ticket) -> str:
    return awaiting.readable(ctx, ticket, case.said(ctx, ticket))


def _history(ctx: Context, ticket: Ticket) -> Iterator[Step]:
    only_opinions = ctx.who.roles <= ONLY_OPINIONS
    hidden = ticket.kind == case.TIPOFF or ctx.who.staff is None or not told_who(ctx.who.staff)
    for fact, name in traces.steps(ctx.db, ticket, ctx.now):
        file = _file(ctx.db, fact)
        reads = fact.kind == FactKind.SUPERVISED or not only_opinions
        yield Step(
            at=fact.at,
            name=name,
            by=traces.by_whom(ctx.db, ctx.vault, ticket, fact, hidden=hidden),
            words=awaiting.readable(ctx, ticket, beside.words(ctx, fact.body_id)) if reads else "",
            file=file.ref if file is not None else None,
            sort=file.mime.partition("/")[0] if file is not None else "",
        )


def _file(db: Session, fact: Fact) -> media.Media | None:
    found = db.get(media.Media, fact.media_id) if fact.media_id is not None else None
    return found if found is not None and found.bytes else None


def _forms(ctx: Context, ticket: Ticket) -> list[dict[str, Any]]:
    """What may be done now, each with how the ticket stands on this page. What was merged is acted on by its lead."""
    if ticket.status == Status.MERGED or ctx.who.account.id is None:
        return []
    asked = decisions.waiting(ctx.db, ticket.id)
    forms = ticket_forms.all_of(ctx, ticket, names_owner=asked is not None and asked.kind == Wanted.RETURN)
    return [form | {"seen": deeds.standing(ctx, ticket, form["command"])} for form in forms]
