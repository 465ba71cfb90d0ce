"""A notice on its way between people: proposed or sent for review, adopted, reviewed or given back.

For the chat and the console alike; the caller has the notice locked. Whoever decides never wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers.message import Button, Card, Member, Reply
from handlers.notice import issuing, notice_drafting, notice_preview, notice_showing
from handlers.notice.notice_drafting import Writer
from handlers.wording import notice_dialogue as wording
from handlers.wording import notice_signing as signing_words
from handlers.wording.notices import KIND_NAMES
from storage import directory
from storage.notices import Notice, NoticeState
from storage.people import Staff, Unit


def pass_on(writer: Writer, notice: Notice, wanted: str = "") -> list[Reply]:
    """Sends a draft to whoever may decide about it, or to the one who is named. The first reply is for the author."""
    wrong = notice_drafting.problems(writer, notice)
    if wrong:
        return [Reply(wrong[0].sentence)]
    unit = writer.db.get_one(Unit, notice.unit_id)
    people = deciders(writer, notice, unit)
    if not people:
        return [Reply(wording.NOBODY_DECIDES.format(unit=unit.name, number=notice.number))]
    named = [staff for staff in people if wanted and wanted in directory.name_of(writer.vault, staff)]
    if wanted and not named:
        known = names(writer, people)
        return [Reply(wording.NO_SUCH_PERSON.format(unit=unit.name, name=wanted, names=known))]
    people = named or people
    notice.state, notice.asks, notice.proposed_at = NoticeState.PROPOSED, None, writer.now
    writer.db.flush()
    mine = issuing.may_issue(writer.posts, unit, notice.kind) or wanted
    said = wording.SUBMITTED if mine else wording.PROPOSED
    told = said.format(number=notice.number, unit=unit.name, names=names(writer, people))
    return [Reply(told), *_cards(writer, notice, unit, people, review=bool(mine))]


def deciders(writer: Writer, notice: Notice, unit: Unit) -> list[Staff]:
    """Who may issue it and did not write it: of the unit, else of the nearest above."""
    return issuing.issuers(writer.db, unit, notice.kind, [notice.author_id])


def _cards(writer: Writer, notice: Notice, unit: Unit, people: Iterable[Staff], *, review: bool) -> Iterable[Reply]:
    found = notice_preview.look(writer, notice)
    ask = (wording.REVIEW if review else wording.PROPOSAL).format(
        name=directory.name_of(writer.vault, writer.staff), number=notice.number, counted=found.reach.counted
    )
    counted = "\n".join(notice_showing.counts(writer, notice, found))
    text = f"{ask}\n\n{found.message}\n\n{counted}"
    households = signing_words.HOUSEHOLDS.format(counted=found.reach.counted)
    card = Card(
        title=wording.PROPOSAL_TITLE.format(number=notice.number),
        fields=(
            (signing_words.CARD_UNIT, unit.name),
            (signing_words.CARD_KIND, KIND_NAMES[notice.kind]),
            (signing_words.CARD_COUNT, households),
        ),
        buttons=(Button(wording.ADOPT, "notice_adopt"), Button(wording.RETURN, "notice_return")),
        ticket=notice.number,
    )
    for staff in people:
        name = f"notice:{notice.number}:decide:{notice.version}:{staff.id}"
        yield Reply(text, to=Member(staff.id), card=card, name=name)


def adopt(writer: Writer, notice: Notice) -> list[Reply]:
    """采用, 审核通过: it may be confirmed now, by its author where that is allowed, else by whoever adopted it."""
    unit = writer.db.get_one(Unit, notice.unit_id)
    refusal = _not_deciding(writer, notice, unit, waits=notice.state == NoticeState.PROPOSED)
    if refusal is not None:
        return [Reply(refusal)]
    wrong = notice_drafting.problems(writer, notice)
    if wrong:  # it may have grown old while it waited
        return [Reply(wording.NOT_YET.format(sentence=wrong[0].sentence, number=notice.number))]
    notice.state, notice.reviewed_at, notice.reviewed_by_id = NoticeState.DRAFT, writer.now, writer.staff.id
    writer.db.flush()
    author = writer.db.get_one(Staff, notice.author_id)
    name = directory.name_of(writer.vault, writer.staff)
    signs = author.active and issuing.may_issue(author.posts, unit, notice.kind)
    notice_drafting.note(writer, notice, "reviewed")
    form = wording.REVIEWED if signs else wording.ADOPTED
    first = form.format(number=notice.number, name=directory.name_of(writer.vault, author))
    preview = notice_showing.shown(writer, notice, first)
    told = (wording.TOLD_REVIEWED if signs else wording.TOLD_ADOPTED).format(
        name=name, number=notice.number, unit=unit.name
    )
    seen = "\n\n".join([told, *(reply.text.removeprefix(first).lstrip() for reply in preview)]) if signs else told
    tell = Reply(seen, to=Member(author.id), name=f"notice:{notice.number}:reviewed:{notice.version}")
    return [Reply(preview[0].text, stamp=wording.STAMP_ADOPTED), *preview[1:], tell]


def give_back(writer: Writer, notice: Notice, why: str) -> list[Reply]:
    """退回: its author reads why, changes it and sends it again. Also on second thoughts, before it was confirmed."""
    unit = writer.db.get_one(Unit, notice.unit_id)
    adopted = notice.state == NoticeState.DRAFT and notice.reviewed_at is not None
    refusal = _not_deciding(writer, notice, unit, waits=notice.state == NoticeState.PROPOSED or adopted)
    if refusal is not None:
        return [Reply(refusal)]
    if not why:
        return [Reply(wording.RETURN_WHY.format(number=notice.number))]
    notice_drafting.void(notice)
    notice.state, notice.asks = NoticeState.DRAFT, None
    writer.db.flush()
    notice_drafting.note(writer, notice, "returned")
    author = writer.db.get_one(Staff, notice.author_id)
    told = wording.TOLD_RETURNED.format(
        name=directory.name_of(writer.vault, writer.staff), number=notice.number, why=why[:200]
    )
    said = wording.RETURNED.format(number=notice.number, name=directory.name_of(writer.vault, author))
    name = f"notice:{notice.number}:returned:{notice.version}"
    return [Reply(said, stamp=wording.STAMP_RETURNED), Reply(told, to=Member(author.id), name=name)]


def _not_deciding(writer: Writer, notice: Notice, unit: Unit, *, waits: bool) -> str | None:
    if not issuing.may_issue(writer.posts, unit, notice.kind):
        return wording.NOT_DECIDING.format(number=notice.number, unit=unit.name)
    if not waits:
        return wording.NOT_WAITING.format(number=notice.number)
    return wording.NOT_OWN_REVIEW if writer.staff.id == notice.author_id else None


def too_late(notice: Notice) -> str:
    """Why a notice cannot be changed any more. Of one that never went out nobody can be sent a correction."""
    dropped = notice.state == NoticeState.CANCELLED and notice.confirmed_at is None
    form = signing_words.CANCELLED if dropped else wording.TOO_LATE_TO_CHANGE
    return form.format(number=notice.number)


def names(writer: Writer, people: Sequence[Staff]) -> str:
    """People by name."""
    return wording.AND.join(directory.name_of(writer.vault, staff) for staff in people)
