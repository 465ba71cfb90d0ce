"""Which units somebody names in one breath, and what else they write: 城管 消防 综合执法 问题：… 需求：…"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.context import Context
from handlers.message import Reply
from handlers.ticket import confiding, targets
from handlers.wording import whistles as wording
from storage import directory
from storage.people import Unit, UnitKind
from storage.tickets import Ticket

CALLABLE = frozenset({UnitKind.DEPARTMENT, UnitKind.ENTERPRISE, UnitKind.PROPERTY})


@dataclass(slots=True)
class Named:
    """What was understood. ``rest``: words that name nobody, in their order."""

    units: list[Unit] = field(default_factory=list)
    kind: str | None = None
    rest: list[str] = field(default_factory=list)
    problems: str = ""
    needs: str = ""


def split(said: str) -> tuple[str, Mapping[str, str]]:
    """What comes before 问题：and 需求：, and what stands behind each."""
    marks = list(wording.LISTS.finditer(said))
    if not marks:
        return said, {}
    ends = [*(one.start() for one in marks[1:]), len(said)]
    lists = {str(one.lastgroup): said[one.end() : end].strip() for one, end in zip(marks, ends, strict=True)}
    return said[: marks[0].start()], lists


def read(ctx: Context, ticket: Ticket, said: str, known_kind: str | None = None) -> Named | Reply:
    """The units and the kind of a whistle, with its two lists; or what to say because a name means several."""
    head, lists = split(said)
    found = Named(kind=known_kind, problems=lists.get("problems", ""), needs=lists.get("needs", ""))
    for word in filter(None, wording.BETWEEN.split(head)):
        refusal = _take(ctx, ticket, word, found)
        if refusal is not None:
            return refusal
    return found


def _take(ctx: Context, ticket: Ticket, word: str, found: Named) -> Reply | None:
    kind = _kind(word)
    if kind is not None and found.kind in (None, kind):
        found.kind = kind
        return None
    name = word.lstrip(wording.BEFORE_NAMES)
    units = targets.units(ctx, ticket, name) if wording.NAME.fullmatch(name) else []
    exact = [unit for unit in units if unit.name == name]
    units = exact or [unit for unit in units if unit.kind in CALLABLE] or units
    if not units and len(parts := wording.JOINED.split(name)) > 1:
        return next(filter(None, (_take(ctx, ticket, part, found) for part in parts)), None)
    if not units:
        found.rest.append(word)
        return None
    if len(units) > 1:
        names = wording.AND.join(unit.name for unit in units[:6])
        return Reply(wording.SEVERAL.format(name=name, names=names), ticket_id=ticket.id)
    if not confiding.may_have(ticket, units[0].kind):
        return Reply(wording.CONFIDENTIAL.format(number=ticket.number, unit=units[0].name), ticket_id=ticket.id)
    if units[0] not in found.units:
        found.units.append(units[0])
    return None


def _kind(word: str) -> str | None:
    return next((kind for kind, words in wording.KIND_WORDS.items() if word in words), None)


def unknown(ctx: Context, ticket: Ticket, word: str) -> Reply:
    """No unit has this name; whom one may call."""
    near = directory.units_below(ctx.db, targets.street_path(ctx, ticket))
    callable_ = (unit.name for unit in near if unit.kind in CALLABLE and directory.staff_of(ctx.db, unit.id))
    return Reply(wording.UNKNOWN.format(name=word, names=wording.AND.join(callable_)), ticket_id=ticket.id)
