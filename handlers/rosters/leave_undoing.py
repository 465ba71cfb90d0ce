"""撤销 of an absence: what was noted within the minute is as if it had not been, and what it took the place of stands
again. Whoever was told hears so: the substitute, whose leave it is, and who was alarmed because nobody would be there.
What comes until the next shift, which goes with 交班, comes back with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from handlers.context import Context
from handlers.message import Member, Person, Replies, Reply
from handlers.rosters import colleagues, gaps
from handlers.rosters.roster_lines import away
from handlers.wording import rosters as roster_words
from handlers.wording import undoing as wording
from handlers.wording.times import span
from storage import outbox, rosters
from storage.people import Staff
from storage.rosters import Absence


def taken_back(ctx: Context, since: datetime, later_than: datetime | None) -> Replies | None:
    """The last absence that whoever is speaking noted since then, or why it stays; None where they noted none, or did
    something else later."""
    me = ctx.who.staff
    row = rosters.last_absence_by(ctx.db, me.id, since) if me is not None else None
    if me is None or row is None or not _is_last(ctx, row, me, later_than):
        return None
    if row.kind == rosters.SHIFT:
        within = row.ended_at is None and ctx.now - row.made_at <= ctx.policy.undo_within
        return [Reply(wording.SHIFT), *_shift_back(ctx, row, me)] if within else None
    if gaps.is_undone(ctx.db, row):
        return [Reply(wording.LEAVE_ALREADY)]
    if row.ended_at is not None:
        return [Reply(wording.LEAVE_CHANGED)]
    if ctx.now - row.made_at > ctx.policy.undo_within:
        return [Reply(wording.LEAVE_LATE.format(span=span(ctx.policy.undo_within), say=_instead(ctx, row, me)))]
    return _taken_back(ctx, row, me)


def handed_back(ctx: Context, at: datetime) -> Iterator[Reply]:
    """The tickets of a 交班 came back: what is new comes to whoever said it as before, too."""
    me = ctx.who.staff
    row = rosters.last_absence_by(ctx.db, me.id, at) if me is not None else None
    if me is not None and row is not None and (row.kind, row.made_at, row.ended_at) == (rosters.SHIFT, at, None):
        yield from _shift_back(ctx, row, me)


def _shift_back(ctx: Context, row: Absence, me: Staff) -> Iterator[Reply]:
    row.ended_at = ctx.now
    ctx.db.flush()
    if row.substitute_id is not None:
        text = wording.SHIFT_TOLD.format(who=_name(ctx, me.id))
        yield Reply(text, to=Member(row.substitute_id, in_person=True), name=f"absence:{row.id}:undone:substitute")


def _is_last(ctx: Context, row: Absence, me: Staff, later_than: datetime | None) -> bool:
    """Whether nothing was done after it. What goes with tickets comes back with them."""
    if later_than is not None and (row.made_at < later_than or (row.kind, row.made_at) == (rosters.SHIFT, later_than)):
        return False
    return not any(_is_later(one, row) for one in rosters.last_by(ctx.db, me.id, row.made_at))


def _is_later(line: rosters.Duty | None, row: Absence) -> bool:
    """Whether a line of a roster was written after an absence was noted."""
    return line is not None and max(line.made_at, line.dropped_at or line.made_at) > row.made_at


def _instead(ctx: Context, row: Absence, me: Staff) -> str:
    return wording.BACK_OWN if row.staff_id == me.id else wording.BACK_OF.format(name=_name(ctx, row.staff_id))


def _name(ctx: Context, staff_id: int) -> str:
    return colleagues.full_name(ctx, ctx.db.get_one(Staff, staff_id))


def _taken_back(ctx: Context, row: Absence, me: Staff) -> Replies:
    row.ended_at = ctx.now
    before = [ctx.db.get_one(Absence, number) for number in gaps.undo(ctx.db, row)]
    for known in before:
        known.ended_at = None
    ctx.db.flush()
    who = roster_words.YOU if row.staff_id == me.id else _name(ctx, row.staff_id)
    text = f"{wording.LEAVE.format(who=who)}{_as_it_was(ctx, before, who)}"
    others = [*_to_substitute(ctx, row, before, me), *_to_whose_it_is(ctx, row, before, me)]
    return [Reply(text), *others, *_calmed(ctx, row)]


def _as_it_was(ctx: Context, before: Sequence[Absence], who: str) -> str:
    if not before:
        return wording.LEAVE_NONE.format(who=who)
    spans = roster_words.AND.join(away(known.starts_at, known.ends_at, ctx.now).strip() for known in before)
    return wording.LEAVE_BEFORE.format(spans=spans)


def _to_substitute(ctx: Context, row: Absence, before: Sequence[Absence], me: Staff) -> Iterator[Reply]:
    """Who was to stand in, if that is not who speaks; for what stands again they may have been asked before."""
    if row.substitute_id is None or row.substitute_id == me.id:
        return
    again = [known for known in before if known.substitute_id == row.substitute_id]
    form = wording.LEAVE_SUBSTITUTE_BEFORE if again else wording.LEAVE_SUBSTITUTE
    spans = roster_words.AND.join(away(known.starts_at, known.ends_at, ctx.now).strip() for known in again)
    text = form.format(who=_name(ctx, row.staff_id), spans=spans)
    yield Reply(text, to=Member(row.substitute_id, in_person=True), name=f"absence:{row.id}:undone:substitute")


def _to_whose_it_is(ctx: Context, row: Absence, before: Sequence[Absence], me: Staff) -> Iterator[Reply]:
    if row.staff_id != me.id:
        text = wording.LEAVE_TOLD.format(by=_name(ctx, me.id)) + _as_it_was(ctx, before, roster_words.YOU)
        yield Reply(text, to=Member(row.staff_id, in_person=True), name=f"absence:{row.id}:undone:told")


def _calmed(ctx: Context, row: Absence) -> Iterator[Reply]:
    """Those who heard meanwhile that nobody is there."""
    text = wording.LEAVE_NO_GAP.format(who=_name(ctx, row.staff_id))
    for account_id in outbox.told_under(ctx.db, f"{gaps.name_of(row)}:"):
        yield Reply(text, to=Person(account_id), name=f"absence:{row.id}:undone:gap:{account_id}")
