"""The words of a call for help when they are changed: its shifts are read again, and how to sign up stays."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.notice import notice_drafting
from handlers.notice.notice_drafting import Changes, Writer
from handlers.rules import notice_words
from handlers.rules.shifts import CallSaid, read, shift_lines
from handlers.wording import shifts as wording
from storage import shifts
from storage.notice_people import Shift
from storage.notices import Notice


def changes(writer: Writer, notice: Notice, text: str) -> Changes:
    """What new words change of a draft. Of a call, lines of shifts that are new replace its shifts, and words without
    any are followed by those it has. Raises CallError."""
    rows = shifts.of(writer.db, notice.id)
    if not rows:
        return notice_drafting.new_words(writer, notice, text)
    body, before = (_body(notice, words) for words in (text, notice_drafting.words_of(writer, notice)))
    lines = shift_lines(body)
    if not lines:
        body = "\n".join([body, *(_line(row) for row in rows)])
    elif lines != shift_lines(before):
        return arranged(writer, notice, read(body, writer.now))
    return Changes(text=f"{body}\n{wording.foot(notice.number, len(rows))}")


def arranged(writer: Writer, notice: Notice, said: CallSaid) -> Changes:
    """Writes a call's shifts. The times in its words are those of the shifts: it holds until the last of them ends."""
    ends = [one.ends_at or one.starts_at for one in said.shifts]
    last = max((end for end in ends if end is not None), default=None) if None not in ends else None
    planned = [shifts.Planned(one.starts_at, one.ends_at, one.place, one.places) for one in said.shifts]
    shifts.plan(writer.db, notice.id, planned)
    text = f"{said.text}\n{wording.foot(notice.number, len(planned))}"
    return Changes(text=text, valid_from=None, valid_until=last)


def _body(notice: Notice, text: str) -> str:
    """The words without how to sign up, whichever number of shifts that was for."""
    feet = [wording.foot(notice.number, count) for count in (1, 2)]
    lines: Sequence[str] = notice_words.cleaned(text).splitlines()
    return "\n".join(line for line in lines if line.strip() not in feet).strip()


def _line(row: Shift) -> str:
    return wording.planned(row.starts_at, row.ends_at, row.place, row.places)
