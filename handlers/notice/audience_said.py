"""To whom a notice goes, said back to people: 梧桐里小区3号楼、5号楼里的独居老人."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.wording import notice_audience as wording
from handlers.wording import notice_words as patterns
from nlp.normalise import fold
from storage.base import JsonObject
from storage.notice_audience import BUILDINGS, HOUSEHOLDS, SEEN_OF, SENT_OF, TAGS, UNITS, UNSEEN_OF
from storage.notices import Notice
from storage.people import Building, Unit
from storage.streets import streets_of

SHOWN = 12  # places named in a description


@cache
def tags() -> list[tuple[str, str]]:
    """What people call the words of a front door, longest first: how it is said, the tag."""
    pairs = [(fold(said), tag) for tag, words in _table().items() for said in words]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


@cache
def called() -> dict[str, str]:
    """The same the other way round: how each tag is said first."""
    return {tag: words[0] for tag, words in _table().items()}


def _table() -> dict[str, list[str]]:
    text = files("handlers.wording").joinpath(patterns.TAGS_FILE).read_text(encoding="utf-8")
    table: dict[str, list[str]] = tomllib.loads(text)["tags"]
    return table


def describe(db: Session, notice: Notice) -> str:
    """An audience as people say it."""
    unit = db.get_one(Unit, notice.unit_id)
    spec = notice.audience
    places = [*_units(db, spec.get(UNITS, ())), *_buildings(db, spec.get(BUILDINGS, ()))]
    if HOUSEHOLDS in spec:
        places.append(wording.LISTED.format(count=len(spec[HOUSEHOLDS])))
    where = wording.AND.join(places[:SHOWN]) + (wording.MORE.format(count=len(places)) if len(places) > SHOWN else "")
    who = [said for said in (_tags(spec.get(TAGS, ())), *_by_reading(db, spec)) if said]
    if not who:
        return where or wording.EVERYBODY.format(unit=unit.name)
    return f"{where or unit.name}{wording.WITHIN}{wording.AND_ALSO.join(who)}"


def _units(db: Session, ids: Iterable[int]) -> list[str]:
    return [place.name for number in ids if (place := streets_of(db).unit(number)) is not None]


def _buildings(db: Session, ids: Sequence[int]) -> list[str]:
    """Buildings by name; an estate all of whose buildings are meant is said as the estate."""
    rows = db.scalars(select(Building).where(Building.id.in_(ids)).order_by(Building.id)).all() if ids else ()
    meant = Counter(row.estate_id for row in rows)
    sizes = select(Building.estate_id, func.count()).where(Building.estate_id.in_(list(meant)))
    whole = {estate for estate, size in db.execute(sizes.group_by(Building.estate_id)) if size == meant[estate] > 1}
    named = [f"{''.join(_units(db, [row.estate_id]))}{row.name}" for row in rows if row.estate_id not in whole]
    return [*_units(db, sorted(whole)), *named]


def _tags(words: Iterable[str]) -> str:
    return wording.AND.join(called().get(word, word) for word in words)


def _by_reading(db: Session, spec: JsonObject) -> Iterable[str]:
    for key, form in ((SEEN_OF, wording.SEEN_OF), (UNSEEN_OF, wording.UNSEEN_OF), (SENT_OF, wording.SENT_OF)):
        if key in spec:
            yield form.format(number=db.get_one(Notice, spec[key]).number)
