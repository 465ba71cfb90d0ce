"""今天会立 7 件: the nightly list of what was heard in shadow, sent to one role and ticked by it.

Everything here works without a message at hand: the clock sends the list, a page may tick it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.groups import holding, reviewers
from handlers.message import Member, Reply
from handlers.rules import deadlines
from handlers.rules.deadlines import Policy
from handlers.wording import reviewing as wording
from handlers.wording.taxonomy import CATEGORY
from handlers.wording.times import day
from storage import candidates, listening
from storage.candidates import mark_of
from storage.listening import OF_MESSAGE, Candidate, Label
from storage.people import Group, Unit
from storage.vault import Vault

ON_A_PAGE = 12  # lines of one message: what every platform takes
LONGEST_SAID = 28  # characters of one line
LATE = timedelta(hours=1)  # a clock that was down sends the list by day


@dataclass(frozen=True, slots=True)
class Sending:
    """What the clock brings."""

    db: Session
    vault: Vault
    now: datetime
    policy: Policy


def send(at: Sending, unit_id: int, night: str, due: datetime) -> list[Reply] | datetime:
    """The list to everybody of the role; or when it is to be sent, where the clock was down and it is night now."""
    day_again = deadlines.say_after(at.now, at.policy)
    if at.now - due > LATE and day_again > at.now:
        return day_again
    unit = at.db.get_one(Unit, unit_id)
    rows = number(at.db, unit, night, at.now)
    people = reviewers.secretaries(at.db, unit, at.policy)
    if not rows or not people:
        return []
    pages = list(_pages(at, unit, night, rows))
    data = {"night": night, "count": len(rows), "staff": [staff.id for staff in people]}
    listening.note_change(at.db, f"unit:{unit.id}", "listed", at.now, data=data)
    mark = mark_of(unit.id, night)
    return [
        Reply(text, to=Member(staff.id), name=f"{mark}>{page}")
        for staff in people
        for page, text in enumerate(pages, start=1)
    ]


def number(db: Session, unit: Unit, night: str, now: datetime) -> list[Candidate]:
    """One night's candidates of a unit, each with its place in the list, the same for ever."""
    groups = [group.id for group in candidates.groups_below(db, unit.path)]
    rows = [row for row in candidates.listed(db, groups, now, locked=True) if row.reading.get("night") == night]
    for place, row in enumerate(rows, start=1):
        row.reading = {**row.reading, "list": mark_of(unit.id, night), "place_in_list": place}
    db.flush()
    return rows


def _pages(at: Sending, unit: Unit, night: str, rows: Sequence[Candidate]) -> Iterator[str]:
    date = day(night, at.now)
    if not unit.review_list:
        counts = Counter(str(row.reading["category"]) for row in rows).most_common()
        told = "、".join(wording.LIST_COUNT.format(what=CATEGORY[key], count=count) for key, count in counts)
        yield wording.LIST_COUNTS.format(unit=unit.name, day=date, count=len(rows), counts=told)
        return
    head = wording.LIST_HEAD.format(unit=unit.name, day=date, count=len(rows))
    lines = [line_of(at.vault, row) for row in rows]
    for first in range(0, len(lines), ON_A_PAGE):
        last = first + ON_A_PAGE >= len(lines)
        yield "\n".join([head, *lines[first : first + ON_A_PAGE], *([wording.LIST_FOOT] if last else [])])


def line_of(vault: Vault, row: Candidate) -> str:
    """One line: what, where, the masked words, how many households."""
    reading = row.reading
    place = "".join(reading.get("place", ()))
    words = holding.words_of(vault, row)
    short = words if len(words) <= LONGEST_SAID else words[: LONGEST_SAID - 1] + "…"
    urgent = wording.LIST_EMERGENCY if reading["urgency"] == deadlines.EMERGENCY else ""
    households = int(reading.get("households", 1))
    return wording.LIST_LINE.format(
        place_in_list=reading["place_in_list"],
        what=urgent + CATEGORY[str(reading["category"])],
        where=wording.LIST_WHERE.format(place=place) if place else "",
        said=wording.LIST_SAID.format(said=short) if short else "",
        more=wording.LIST_MORE.format(households=households) if households > 1 else "",
    )


def tick(at: Sending, row: Candidate, right: bool, staff_id: int | None) -> None:
    """Right or wrong, by a person, who may think better of it while the list is there. It becomes an example, where
    words are kept; a candidate is ticked again by its last word. What was taken back meanwhile teaches nothing."""
    at.db.refresh(row, with_for_update=True)
    if row.state not in candidates.ON_A_LIST:
        return
    row.state = "right" if right else "wrong"
    row.decided_at, row.decided_by_id = at.now, staff_id
    group = at.db.get_one(Group, row.group_id)
    label = Label(
        about=f"{OF_MESSAGE}{row.inbox_id}",
        text=holding.words_of(at.vault, row),
        category=str(row.reading["category"]) if right else None,
        source="shadow",
        unit_id=group.unit_id,
        staff_id=staff_id,
    )
    listening.learn_example(at.db, at.vault, label, at.now)
    at.db.flush()


def open_lists(db: Session, policy: Policy, units: Sequence[Unit], now: datetime) -> dict[str, list[Candidate]]:
    """The lists of these units that were sent and are not past their time, by name, the latest night first."""
    groups = {group.id for unit in units for group in candidates.groups_below(db, unit.path)}
    lists: dict[str, list[Candidate]] = {}
    for row in candidates.listed(db, groups, now):
        if "list" in row.reading:
            lists.setdefault(str(row.reading["list"]), []).append(row)
    return dict(sorted(lists.items(), key=lambda pair: pair[0].rpartition(":")[2], reverse=True))


def overview(at: Sending, unit: Unit) -> tuple[str, str]:
    """The lists of a unit that are not past their time, as one message, and the name of the oldest: named after it the
    message is blanked with its first words."""
    lists = open_lists(at.db, at.policy, [unit], at.now)
    soon = _soon(at, unit)
    if not lists:
        return soon or wording.LIST_EMPTY.format(unit=unit.name), ""
    lines = []
    for mark, rows in lists.items():
        date = day(mark.rpartition(":")[2], at.now)
        lines.append(wording.LIST_HEAD.format(unit=unit.name, day=date, count=len(rows)))
        lines += [line_of(at.vault, row) for row in rows[:ON_A_PAGE]]
    return "\n".join([*lines, *([soon] if soon else [])]), list(lists)[-1]


def _soon(at: Sending, unit: Unit) -> str:
    """How many will stand on the next list; nothing where there are none."""
    groups = [group.id for group in candidates.groups_below(at.db, unit.path)]
    count = sum("list" not in row.reading for row in candidates.listed(at.db, groups, at.now))
    hour = at.policy.list_at.strftime("%H:%M")
    return wording.LIST_SOON.format(unit=unit.name, count=count, at=hour) if count else ""
