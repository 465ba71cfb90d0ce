"""What is said to a question about a draft and is no answer to it: 等一下, 上一步, 改一下内容, 不变, 不写了."""

from __future__ import annotations

from typing import NamedTuple

from handlers.notice import notice_questions, notice_steps
from handlers.notice.notice_drafting import Writer
from handlers.notice.notice_steps import FIX, Said
from handlers.wording import notice_words as patterns
from storage.notices import Notice

MAY_BE_NONE = frozenset({"extras", "until", "valid_until", "link", "picture_id", "voice_id"})


class Aside(NamedTuple):
    """What is to be done instead of taking an answer: to leave it, to wait, or to ask another step."""

    leaves: bool = False
    waits: bool = False
    step: str | None = None  # None with neither: there is no step before the first
    first: bool = False


def heard(writer: Writer, notice: Notice, step: str, said: Said) -> Aside | None:
    """None where it is an answer."""
    if said.word in patterns.NONE and step.removeprefix(FIX) in MAY_BE_NONE:
        return None
    if patterns.LEAVE.match(said.word):
        return Aside(leaves=True)
    if patterns.WAIT.match(said.word):
        return Aside(waits=True)
    if step.startswith(FIX):
        return Aside(step=step) if patterns.BACK.match(said.word) else None
    return _elsewhere(writer, notice, step, said)


def _elsewhere(writer: Writer, notice: Notice, step: str, said: Said) -> Aside | None:
    if patterns.BACK.match(said.word):
        earlier = notice_steps.before(writer, notice, step)
        return Aside(step=earlier or step, first=earlier is None)
    found = patterns.GO_TO.match(said.word)
    wanted = patterns.STEPS[found["what"]] if found is not None else None
    return Aside(step=wanted) if wanted in notice_steps.sequence(writer, notice) else None


def keeps(writer: Writer, notice: Notice, step: str, said: Said) -> bool:
    """Whether an answer that was given before is to stay."""
    answered = "text" if step == "kind" else step
    return said.word in patterns.KEEP and bool(notice_questions.given(writer, notice, answered))
