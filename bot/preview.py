"""What would change, before it is saved: on the messages that come with Menkou and on the words of tickets of the last
90 days. Talk is not kept for it, and what was said in confidence is left out.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import taught
from bot.wiring import App
from handlers.groups import learning
from handlers.rules.privacy import discreet_place
from nlp import previewing
from nlp.previewing import Difference, Job, World
from nlp.training import written
from storage import own_words
from storage.inbox import Body
from storage.tickets import Ticket

LOOKED_BACK = timedelta(days=90)
MOST = 5_000  # tickets, the newest
SHOWN = 10
LONGEST = 60  # characters of a message that are shown
WITHIN = 120.0  # seconds that a process of its own may take


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that would be read differently. Category None: no report. ``number``: its ticket."""

    text: str
    before: str | None
    after: str | None
    places: tuple[tuple[str, ...], tuple[str, ...]]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many would be read differently, and the first of them, masked; and the figures before and after."""

    difference: Difference
    tickets: int  # how many were looked at
    shipped: tuple[Shown, ...]
    given: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    number: int
    account_id: int
    text: str


def world(db: Session) -> World:
    """What the deployment teaches now."""
    return World(tuple(taught.entries(db)), tuple(own_words.place_names(db)))


def preview(app: App, after: World, *, apart: bool) -> Preview:
    """Compares what is with ``after``. ``apart``: in a process of its own, where this one reads messages meanwhile.

    Raises OSError or ValueError where the deployment's own weights cannot be used.
    """
    with app.reading() as db:
        before, said = world(db), _said(app, db)
        name = taught.chosen(db)
    weights = taught.checked(app.settings.data, name) if name is not None else None
    job = Job(before, after, tuple(one.text for one in said), weights)
    difference = _apart(job) if apart else previewing.compare(job)
    with app.reading() as db:
        shipped = tuple(_shipped(difference))
        return Preview(difference, len(said), shipped, tuple(_given(app, db, difference, said)))


def _apart(job: Job) -> Difference:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(previewing.compare, job).result(WITHIN)


def _said(app: App, db: Session) -> list[_Said]:
    """The words that opened tickets lately; of a message that told two problems, once."""
    recent = (
        select(Ticket.number, Ticket.reporter_id, Body)
        .join(Body, Body.id == Ticket.words_id)
        .where(Ticket.opened_at >= app.clock.now(db) - LOOKED_BACK, ~Ticket.confidential, Body.text.is_not(None))
        .order_by(Ticket.id.desc())
        .limit(MOST)
    )
    found: dict[int, _Said] = {}
    for number, account_id, body in db.execute(recent):
        found[body.id] = _Said(number, account_id, app.vault.open(body.text or "", "bodies.text", body.ref))
    return list(found.values())


def _shipped(difference: Difference) -> Sequence[Shown]:
    known = written()
    return [
        Shown(_cut(known[one.at].text), one.before.category, one.after.category, (one.before.place, one.after.place))
        for one in difference.shipped[:SHOWN]
    ]


def _given(app: App, db: Session, difference: Difference, said: Sequence[_Said]) -> Sequence[Shown]:
    shown = []
    for one in difference.given[:SHOWN]:
        words = said[one.at]
        text = _cut(learning.faceless(db, app.vault, words.text, words.account_id))
        places = (_masked(one.before.place), _masked(one.after.place))
        shown.append(Shown(text, one.before.category, one.after.category, places, words.number))
    return shown


def _masked(place: Sequence[str]) -> tuple[str, ...]:
    return tuple(discreet_place(word) for word in place)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
