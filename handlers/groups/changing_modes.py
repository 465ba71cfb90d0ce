"""Switching a group between 影子, 先审后说 and 直接, and binding it: each a change that says who, before and after.

Works without a message at hand: an operator does the same at the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.groups import reviewers, shadowing
from handlers.message import Member, Reply
from handlers.rules.deadlines import Policy
from handlers.wording import reviewing as wording
from handlers.wording.taxonomy import ROLE
from storage import candidates, listening
from storage.candidates import REVIEW, SHADOW
from storage.people import Building, Group, Staff, Unit


@dataclass(frozen=True, slots=True)
class Doing:
    """Who changes something, and when. ``staff`` None: an operator at the machine."""

    db: Session
    now: datetime
    policy: Policy
    staff: Staff | None = None
    name: str = wording.OPERATOR

    @property
    def staff_id(self) -> int | None:
        return self.staff.id if self.staff is not None else None


def switch(doing: Doing, group: Group, mode: str) -> tuple[str, list[Reply]]:
    """Changes the mode. What waits for a person keeps waiting, or goes to the list of the night; nothing opens by
    itself. Returns what to answer, and what to tell those who are concerned."""
    doing.db.refresh(group, with_for_update=True)
    before = group.mode
    waiting = candidates.waiting(doing.db, [group.id], REVIEW, locked=True)
    group.mode = mode
    doing.db.flush()
    data = {"before": before, "after": mode, "waiting": len(waiting)}
    change = listening.note_change(doing.db, f"group:{group.id}", "mode", doing.now, staff_id=doing.staff_id, data=data)
    if mode == SHADOW:
        shadowing.take_over(doing.db, group, waiting, doing.now, doing.policy)
    names = {"group": name_of(group), "before": wording.MODE[before], "after": wording.MODE[mode]}
    means = wording.MODE_MEANS[mode]
    lines = [wording.SWITCHED.format(**names, means=means)]
    if waiting:
        lines.append((wording.MOVED_TO_LIST if mode == SHADOW else wording.STILL_WAITING).format(count=len(waiting)))
    told = wording.SWITCHED_TOLD.format(who=doing.name, **names, means=means)
    return "\n".join(lines), list(_tell(doing, group, told, f"group:{group.id}:change:{change}"))


def bind(doing: Doing, group: Group, unit: Unit, building: Building | None, *, kind: str) -> tuple[str, list[Reply]]:
    """Says where a group belongs. Returns what to answer, and what to tell those who are concerned."""
    before = {"unit": group.unit_id, "building": group.building_id, "kind": group.kind}
    place = unit.name + (building.name if building is not None else "")
    group.unit_id, group.building_id, group.kind = unit.id, building.id if building is not None else None, kind
    group.place = place
    doing.db.flush()
    after = {"unit": group.unit_id, "building": group.building_id, "kind": kind}
    data = {"before": before, "after": after}
    change = listening.note_change(
        doing.db, f"group:{group.id}", "bound", doing.now, staff_id=doing.staff_id, data=data
    )
    names = {"group": name_of(group), "place": place, "mode": wording.MODE[group.mode]}
    answer = wording.BOUND.format(**names, means=wording.MODE_MEANS[group.mode])
    told = wording.BOUND_TOLD.format(who=doing.name, **names)
    return answer, list(_tell(doing, group, told, f"group:{group.id}:change:{change}"))


def set_review_list(doing: Doing, unit: Unit, on: bool) -> str:
    """Switches a unit's list on or off; off also forgets the words that are kept."""
    if unit.review_list == on:
        state = wording.STATE_ON if on else wording.STATE_OFF
        return wording.SWITCHED_ALREADY.format(unit=unit.name, state=state)
    unit.review_list = on
    data = {"before": not on, "after": on}
    listening.note_change(doing.db, f"unit:{unit.id}", "review_list", doing.now, staff_id=doing.staff_id, data=data)
    doing.db.flush()
    if not on:
        groups = [group.id for group in candidates.groups_below(doing.db, unit.path)]
        for row in candidates.listed(doing.db, groups, doing.now):
            candidates.forget_words(doing.db, row)
    role = role_name(doing.policy)
    return (wording.SWITCHED_ON if on else wording.SWITCHED_OFF).format(unit=unit.name, role=role)


def role_name(policy: Policy) -> str:
    """Whose list it is, as people say it."""
    return ROLE[policy.list_role]


def name_of(group: Group) -> str:
    """What a group is called by staff; some platforms tell no name."""
    return group.name if group.name != group.chat else (group.place or wording.NAMELESS)


def heard_first(db: Session, group: Group, people: Sequence[Staff]) -> list[Reply]:
    """A group that nobody knew: those who keep the deployment going are told once."""
    text = wording.NEW_GROUP.format(group=name_of(group), id=group.id)
    return [Reply(text, to=Member(staff.id), name=f"group:{group.id}:new") for staff in people]


def _tell(doing: Doing, group: Group, text: str, name: str) -> list[Reply]:
    """Whoever confirms here, and whose list it is, but not who did it."""
    unit = reviewers.listing_unit(doing.db, group.unit_id)
    people = [*reviewers.deciding(doing.db, group)] if group.unit_id is not None else []
    people += reviewers.secretaries(doing.db, unit, doing.policy) if unit is not None else []
    ids = dict.fromkeys(staff.id for staff in people if staff.id != doing.staff_id)
    return [Reply(text, to=Member(number), name=name) for number in ids]
