"""The steps of writing a notice: their order, and what an answer changes. For a chat; nothing is sent here.

A step is kept in ``Notice.asks``. ``fix:`` before it: only this one is missing, and then it is shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from handlers.notice import call_words, issuing, notice_audience, notice_drafting, notice_questions
from handlers.notice.notice_drafting import Changes, Writer
from handlers.notice.notice_places import Unclear
from handlers.rules import notice_words
from handlers.rules.shifts import CallError
from handlers.wording import notice_dialogue as wording
from handlers.wording import notice_drafting as drafting_words
from handlers.wording import notice_words as patterns
from nlp.normalise import fold
from storage import notice_audience as audiences
from storage import notice_ledger
from storage.base import JsonObject
from storage.notices import Notice, NoticeKind
from storage.people import Household, Unit

FIX = "fix:"
WORDS_NOT_A_KIND = 9  # characters
AROUND = " \t\n,，.。!！~～;；"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: the words as typed, and a picture or recording that came with them or instead."""

    text: str = ""
    picture_id: int | None = None
    voice_id: int | None = None

    @property
    def word(self) -> str:
        """As one word, to be compared."""
        return fold(self.text).strip(AROUND).lower()


def sequence(writer: Writer, notice: Notice) -> list[str]:
    """The steps of this notice, in order: what its kind and words make necessary comes behind them."""
    text = notice_drafting.words_of(writer, notice)
    more = ["source"] if notice_drafting.source_asked(notice, text) else []
    more += ["reason"] if notice.kind == NoticeKind.EMERGENCY else []
    return ["kind", "text", *more, "extras", "until", "audience"]


def following(writer: Writer, notice: Notice, step: str) -> str | None:
    """The step behind this one; None when that was the last."""
    steps = sequence(writer, notice)
    at = steps.index(step) if step in steps else 0
    return steps[at + 1] if at + 1 < len(steps) else None


def before(writer: Writer, notice: Notice, step: str) -> str | None:
    """The step before this one; None at the first."""
    steps = sequence(writer, notice)
    at = steps.index(step) if step in steps else 0
    return steps[at - 1] if at > 0 else None


# --- answers: each changes the draft and answers None, or says what is wrong with it


def take(writer: Writer, notice: Notice, step: str, said: Said) -> str | None:
    """Puts an answer into the draft. What is said instead of going on, where it does not fit."""
    return TAKERS[step](writer, notice, said)


def _kind(writer: Writer, notice: Notice, said: Said) -> str | None:
    kind = notice_words.kind_of(said.word)
    if kind is None:
        return _words_first(writer, notice, said)
    changes = Changes(kind=kind)
    notice_drafting.change(writer, notice, changes)
    if not notice.audience and not issuing.may_issue(writer.posts, writer.db.get_one(Unit, notice.unit_id), kind):
        unit = issuing.drafting_unit(writer.posts, writer.db, kind)
        notice.unit_id = unit.id if unit is not None else notice.unit_id
    return None


def _words_first(writer: Writer, notice: Notice, said: Said) -> str:
    """Whoever writes the words where the kind was asked need not write them twice."""
    if len(said.text) < WORDS_NOT_A_KIND or notice_drafting.words_of(writer, notice):
        return wording.KIND_AGAIN
    return _text(writer, notice, said) or wording.WORDS_TAKEN


def _text(writer: Writer, notice: Notice, said: Said) -> str | None:
    if said.voice_id is not None:
        notice_drafting.change(writer, notice, Changes(voice_id=said.voice_id))
    if said.picture_id is not None:
        notice_drafting.change(writer, notice, Changes(picture_id=said.picture_id))
    text = notice_words.cleaned(said.text)
    if not text:
        return _words_too(said)
    if notice_words.too_short(text):
        return wording.TOO_SHORT.format(said=text)
    most = writer.policy.text_longest
    if len(text) > most:
        return wording.TOO_LONG.format(length=len(text), limit=most)
    try:
        notice_drafting.change(writer, notice, call_words.changes(writer, notice, text))
    except CallError as error:
        return str(error)
    return None


def _words_too(said: Said) -> str:
    if said.voice_id is not None:
        return wording.VOICE_NEEDS_WORDS
    return wording.PICTURE_NEEDS_WORDS if said.picture_id is not None else drafting_words.NO_TEXT


def _source(writer: Writer, notice: Notice, said: Said) -> str | None:
    asked = notice_drafting.source_asked(notice, notice_drafting.words_of(writer, notice))
    field = asked or "emergency"
    if said.word in patterns.NONE:
        if asked is not None:
            return notice_questions.of_source(writer, notice)
        notice_drafting.change(writer, notice, Changes(source=None))
        return None
    source = notice_words.cleaned(said.text)[: notice_drafting.LONGEST_SOURCE]
    if said.word.isdecimal() and len(said.word) == 1:
        offered = notice_questions.sources(writer, field)
        if not 0 < int(said.word) <= len(offered):
            return notice_questions.of_source(writer, notice)
        source = f"{offered[int(said.word) - 1].name} {offered[int(said.word) - 1].phone}"
    if notice_drafting.PROVABLE.search(source) is None and not notice.link:
        return drafting_words.SOURCE_BARE.format(source=source, example=drafting_words.EXAMPLES[field])
    notice_drafting.change(writer, notice, Changes(source=source))
    return None


def _reason(writer: Writer, notice: Notice, said: Said) -> str | None:
    reason = notice_words.cleaned(said.text)[: notice_drafting.LONGEST_REASON]
    if not reason:
        return wording.REASON
    notice_drafting.change(writer, notice, Changes(reason=reason))
    return None


def _extras(writer: Writer, notice: Notice, said: Said) -> str | None:
    link = patterns.LINK.search(said.text)
    if said.picture_id is not None:
        notice_drafting.change(writer, notice, Changes(picture_id=said.picture_id))
        return wording.EXTRAS_MORE.format(what=wording.PICTURE)
    if said.voice_id is not None:
        notice_drafting.change(writer, notice, Changes(voice_id=said.voice_id))
        return wording.EXTRAS_MORE.format(what=wording.VOICE)
    if link is not None:
        notice_drafting.change(writer, notice, Changes(link=link.group()))
        return wording.EXTRAS_MORE.format(what=wording.LINK)
    return None if said.word in patterns.NONE else wording.EXTRAS_AGAIN


def _instead(field: str) -> Callable[[Writer, Notice, Said], str | None]:
    """Another link, picture or recording, or 没有: then there is none any more."""

    def taken(writer: Writer, notice: Notice, said: Said) -> str | None:
        if said.word in patterns.NONE:
            change: JsonObject = {field: None}
            notice_drafting.change(writer, notice, cast("Changes", change))
            return None
        again = _extras(writer, notice, said)
        return again if again == wording.EXTRAS_AGAIN else None

    return taken


def _until(writer: Writer, notice: Notice, said: Said) -> str | None:
    if said.word in patterns.RIGHT and notice.valid_until is not None:
        return None
    if said.word in patterns.NO_END:
        notice_drafting.change(writer, notice, Changes(valid_from=None, valid_until=None))
        return None
    held = notice_words.until(said.text, writer.now)
    if held is None:
        return wording.UNTIL_AGAIN
    if held.end is not None and held.end <= writer.now:
        return drafting_words.ALREADY_OVER.format(until=drafting_words.until(held.end))
    notice_drafting.change(writer, notice, Changes(valid_from=held.start, valid_until=held.end))
    return None


def _audience(writer: Writer, notice: Notice, said: Said) -> str | None:
    try:
        choose(writer, notice, said.text)
    except Unclear as error:
        return str(error)
    return None


def choose(writer: Writer, notice: Notice, words: str) -> None:
    """Sets the audience that words name. Raises Unclear."""
    unit = writer.db.get_one(Unit, notice.unit_id)
    spec = notice_audience.read(writer.db, unit, words, writer.now)
    notice_drafting.change(writer, notice, Changes(audience=within_reach(writer, notice, spec, words)))


def within_reach(writer: Writer, notice: Notice, spec: JsonObject, said: str) -> JsonObject:
    """The same audience; of a property company only within its own estates. Raises Unclear for one beyond."""
    unit = writer.db.get_one(Unit, notice.unit_id)
    # How many old, pregnant or unread there are would tell a company, door by door, who they are.
    if issuing.only_proposes(writer.posts, unit) and audiences.PEOPLE.intersection(spec):
        raise Unclear(wording.OFFICE_PICKS.format(unit=unit.name))
    own = issuing.proposers_estates(writer.posts, unit)
    if not own or issuing.may_issue(writer.posts, unit, NoticeKind.ORDINARY):
        return spec
    return _within_own(writer, unit, spec, own, said)


def _within_own(writer: Writer, unit: Unit, spec: JsonObject, own: list[int], words: str) -> JsonObject:
    if not spec:
        return {audiences.UNITS: own}
    which = audiences.matching(writer.db, unit.path, spec)
    if notice_ledger.anybody(writer.db, which & Household.estate_id.not_in(own)):
        raise Unclear(wording.OUTSIDE_YOURS.format(said=words.strip()[:20]))
    return spec


def hold(writer: Writer, notice: Notice, said: Said) -> str | None:
    """When it is to go: 定时 明天 9 点."""
    if said.word in patterns.NO_END:
        notice_drafting.change(writer, notice, Changes(hold_until=None))
        return None
    held = notice_words.until(said.text, writer.now)
    at = held.start or held.end if held is not None else None
    if at is None or at <= writer.now:
        return wording.HOLD_AGAIN.format(number=notice.number)
    notice_drafting.change(writer, notice, Changes(hold_until=at))
    return None


def _in_groups(writer: Writer, notice: Notice, said: Said) -> str | None:
    """Whether one line is said in the residents' groups too."""
    if said.word not in wording.IN_GROUPS:
        return wording.IN_GROUPS_HOW.format(number=notice.number)
    notice_drafting.change(writer, notice, Changes(in_groups=wording.IN_GROUPS[said.word]))
    return None


TAKERS: Mapping[str, Callable[[Writer, Notice, Said], str | None]] = {
    "kind": _kind,
    "text": _text,
    "source": _source,
    "reason": _reason,
    "extras": _extras,
    "until": _until,
    "audience": _audience,
    "link": _instead("link"),
    "valid_until": _until,
    "hold_until": hold,
    "in_groups": _in_groups,
    "voice_id": _instead("voice_id"),
    "picture_id": _instead("picture_id"),
}
