"""A slice of single calls that came back in parts: some people were told, and some were not.

What is known is settled at once; the rest goes on as a slice of its own, with the same names of its messages, so that
a platform that knows them still recognises them. Where it knows none, what may have arrived is unknown for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import notice_slices, watch
from bot.channels.base import Closed, Outcome, TryLater
from bot.notice_calls import Tried, by_kind
from bot.notice_slices import Write
from bot.wiring import App
from storage import notice_cuts, notice_settling
from storage.base import new_ref
from storage.notice_attempts import Settled, note_doubt
from storage.notice_cuts import Cut
from storage.notices import LedgerState


def written(app: App, tried: Tried) -> Write:
    """What is to be written of a slice after its calls."""
    _note(app, tried)
    kinds = by_kind(tried)
    in_parts = kinds["told"] and len(kinds["told"]) < len(tried.heard)
    lost = kinds["doubtful"] and kinds["later"] and tried.channel.abilities.idempotent_for is None
    return _in_parts(app, tried, kinds) if in_parts or lost else notice_slices.whole(app, tried, kinds)


def _note(app: App, tried: Tried) -> None:
    """What was learnt about the door itself."""
    door = tried.held.door
    fault = next((one for one in tried.heard if isinstance(one, Closed) and one.fault), None)
    if fault is not None:
        watch.note_fault(app, door, fault.reason)
    elif any(isinstance(one, Outcome) for one in tried.heard) and door in app.doors_down():
        watch.note_well(app, door)


def _in_parts(app: App, tried: Tried, kinds: Mapping[str, Sequence[int]]) -> Write:
    ids = [member.ledger_id for member in tried.request.members]
    told = [(ids[place], one) for place in kinds["told"] if isinstance(one := tried.heard[place], Outcome)]
    results = [notice_slices.outcome_of(row, outcome) for row, outcome in told]
    doubtful = [ids[place] for place in kinds["doubtful"]]
    if tried.channel.abilities.idempotent_for is None:
        results += [Settled(row, LedgerState.UNKNOWN, notice_slices.NO_ANSWER) for row in doubtful]
        doubtful = []
    rest = sorted([*(ids[place] for place in kinds["later"]), *doubtful])
    pause = _pause(tried)
    if pause is None:
        results += [_given_up(tried, row, in_doubt=row in doubtful) for row in rest]

    def write(db: Session) -> bool:
        now, wall = app.clock.now(db), app.clock.wall()
        left = notice_cuts.still_cut(db, tried.held.slice_id, rest)
        if not notice_settling.settle(db, tried.held, results, now, wall):
            return False
        notice_slices.fall_back(app, db, [row for row, _ in told], [outcome for _, outcome in told])
        if pause is None:
            notice_slices.step_back(app, db, [row for row in rest if row not in doubtful])
        elif left:
            _go_on(app, db, tried, left, pause, in_doubt=bool(doubtful))
        return True

    return write


def _go_on(app: App, db: Session, tried: Tried, left: frozenset[int], pause: timedelta, *, in_doubt: bool) -> None:
    held, wall, ref = tried.held, app.clock.wall(), new_ref()
    key = notice_cuts.new_provider_key()
    rest = Cut(
        notice_id=held.notice_id,
        door=held.door,
        round=held.round,
        ref=ref,
        provider_key=key,
        request=app.vault.seal(tried.request.only(left, key).dump(), notice_cuts.PLACE, ref),
        members=sorted(left),
        due=wall + pause,
        bulk=held.bulk,
        reason=_reason(tried),
        tries=held.tries,
    )
    number = notice_cuts.split_off(db, held.slice_id, rest)
    since = held.doubtful_since or (wall if in_doubt else None)
    if since is not None:
        note_doubt(db, number, held.attempt, since)


def _given_up(tried: Tried, row: int, *, in_doubt: bool) -> Settled:
    if in_doubt or tried.held.doubtful_since is not None:
        return Settled(row, LedgerState.UNKNOWN, notice_slices.NO_ANSWER)
    return Settled(row, LedgerState.FAILED, _reason(tried)[:60])


def _pause(tried: Tried) -> timedelta | None:
    """Where a quota is used up the rest comes back at once, as a whole: then it is known for whom it waits."""
    later = [one for one in tried.heard if isinstance(one, TryLater)]
    if any(isinstance(one, Closed) and not one.fault for one in later):
        return timedelta()
    return notice_slices.next_pause(tried.held.tries, max((one.after or timedelta() for one in later), default=None))


def _reason(tried: Tried) -> str:
    later = [one for one in tried.heard if isinstance(one, TryLater) and str(one) != "not begun"]
    if any(isinstance(one, Closed) for one in later):
        return notice_slices.DOOR_SHUT
    return later[0].reason[:80] if later else notice_slices.NO_ANSWER
