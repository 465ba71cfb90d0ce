"""Talk that no step of the conversation could want: most of what is heard. It costs no look at the database."""

from __future__ import annotations

import re

from handlers.hearing import delicate, forwarded
from handlers.matter.knocks import is_knock, would_tell_on
from handlers.message import Incoming, Kind
from handlers.orders import called, parse
from handlers.rules.unnamed import points
from handlers.talk import announced, consulting
from handlers.wording import feedback as feedback_wording
from handlers.wording import help as help_wording
from handlers.wording import notice_reading as notice_wording
from handlers.wording import pieces
from nlp.hunch import may_answer
from nlp.normalise import fold, normalise
from nlp.reading import Reading

# Without an open question these still mean something to the bot, alone: an older case, a notice, who it is.
ALONE = frozenset(
    {
        *feedback_wording.GOOD,
        *feedback_wording.BAD,
        *notice_wording.RECEIVED,
        *help_wording.WHO_ARE_YOU,
        *help_wording.KNOCKS,
        *help_wording.HELLOS,
    }
)
AROUND = help_wording.AROUND + "."
OPENING = 40  # characters, in which a command or a word alone would stand
# Ways of speaking that alone ask for nothing: they only count beside a ticket, a question or a report.
WRONG = re.compile(pieces.WRONG)
IDLE = frozenset({"agreement", "greeting", "notice", "quarrel", "trade", "tradesman"})


def concerns_nobody(incoming: Incoming, reading: Reading) -> bool:
    """Whether talk can mean nothing to any step by itself; with a ticket, a question or a photo about it still may.

    ``hint`` is left out of this: whoever speaks to the bot for the first time within the hour is answered.
    """
    if incoming.kind is not Kind.TEXT or incoming.quoted is not None or reading.band != "low" or reading.cues - IDLE:
        return False
    if forwarded.lines_of(incoming):
        return False
    words = normalise(incoming.text[:OPENING])
    if incoming.addressed and not incoming.private:
        words = called(words)
        if not words or points(fold(words)):
            return False
    if words.strip(AROUND) in ALONE or parse(words) is not None or (incoming.addressed and _knocks(words)):
        return False
    if notice_wording.RECEIVED_NUMBER.fullmatch(words.strip(AROUND)):
        return False
    if "agreement" in reading.cues or (incoming.chat is not None and (may_answer(incoming.text) or _is_piece(words))):
        return False  # perhaps it says yes to what a neighbour half told, or the rest of what somebody began to tell
    asks = announced.may_ask(fold(incoming.text)) or consulting.may_ask(incoming)
    return not (asks or delicate.concerns(incoming))


def _is_piece(words: str) -> bool:
    return len(words) <= pieces.LONGEST and WRONG.search(fold(words)) is not None


def _knocks(words: str) -> bool:
    return is_knock(words) or would_tell_on(words)
