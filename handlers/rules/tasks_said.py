"""Reads a task that is given: 本周五前 全体网格员 检查灭火器 准入清单：消防 3.2. Pure: takes ``now``; Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.rules import dates_said
from handlers.rules.policies import Policy
from handlers.wording import tasks as wording
from nlp.normalise import normalise

ADMISSION, WHEN = re.compile(wording.ADMISSION), re.compile(wording.WHEN, re.DOTALL)
EVERYBODY, WHOM = re.compile(wording.EVERYBODY), re.compile(wording.WHOM)

PAUSES = wording.PAUSES


@dataclass(frozen=True, slots=True)
class Said:
    """By when, in whose grids (empty: in all that there are), what, and the item of the admission list."""

    due: datetime
    unit: str
    what: str
    admission: str | None


def task(words: str, now: datetime, policy: Policy) -> Said | None:
    """What was asked; None without a day or a thing to do. A day without an hour lasts until the policy's own."""
    text = normalise(words)
    item = ADMISSION.search(text)
    if item is not None:
        text = f"{text[: item.start()]} {text[item.end() :]}"
    found = WHEN.match(text)
    due = dates_said.until(found["when"], now, policy, now) if found is not None else None
    if found is None or due is None or due.reason:
        return None
    unit, what = _whose(found["rest"].strip())
    if not what:
        return None
    return Said(due.at.astimezone(UTC), unit, what, item["item"].strip() if item is not None else None)


def _whose(rest: str) -> tuple[str, str]:
    """The unit whose grids are meant, and what is to be done; a unit that is named stands apart."""
    everybody = EVERYBODY.match(rest)
    if everybody is not None:
        return "", rest[everybody.end() :].strip(PAUSES)
    first, _, others = rest.partition(" ")
    whom = WHOM.fullmatch(first.strip(PAUSES))
    return (whom["unit"], others.strip(PAUSES)) if whom is not None else ("", rest.strip(PAUSES))
