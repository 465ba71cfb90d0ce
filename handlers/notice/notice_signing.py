"""Signing a notice: the first confirmation, the second person, a word by telephone. For the chat and the console alike.

The caller has the notice locked (``notice_ledger.by_number(…, lock=True)``): of two confirmations at once the second
finds what the first did. Nothing is sent here; the state says that the fan-out may begin. Times are business time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from handlers.message import Button, Card, Member, Reply
from handlers.notice import issuing, notice_drafting, notice_preview, notice_showing
from handlers.notice.notice_drafting import Writer
from handlers.rules import notice_hours
from handlers.ticket.choosing import roles_in_words
from handlers.wording import notice_signing as wording
from handlers.wording.notices import KIND_NAMES, confirm_line, moment
from storage import directory, listening
from storage.notices import Notice, NoticeKind, NoticeState
from storage.people import Staff, Unit

NOT_OPEN = frozenset({NoticeState.CONFIRMED, NoticeState.SENDING, NoticeState.DONE})


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of it: the sentence for whoever signed, what others are told, whether it goes now, and whether the
    preview must be looked at again first."""

    said: str
    others: Sequence[Reply] = field(default=())
    starts: bool = False
    again: bool = False


def sign(writer: Writer, notice: Notice, count: int | None, *, tapped: bool = False) -> Signed:
    """A confirmation by whoever may give it now: the first with the count, the second by a word or a tap.

    ``tapped``: by a card's button, and nobody knows whether it is the newest card.
    """
    unit = writer.db.get_one(Unit, notice.unit_id)
    number = notice.number
    if notice.state in NOT_OPEN:
        return Signed(wording.ALREADY.format(number=number))
    if notice.state == NoticeState.CANCELLED:
        return Signed(wording.CANCELLED.format(number=number))
    if notice.state == NoticeState.PROPOSED:
        return Signed(wording.WAITS_FOR_REVIEW.format(number=number, unit=unit.name))
    if notice.state == NoticeState.SIGNING:
        return _second(writer, notice, unit, count, tapped=tapped)
    return _first(writer, notice, unit, count)


# --- the first


def _first(writer: Writer, notice: Notice, unit: Unit, count: int | None) -> Signed:
    refusal = _not_yours(writer, notice, unit)
    if refusal is not None:
        return Signed(refusal)
    wrong = notice_drafting.problems(writer, notice)
    if wrong:
        return Signed(wrong[0].sentence)
    if not notice.fingerprint:
        return Signed(wording.NOT_SHOWN, again=True)
    if writer.now - notice.created_at > writer.policy.preview_holds:
        return Signed(wording.EXPIRED, again=True)
    if count != notice.counted:
        return Signed(_wrong_count(notice, count))
    if not notice_drafting.is_unchanged(writer, notice):
        return Signed(wording.CHANGED, again=True)
    if notice_preview.needs_second(writer, notice.counted):
        return _ask_second(writer, notice, unit)
    notice.confirmed_at, notice.confirmed_by_id = writer.now, writer.staff.id
    return _start(writer, notice, wording.STARTED, wording.STARTS_LATER)


def _wrong_count(notice: Notice, count: int | None) -> str:
    line = confirm_line(notice.number, notice.counted)
    if count is None:
        return wording.CONFIRM_HOW.format(line=line)
    return wording.WRONG_COUNT.format(number=notice.number, counted=notice.counted, given=count, line=line)


def _not_yours(writer: Writer, notice: Notice, unit: Unit) -> str | None:
    """The author confirms; once somebody else has reviewed it, whoever may issue it."""
    if not issuing.may_issue(writer.posts, unit, notice.kind):
        who = roles_in_words(issuing.roles_at(unit, notice.kind))
        return wording.MAY_NOT.format(number=notice.number, unit=unit.name, who=who)
    if writer.staff.id != notice.author_id and notice.reviewed_at is None:
        return wording.NOT_YOURS.format(number=notice.number, author=_name(writer, notice.author_id))
    return None


def _start(writer: Writer, notice: Notice, at_once: str, later: str, **more: str) -> Signed:
    notice.state, notice.asks = NoticeState.CONFIRMED, None
    at = notice_hours.goes_at(notice.kind, notice.hold_until, writer.now, writer.policy)
    if at > writer.now:
        notice.hold_until = at  # said here, so that nobody is told again when the night is noticed
    writer.db.flush()
    form = later if at > writer.now else at_once
    said = form.format(number=notice.number, counted=notice.counted, at=moment(at), **more)
    return Signed(said, starts=True)


# --- the second


def _ask_second(writer: Writer, notice: Notice, unit: Unit) -> Signed:
    people = whom_to_ask(writer, notice, unit, [writer.staff.id, notice.author_id])
    above = writer.policy.second_above
    if not people:
        return Signed(wording.NOBODY_TO_ASK.format(number=notice.number, above=above, unit=unit.name))
    notice.state = NoticeState.SIGNING
    notice.confirmed_at, notice.confirmed_by_id = writer.now, writer.staff.id
    writer.db.flush()
    form = wording.ASKED_AT_NIGHT if _by_night(writer, notice) else wording.ASKED_SECOND
    said = form.format(number=notice.number, counted=notice.counted, above=above, names=names(writer, people))
    return Signed(said, others=list(_cards(writer, notice, unit, people)))


def whom_to_ask(writer: Writer, notice: Notice, unit: Unit, but: Sequence[int | None]) -> list[Staff]:
    """Who may be the second person now: at night, for what goes out at night, the leaders on duty; else the office."""
    if _by_night(writer, notice):
        found = issuing.on_duty(writer.db, unit, but, writer.now)
        return found or issuing.seconds(writer.db, unit, but, writer.now)
    return issuing.seconds(writer.db, unit, but, writer.now)


def _by_night(writer: Writer, notice: Notice) -> bool:
    return notice.kind == NoticeKind.EMERGENCY and notice_hours.is_night(writer.now, writer.policy)


def _cards(writer: Writer, notice: Notice, unit: Unit, people: Iterable[Staff]) -> Iterable[Reply]:
    """The whole preview and the count to each of them, and one tap."""
    found = notice_preview.look(writer, notice, [])
    ask = wording.PLEASE_SECOND.format(
        name=_name(writer, writer.staff.id), number=notice.number, counted=notice.counted
    )
    counted = "\n".join(notice_showing.counts(writer, notice, found))
    text = f"{ask}\n\n{found.message}\n\n{counted}"
    card = Card(
        title=wording.CARD_TITLE.format(number=notice.number),
        fields=(
            (wording.CARD_UNIT, unit.name),
            (wording.CARD_KIND, KIND_NAMES[notice.kind]),
            (wording.CARD_COUNT, wording.HOUSEHOLDS.format(counted=notice.counted)),
        ),
        buttons=(Button(wording.BUTTON.format(counted=notice.counted), "notice_confirm"),),
        ticket=notice.number,
    )
    urgent = notice.kind == NoticeKind.EMERGENCY
    for staff in people:
        name = f"notice:{notice.number}:second:{notice.version}:{staff.id}"
        yield Reply(text, to=Member(staff.id), card=card, name=name, urgent=urgent)


def _second(writer: Writer, notice: Notice, unit: Unit, count: int | None, *, tapped: bool) -> Signed:
    first = notice.confirmed_by_id
    if writer.staff.id in (first, notice.author_id):
        people = whom_to_ask(writer, notice, unit, [first, notice.author_id])
        return Signed(wording.WAITS_FOR_SECOND.format(number=notice.number, names=names(writer, people)))
    night = notice_hours.is_night(writer.now, writer.policy)
    if not issuing.may_second_now(writer.db, writer.staff, unit, writer.now, at_night=night):
        return Signed(wording.NOT_SECOND.format(number=notice.number, unit=unit.name))
    if count is not None and count != notice.counted:
        return Signed(_wrong_count(notice, count))
    if not _holds(writer, notice):
        notice_drafting.void(notice)
        writer.db.flush()
        said = wording.SECOND_EXPIRED.format(number=notice.number, name=_name(writer, first))
        return Signed(said, others=_told(notice, first, said, "expired"))
    if tapped and _was_changed(writer, notice):
        line, text = confirm_line(notice.number, notice.counted), notice_drafting.words_of(writer, notice)
        return Signed(wording.TAPPED_AFTER_CHANGE.format(number=notice.number, line=line, text=text))
    notice.second_at, notice.second_by_id = writer.now, writer.staff.id
    started = _start(writer, notice, wording.STARTED, wording.STARTS_LATER)
    at = notice_hours.goes_at(notice.kind, notice.hold_until, writer.now, writer.policy)
    form = wording.SECONDED_LATER if at > writer.now else wording.SECONDED
    name = _name(writer, writer.staff.id)
    told = form.format(name=name, number=notice.number, counted=notice.counted, at=moment(at))
    return Signed(started.said, others=_told(notice, first, told, "seconded"), starts=True)


def _was_changed(writer: Writer, notice: Notice) -> bool:
    """Whether it was signed once and changed since: then somebody may still hold a card with the words before."""
    return bool(listening.changes(writer.db, f"notice:{notice.number}", 1, ("voided",)))


# --- 电话请示


def consent(writer: Writer, notice: Notice, who: str, words: str) -> Signed:
    """The leader agreed on the telephone: noted, sealed, and everybody above is told. Only at night, for an emergency,
    and only once those who were asked have had their three minutes."""
    unit = writer.db.get_one(Unit, notice.unit_id)
    refusal = _no_consent(writer, notice)
    if refusal is not None:
        return Signed(refusal)
    noted = f"{writer.now.isoformat()} {words}"
    notice.consent = writer.vault.seal(noted, "notices.consent", notice.ref)
    notice.second_at = writer.now
    started = _start(writer, notice, wording.CONSENTED, wording.CONSENTED, who=who)
    notice_drafting.note(writer, notice, "consent_by_telephone")
    told = wording.TOLD_ABOVE.format(
        name=_name(writer, writer.staff.id), number=notice.number, counted=notice.counted, who=who
    )
    above = issuing.everybody_above(writer.db, unit, [writer.staff.id])
    name = f"notice:{notice.number}:consent:"
    others = [Reply(told, to=Member(staff.id), name=f"{name}{staff.id}", urgent=True, aloud=False) for staff in above]
    return Signed(started.said, others=others, starts=True)


def _no_consent(writer: Writer, notice: Notice) -> str | None:
    number = notice.number
    if notice.state in NOT_OPEN:
        return wording.ALREADY.format(number=number)
    if notice.state != NoticeState.SIGNING or notice.confirmed_at is None:
        return wording.NOTHING_WAITS
    if notice.confirmed_by_id != writer.staff.id:
        return wording.CONSENT_NOT_YOURS.format(number=number, name=_name(writer, notice.confirmed_by_id))
    if notice.kind != NoticeKind.EMERGENCY:
        return wording.CONSENT_ONLY_EMERGENCY.format(number=number)
    if not notice_hours.is_night(writer.now, writer.policy):
        return wording.CONSENT_BY_DAY
    left = notice.confirmed_at + writer.policy.consent_after - writer.now
    if left.total_seconds() > 0:
        return wording.CONSENT_TOO_SOON.format(minutes=-(-int(left.total_seconds()) // 60))
    if not _holds(writer, notice):
        notice_drafting.void(notice)
        return wording.SECOND_EXPIRED.format(number=number, name=_name(writer, writer.staff.id))
    return None


def _holds(writer: Writer, notice: Notice) -> bool:
    """Whether the first confirmation is not too old, and still of what was shown."""
    confirmed = notice.confirmed_at
    fresh = confirmed is not None and writer.now - confirmed <= writer.policy.preview_holds
    return fresh and notice_drafting.is_unchanged(writer, notice)


def names(writer: Writer, people: Sequence[Staff]) -> str:
    """People by name."""
    return wording.AND.join(directory.name_of(writer.vault, staff) for staff in people)


def _name(writer: Writer, staff_id: int | None) -> str:
    return directory.name_of(writer.vault, writer.db.get(Staff, staff_id)) if staff_id is not None else ""


def _told(notice: Notice, staff_id: int | None, words: str, what: str) -> list[Reply]:
    if staff_id is None:
        return []
    return [Reply(words, to=Member(staff_id), name=f"notice:{notice.number}:{what}:{notice.version}")]
