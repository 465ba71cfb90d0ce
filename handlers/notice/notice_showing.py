"""The preview of a notice as it is said in a chat: one message, or two where platforms would cut it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.message import Reply
from handlers.notice import notice_audience, notice_drafting, notice_preview, shifting
from handlers.notice.notice_drafting import Writer
from handlers.notice.notice_preview import Preview
from handlers.wording import notice_drafting as drafting_words
from handlers.wording import notice_preview as wording
from handlers.wording import notices
from handlers.wording import shifts as shift_words
from storage import notice_audience as audiences
from storage import notice_groups, shifts
from storage.notices import Notice, NoticeKind, Purpose

How = Mapping[str, str]
ONE_MESSAGE = 2000  # UTF-8 bytes; a longer preview is two messages, since platforms cut at 2,048


def shown(writer: Writer, notice: Notice, first: str = "") -> list[Reply]:
    """Counts afresh, binds the draft to what is shown, and says how to confirm it. It has no problems any more."""
    found = notice_preview.show(writer, notice)
    lines = [*counts(writer, notice, found), ""]
    lines += [wording.TRY_OR_CHANGE.format(number=notice.number), wording.FOOT.format(line=found.line)]
    return parted(as_read(found, first), "\n".join(lines))


def parted(text: str, counted: str) -> list[Reply]:
    """One message where it is short enough, else two."""
    whole = f"{text}\n\n{counted}"
    return [Reply(whole)] if len(whole.encode()) <= ONE_MESSAGE else [Reply(text), Reply(counted)]


def as_read(found: Preview, first: str = "") -> str:
    """The message as residents will read it."""
    head = wording.HEAD.format(number=found.number, message=found.message)
    return f"{first}\n{head}" if first else head


def counts(writer: Writer, notice: Notice, found: Preview, how: How = wording.IN_CHAT) -> list[str]:
    """To whom, by which ways, who not and why, what it takes, and who will probably look. ``how``: it is changed."""
    reach = found.reach
    return [
        wording.TO.format(audience=found.audience),
        *_about(writer, notice, how),
        wording.TOTAL.format(counted=reach.counted),
        *wording.communities(reach.communities),
        wording.ways(reach.channels),
        *wording.because(wording.MISSING, reach.reasons),
        *wording.because(wording.SKIPPED, reach.skipped),
        *_takes(found),
        wording.readers(found.readers),
        *_before_it_goes(writer, found),
    ]


def for_proposer(writer: Writer, notice: Notice, found: Preview, how: How = wording.IN_CHAT) -> list[str]:
    """The same to whoever only proposes: not who of them has a way. A list of one door would say of a family whether it
    is bound, and so would two lists that differ by that door."""
    return [
        wording.TO.format(audience=found.audience),
        *_about(writer, notice, how),
        wording.TOTAL.format(counted=found.reach.counted),
        wording.WAYS_ARE_THEIRS.format(unit=found.issuer),
    ]


def _about(writer: Writer, notice: Notice, how: How) -> Iterator[str]:
    if places := notice_audience.named_in(writer.db, notice, notice_drafting.words_of(writer, notice)):
        yield _line(wording.PLACES, how["places"], number=notice.number, places=places)
    held = drafting_words.validity(notice.valid_from, notice.valid_until)
    if held:
        yield _line(wording.VALID, how["valid"], validity=held, number=notice.number)
    yield from shift_words.read_back(shifting.lines(writer.db, notice, shifts.of(writer.db, notice.id)))
    has = (
        (notice.picture_id, wording.PICTURE),
        (notice.voice_id, wording.VOICE),
        (notice.link, wording.LINK),
    )
    aloud = notice.purpose == Purpose.CORRECT or not audiences.concerns_people(notice.audience)
    if notice.in_groups and aloud:  # the right word is said wherever the wrong one was
        count = notice_groups.hearing(writer.db, notice)
        yield _line(wording.GROUPS if count else wording.NO_GROUPS, how["groups"], number=notice.number, count=count)
    if attached := [name for value, name in has if value]:
        yield wording.WITH.format(what=wording.COMMA.join(attached))


def _line(form: str, how: str, **said: object) -> str:
    return form.format(how=how.format(**said), **said)


def _takes(found: Preview) -> Iterator[str]:
    if not found.reach.able:
        return
    takes = found.takes
    yield wording.TAKES.format(span=wording.span(*takes.seconds))
    if takes.fen is not None:
        low, high = (f"{amount / 100:.2f}" for amount in takes.fen)
        yield wording.COSTS.format(low=low, high=high)
    for door, most in takes.a_month:
        yield wording.MONTHLY.format(channel=notices.channel(door), most=most)
    for quota in takes.quotas:
        if quota.short:
            said = {"channel": notices.channel(quota.door), "left": quota.left, "short": quota.short}
            yield wording.SHORT_OF_QUOTA.format(**said)


def _before_it_goes(writer: Writer, found: Preview) -> Iterator[str]:
    if found.needs_second:
        yield wording.SECOND.format(above=writer.policy.second_above)
    if found.leaves_at > writer.now:
        night = found.kind != NoticeKind.EMERGENCY and found.leaves_at - writer.now <= notice_preview.A_NIGHT
        yield wording.leaves(found.leaves_at, night=night)
