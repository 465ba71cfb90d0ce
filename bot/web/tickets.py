"""The reporter's page of a ticket: where it stands, what was done, the photo after, and whether it is well now.

Whoever holds the link (128 random bits) is taken for the reporter, unless the platform says that it is somebody of
another household: they see where it stands, not the reporter's words, and are asked nothing. An answer goes through the
intake like one given in the chat: the same handler, the same rules, the same single effect however often the button is
pressed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.receive import NotTaken
from bot.web import oauth, pages
from bot.web.within import Door, Program
from bot.wiring import App
from handlers.context import words_of
from handlers.message import Incoming, Kind
from handlers.staff import explaining, shelved
from handlers.ticket import case, promising
from handlers.ticket.cards import WAITED_FOR
from handlers.wording.times import days
from storage import directory, facts, media, persons
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.origins import ROOT_CAUSE, Link
from storage.people import Account, Staff
from storage.tickets import Ticket
from storage.vault import Vault, link_hash
from storage.workflow import Closing, Status

router = APIRouter()

F = FactKind
# What the reporter is shown; the rest (lights, routing, who was told) is the staff's own housekeeping.
SHOWN = frozenset({
    F.OPENED, F.ADDED, F.CORRECTED, F.SUPPORTED, F.ACCEPTED, F.PROGRESS, F.CONTACTED, F.REASSIGNED, F.RETURNED,
    F.HELP_ASKED, F.EVIDENCE, F.RESOLVED, F.VERIFIED, F.RATED, F.REOPENED, F.CLOSED, F.WITHDRAWN, F.MERGED,
    F.TALKED, F.LINKED, F.EXTENDED, F.DATED, F.SUSPENDED, F.LOOKED_AT, F.RESUMED,
})  # fmt: skip
# Whose words are for the reporter to read: his own, and what the handler says about the work.
QUOTED = frozenset({F.ADDED, F.CORRECTED, F.PROGRESS, F.CONTACTED, F.RESOLVED, F.REOPENED})
NAMED = frozenset({F.ACCEPTED, F.PROGRESS, F.CONTACTED, F.RESOLVED})
OWN = frozenset({F.ADDED, F.CORRECTED})  # the page says "you" of these
AFTER = frozenset({F.EVIDENCE, F.RESOLVED})
LONGEST_WHY = 500  # characters
Reason = Literal["", "not_done", "slow", "attitude", "other"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history."""

    kind: str
    at: datetime
    name: str
    words: str
    photo: str | None
    passed: bool
    rejected: bool  # of a reopening: it was refused, not done
    good: bool


@router.get("/t/{token}")
def show(token: str, request: Request, app: Program) -> Response:
    """The page; by way of the platform, where it may tell who looks."""
    if (elsewhere := oauth.first_ask(request, app)) is not None:
        return elsewhere
    with app.reading() as db:
        ticket = _find(db, token)
        theirs = not _is_elses(request, app, db, ticket)
        desk = directory.unit_of(db, ticket.desk_id)
        values = {
            "ticket": ticket,
            "token": token,
            "now": (now := app.clock.now(db)),
            "reasons": explaining.reasons(db, ticket, now),
            "what": case.what(ticket),
            "where": case.where(db, ticket),
            "words": words_of(app.vault, db.get(Body, ticket.words_id) if theirs and ticket.words_id else None),
            "waited": days(ticket.opened_at, now) if ticket.status in WAITED_FOR else 0,
            "shelved": shelved.reason_of(ticket),
            "desk": desk,
            "holder": directory.name_of(app.vault, _staff(db, ticket.holder_id)),
            "steps": list(_history(db, app.vault, ticket, theirs=theirs)),
            "asks": _asks(app, db, ticket) if theirs else "",
        }
        return pages.page("ticket.html", values)


@router.get("/t/{token}/photo/{ref}")
def photo(token: str, ref: str, app: Program) -> Response:
    """A photo of the work done. Nothing else that may lie in the table is shown under a link."""
    with app.reading() as db:
        ticket = _find(db, token)
        found = media.by_ref(db, ref)
        shown = {fact.media_id for fact in facts.of_ticket(db, ticket.id) if fact.kind in AFTER}
        if found is None or found.id not in shown:
            raise HTTPException(404)
        return Response(found.bytes, media_type=found.mime, headers=pages.PRIVATE)


@router.post("/t/{token}/answer")
async def answer(
    token: str,
    request: Request,
    app: Program,
    intake: Door,
    verdict: Annotated[Literal["good", "bad"], Form()],
    why: Annotated[str, Form(max_length=LONGEST_WHY)] = "",
    reason: Annotated[Reason, Form()] = "",
) -> Response:
    """满意 or 还没好, from the page's form; back to the page either way."""
    incoming = await run_in_threadpool(_as_message, request, app, token, verdict, why.strip(), reason)
    if incoming is not None:
        try:
            await asyncio.wrap_future(intake.submit(incoming))
        except NotTaken as error:
            raise HTTPException(503) from error
    # Relative to `…/t/<token>/answer`, so that it also holds behind a proxy's prefix.
    return RedirectResponse(f"../{token}", 303, headers=pages.PRIVATE)


def _find(db: Session, token: str) -> Ticket:
    found = db.scalars(select(Ticket).where(Ticket.link_hash == link_hash(token))).one_or_none()
    if found is None:
        raise HTTPException(404)
    return found


def _staff(db: Session, staff_id: int | None) -> Staff | None:
    return db.get(Staff, staff_id) if staff_id is not None else None


def _is_elses(request: Request, app: App, db: Session, ticket: Ticket) -> bool:
    reporter = db.get_one(Account, ticket.reporter_id)
    return oauth.is_of_another_household(db, oauth.who(request, app, db), reporter)


def _history(db: Session, vault: Vault, ticket: Ticket, *, theirs: bool = True) -> Iterator[Step]:
    reporter = persons.ids_of(db, db.get_one(Account, ticket.reporter_id)) if theirs else frozenset()
    for fact in facts.of_ticket(db, ticket.id):
        if fact.kind in SHOWN and not (fact.kind in OWN and fact.account_id not in reporter) and _is_theirs(fact):
            yield Step(
                kind=fact.kind,
                at=fact.at,
                name=directory.name_of(vault, _staff(db, fact.staff_id)) if fact.kind in NAMED else "",
                words=_words(db, vault, fact) if fact.kind in QUOTED and _may_be_read(fact, reporter) else "",
                photo=_photo(db, fact),
                passed=bool(fact.data.get("passed")),
                rejected=fact.data.get("of") == "rejected",
                good=fact.data.get("rating") != "dissatisfied",
            )


def _is_theirs(fact: Fact) -> bool:
    """Not what a neighbour said of it, nor that staff look for the root of it."""
    if fact.kind == F.LINKED:
        return fact.data.get("kind") == Link.LATE_COMPLAINT
    return fact.kind != F.RATED or fact.data.get("by") != "supporter"


def _asks(app: App, db: Session, ticket: Ticket) -> str:
    """What the page asks: whether it is well, whether it broke again (in the window or later), whether they object."""
    if ticket.source == ROOT_CAUSE:
        return ""
    if ticket.status == Status.RESOLVED:
        return "resolved"
    if ticket.status == Status.REJECTED and ticket.closing != Closing.NOT_REPORT:
        return "rejected"
    if ticket.status != Status.CLOSED or ticket.closed_at is None:
        return ""
    policy = promising.policy_at(db, app.policy, ticket.unit_id)
    since = app.clock.now(db) - ticket.closed_at
    if since > policy.linked_within:
        return ""
    return "again" if since <= policy.reopen_within else "late"


def _may_be_read(fact: Fact, reporter: frozenset[int]) -> bool:
    """Their own words and the handlers', never what a neighbour said in the same matter."""
    return fact.account_id in reporter or fact.kind in NAMED


def _words(db: Session, vault: Vault, fact: Fact) -> str:
    return words_of(vault, db.get(Body, fact.body_id) if fact.body_id is not None else None)


def _photo(db: Session, fact: Fact) -> str | None:
    if fact.kind not in AFTER or fact.media_id is None:
        return None
    found = db.get(media.Media, fact.media_id)
    return found.ref if found is not None and found.bytes else None


def _as_message(request: Request, app: App, token: str, verdict: str, why: str, reason: str) -> Incoming | None:
    """What the reporter would have tapped in the chat; None when nothing is being asked any more, or not of them."""
    with app.reading() as db:
        ticket = _find(db, token)
        if _is_elses(request, app, db, ticket):
            return None
        asks = _asks(app, db, ticket)
        if not asks or (verdict == "good" and asks != "resolved"):
            return None
        of = ticket.resolved_at if asks == "resolved" else (ticket.closed_at or ticket.accept_due)
        if of is None:
            return None
        account = db.get_one(Account, ticket.reporter_id)
        now = app.clock.now(db)
        return Incoming(
            # One answer to one 办结 or 结案: pressing twice, or again after going back, changes nothing.
            key=f"in:link:{ticket.ref}:{of.timestamp():.0f}:{verdict}",
            door=account.door,
            sender=app.vault.open(account.address, "accounts.address", account.ref),
            chat=None,
            kind=Kind.PRESS,
            said_at=now,
            received_at=now,
            text=why if verdict == "bad" else "",
            event=f"answer:{verdict}",
            data={"ticket": str(ticket.number)} | ({"reason": reason} if reason else {}),
            addressed=True,
        )
