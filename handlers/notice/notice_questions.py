"""What is asked at each step of writing a notice, with what was answered before: that may be left as it is."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from handlers.notice import audience_said, notice_drafting
from handlers.notice.notice_drafting import Writer
from handlers.wording import notice_dialogue as wording
from handlers.wording import notice_drafting as drafting_words
from storage.notices import Notice, NoticeKind
from storage.people import Unit, UnitKind

MOST_CHOICES = 5


def question(writer: Writer, notice: Notice, step: str) -> str:
    """One short question, with what was answered before."""
    now = given(writer, notice, step)
    return _asked(writer, notice, step) + (wording.NOW.format(given=now) if now else "")


def given(writer: Writer, notice: Notice, step: str) -> str:
    """The answer that a draft has already, where it would have to be typed again."""
    if step == "text":
        return notice_drafting.words_of(writer, notice)
    if step == "audience" and notice.audience:
        return audience_said.describe(writer.db, notice)
    return str(getattr(notice, step) or "") if step in ("source", "reason") else ""


def _asked(writer: Writer, notice: Notice, step: str) -> str:
    unit = writer.db.get_one(Unit, notice.unit_id)
    if step == "kind":
        return wording.KIND.format(number=notice.number, unit=unit.name)
    if step == "text":
        form = wording.TEXT_EMERGENCY if notice.kind == NoticeKind.EMERGENCY else wording.TEXT
        return form.format(most=writer.policy.text_longest)
    if step == "source":
        return of_source(writer, notice)
    if step == "until" and (held := drafting_words.validity(notice.valid_from, notice.valid_until)):
        return wording.UNTIL_READ.format(validity=held)
    return PLAIN[step]


PLAIN: Mapping[str, str] = {
    "reason": wording.REASON,
    "extras": wording.EXTRAS,
    "until": wording.UNTIL,
    "audience": wording.AUDIENCE,
}


def of_source(writer: Writer, notice: Notice) -> str:
    """Whose word it is; departments of the field are offered by number."""
    field = notice_drafting.source_asked(notice, notice_drafting.words_of(writer, notice)) or "emergency"
    what, example = drafting_words.WHAT[field], drafting_words.EXAMPLES[field]
    choices = "\n".join(
        wording.SOURCE_CHOICE.format(number=number, name=unit.name, phone=unit.phone)
        for number, unit in enumerate(sources(writer, field), start=1)
    )
    form = wording.SOURCE_CHOICES if choices else wording.SOURCE
    return form.format(what=what, choices=choices, example=example)


def sources(writer: Writer, field: str) -> list[Unit]:
    """The departments of a field, with their telephone: they are offered, never taken by themselves."""
    known = select(Unit).where(Unit.kind == UnitKind.DEPARTMENT, Unit.function == field, Unit.phone.is_not(None))
    return list(writer.db.scalars(known.order_by(Unit.id).limit(MOST_CHOICES)))
