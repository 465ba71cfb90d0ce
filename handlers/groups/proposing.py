"""先审后说: what would be opened is first shown to one person, in private, with one tap for yes and one for no.

Undecided, it is said once more after some hours of day, then it lapses: counted, and gone with the talk.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.groups import confirming, holding, reviewers
from handlers.groups.holding import LAPSE
from handlers.matter import burst, calling_off
from handlers.message import Button, Card, Incoming, Kind, Member, Replies, Reply
from handlers.rules.deadlines import Policy
from handlers.rules.privacy import discreet_place
from handlers.wording import reviewing as wording
from handlers.wording.taxonomy import CATEGORY
from handlers.wording.times import when
from nlp.reading import Part
from storage import candidates, directory
from storage.base import JsonObject
from storage.candidates import REVIEW
from storage.inbox import Inbox
from storage.listening import Candidate
from storage.people import Group
from storage.timers import Timer


def propose(incoming: Incoming, ctx: Context, parts: Sequence[Part], *marks: str) -> Replies:
    """One card to one person; the group hears nothing. Photos just before wait with the words. ``marks`` are kept with
    the candidate."""
    assert ctx.group is not None
    people = reviewers.deciding(ctx.db, ctx.group)
    photos = burst.earlier(ctx)
    more: JsonObject = {"words": True, "problems": len(parts), "photos": len(photos), **dict.fromkeys(marks, True)}
    if people:
        more["asked"] = people[0].id
    candidate = holding.remember(incoming, ctx, parts, more)
    until = holding.arm(ctx.db, candidate, ctx.now, ctx.policy)
    holding.keep([ctx.inbox, *photos], until)
    burst.expect_words(ctx)
    if not people:
        return []
    what = "、".join(dict.fromkeys(CATEGORY[part.category] for part in parts))
    form = wording.ASK_UNSURE if ctx.reading.band == "middle" else wording.ASK
    text = form.format(
        group=_name(ctx.group), said=holding.words_of(ctx.vault, candidate), what=what, number=candidate.number
    )
    text += wording.AND_PHOTOS.format(count=len(photos)) if photos else ""
    card = Card(
        title=wording.TITLE.format(number=candidate.number, what=what),
        fields=(
            (wording.PLACE, discreet_place((ctx.group.place or "") + "".join(candidate.reading["place"]))),
            (wording.NOTE, wording.UNTIL.format(until=when(until, ctx.now))),
        ),
        buttons=tuple(Button(label, action) for action, label in wording.BUTTONS.items()),
        ticket=candidate.number,
    )
    name = f"candidate:{candidate.number}:ask"
    return [Reply(text, to=Member(people[0].id), name=name, card=card)]


def ring(db: Session, timer: Timer, policy: Policy) -> list[Reply]:
    """Nobody has decided: the one who was asked and the next level hear it once more; then it lapses."""
    candidate = db.get_one(Candidate, int(timer.data["candidate"]))
    if (
        candidate.state != "waiting"
        or candidate.mode != REVIEW
        or confirming.opened_elsewhere(db, candidate, timer.due_at)
    ):
        return []
    if timer.kind == LAPSE:
        if candidates.settle(db, candidate, "lapsed", timer.due_at, None):
            holding.let_go(db, candidate, timer.due_at)
        return []
    group = db.get_one(Group, candidate.group_id)
    text = wording.REMIND.format(
        group=_name(group),
        what=CATEGORY[str(candidate.reading["category"])],
        heard=when(candidate.heard_at, timer.due_at),
        number=candidate.number,
    )
    name = f"candidate:{candidate.number}:remind"
    return [Reply(text, to=Member(staff_id), name=name) for staff_id in _reminded(db, candidate, group)]


def _reminded(db: Session, candidate: Candidate, group: Group) -> list[int]:
    """The one who was asked, and whoever works with them and above them: one of them is at work."""
    asked = [int(candidate.reading["asked"])] if "asked" in candidate.reading else []
    people = [staff.id for staff in reviewers.deciding(db, group)]
    above = directory.level_above(db, directory.unit_of(db, group.unit_id))
    more = [staff.id for staff in directory.staff_of(db, above.id)] if above is not None else []
    return list(dict.fromkeys([*asked, *people, *more]))


def _name(group: Group) -> str:
    return group.name if group.name != group.chat else (group.place or group.name)


def hold_media(ctx: Context) -> bool:
    """Whether a photo, voice or pin goes with what its sender told just before and nobody has decided yet."""
    if ctx.group is None or ctx.who.is_staff or ctx.group.mode != REVIEW:
        return False
    candidate = holding.mine_lately(ctx, ctx.policy.additions)
    if candidate is None:
        return False
    holding.go_with(ctx, candidate)
    return True


def called_off(incoming: Incoming, ctx: Context) -> Replies | None:
    """没事了, or right behind it 灯又亮了, by whoever said it: nobody needs to decide any more."""
    off = calling_off.is_called_off(ctx)
    if ctx.who.is_staff or ctx.group is None or not (off or calling_off.is_over(ctx)):
        return None
    candidate = holding.mine_lately(ctx, ctx.policy.support if off else ctx.policy.burst)
    if candidate is None or not _is_own(ctx, candidate):
        return None
    take_back(ctx, candidate)
    return []


def recalled(incoming: Incoming, ctx: Context) -> None:
    """A message was taken back: what it told is not to be decided, and stands in no list. The step that answers the
    recall comes after."""
    if incoming.kind is not Kind.RECALL or ctx.group is None:
        return
    row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
    if row is None or row.sender_id not in ctx.mine:
        return
    candidate = ctx.db.scalars(select(Candidate).where(Candidate.inbox_id == row.id)).one_or_none()
    if candidate is not None:
        take_back(ctx, candidate)


def take_back(ctx: Context, candidate: Candidate) -> None:
    """As if it had never been said; counted as taken back."""
    candidates.settle(ctx.db, candidate, "recalled", ctx.now, None)
    holding.let_go(ctx.db, candidate, ctx.now)
    candidates.forget_words(ctx.db, candidate)


def _is_own(ctx: Context, candidate: Candidate) -> bool:
    return ctx.db.get_one(Inbox, candidate.inbox_id).sender_id in ctx.mine
